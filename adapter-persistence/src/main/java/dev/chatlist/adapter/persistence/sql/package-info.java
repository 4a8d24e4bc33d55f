/**
 * All statements that read or write Chatlist's tables. {@link dev.chatlist.adapter.persistence.sql.SqlDirectory} reads
 * lists and chats, {@link dev.chatlist.adapter.persistence.sql.ChangeFeed} reads what has changed since a snapshot, and
 * {@link dev.chatlist.adapter.persistence.sql.SqlJournal} writes events. No state is kept between calls.
 *
 * <p>To add a column, start with {@code ChatColumns}, {@code ProfileText} and {@code TableWriters}. The classes in
 * {@code jooq} are generated from the migrations by {@code GeneratedClassesTest} and never edited. Only this module
 * uses this package.
 */
@NullMarked
package dev.chatlist.adapter.persistence.sql;

import org.jspecify.annotations.NullMarked;
