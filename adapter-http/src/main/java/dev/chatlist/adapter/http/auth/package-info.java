/**
 * Who calls: tokens in, user ids out. The only package that knows jose4j; whatever is refused is refused here, with
 * one exception that doesn't tell why.
 *
 * <p>The algorithm is decided by the configured key and never by the token. Nothing of a token, nor of a secret, may
 * get into a log or an exception's text.
 */
@NullMarked
package dev.chatlist.adapter.http.auth;

import org.jspecify.annotations.NullMarked;
