/**
 * Reads chat events from NDJSON, plain or gzip. {@link dev.chatlist.bootstrap.events.ReadAhead} is the way in. It reads
 * on a thread of its own: {@link dev.chatlist.bootstrap.events.GzipInput} unpacks the bytes,
 * {@link dev.chatlist.bootstrap.events.ChatEventReader} cuts them into lines, and
 * {@link dev.chatlist.bootstrap.events.ChatEventFields} makes an event of each line.
 *
 * <p>{@code README.md} promises the format of the files. Nothing here applies an event or knows a command.
 */
@NullMarked
package dev.chatlist.bootstrap.events;

import org.jspecify.annotations.NullMarked;
