/**
 * Everything that is said to PostgreSQL. {@link dev.chatlist.adapter.persistence.sql.SqlDirectory} reads lists and
 * chats, {@link dev.chatlist.adapter.persistence.sql.ChangeFeed} reads what has changed, {@link
 * dev.chatlist.adapter.persistence.sql.SqlJournal} writes events. Nothing is remembered here between two calls.
 *
 * <p>The tables and the triggers are in {@code migration/}; {@code jooq} is generated from them and never edited. To
 * show a further column, start at {@code ChatColumns}, {@code ProfileText} and {@code TableWriters}. Only this module
 * uses this package: {@link dev.chatlist.adapter.persistence.Database} is the way in.
 */
@NullMarked
package dev.chatlist.adapter.persistence.sql;

import org.jspecify.annotations.NullMarked;
