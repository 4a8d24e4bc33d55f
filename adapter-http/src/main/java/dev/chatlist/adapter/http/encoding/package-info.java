/**
 * The bytes of lists. {@code ChatJson} has the fields of a chat, in the contract's order; a new field is added there.
 * {@link dev.chatlist.adapter.http.encoding.SyncedJson} has those of an answer beside its chats. {@link
 * dev.chatlist.adapter.http.encoding.EncodedChats} caches the JSON and the gzip of chats and users, and puts
 * pages together from it. {@link dev.chatlist.adapter.http.encoding.Pieces} holds a page as references to cached bytes,
 * so that a page that waits for a slow client takes little memory of its own.
 */
@NullMarked
package dev.chatlist.adapter.http.encoding;

import org.jspecify.annotations.NullMarked;
