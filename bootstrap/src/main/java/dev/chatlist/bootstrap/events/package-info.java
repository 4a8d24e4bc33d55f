/**
 * Reads chat events from NDJSON, plain or gzipped, for the command {@code import}. {@link
 * dev.chatlist.bootstrap.events.ReadAhead} is the way in. It reads on a thread of its own: {@link
 * dev.chatlist.bootstrap.events.GzipInput} unpacks the bytes, {@link dev.chatlist.bootstrap.events.ChatEventReader}
 * cuts them into lines, and {@link dev.chatlist.bootstrap.events.ChatEventFields} makes an event of each line,
 * and for {@code export} a line of each event. {@link dev.chatlist.bootstrap.events.JsonFields} reads and writes the
 * fields.
 *
 * <p>{@code README.md} documents the format. Nothing here applies an event or depends on a command.
 */
@NullMarked
package dev.chatlist.bootstrap.events;

import org.jspecify.annotations.NullMarked;
