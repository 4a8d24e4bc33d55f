/**
 * The service: where the parts are put together ({@link dev.chatlist.bootstrap.ChatListApplication}) and offered as
 * commands ({@link dev.chatlist.bootstrap.Main}) with settings ({@link dev.chatlist.bootstrap.Setting} lists them,
 * {@link dev.chatlist.bootstrap.Settings} checks them). Files of chat events are read here
 * ({@link dev.chatlist.bootstrap.EventImport}), and the demo's world is made here
 * ({@link dev.chatlist.bootstrap.DemoWorld}).
 *
 * <p>Nobody depends on this package, so anything in it may change that {@code README.md} doesn't promise: the
 * commands, their settings and exit codes, and the form of the files. What a chat list is, is decided elsewhere.
 */
@NullMarked
package dev.chatlist.bootstrap;

import org.jspecify.annotations.NullMarked;
