/**
 * The executable. {@link dev.chatlist.bootstrap.Commands} defines the commands, and {@link
 * dev.chatlist.bootstrap.ChatListApplication} wires the parts together; no other class here opens a database.
 *
 * <p>No other module depends on this one. Its only public interface is in {@code README.md}: the commands, their
 * settings and exit codes, and the format of event files. Everything else may change.
 */
@NullMarked
package dev.chatlist.bootstrap;

import org.jspecify.annotations.NullMarked;
