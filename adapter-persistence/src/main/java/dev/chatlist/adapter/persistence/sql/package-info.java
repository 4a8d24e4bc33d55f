/**
 * All statements that read Chatlist's tables. {@link dev.chatlist.adapter.persistence.sql.SqlDirectory} reads lists and
 * chats, {@link dev.chatlist.adapter.persistence.sql.ChangeFeed} reads which rooms and memberships have changed since a
 * snapshot of the database, {@link dev.chatlist.adapter.persistence.sql.SqlArchive} reads everything, and {@code
 * Sessions} knows which run of the server a connection leads to. No data is kept between calls.
 *
 * <p>To add a column, follow the list in {@code docs/architecture.md}: it is written by the {@code journal} package, and
 * read by {@code ChatColumns} for a room or message, by {@code ProfileText} for a user. The classes in {@code jooq} are
 * generated from the migrations by {@code GeneratedClassesTest} and never edited. Only this module uses this package.
 */
@NullMarked
package dev.chatlist.adapter.persistence.sql;

import org.jspecify.annotations.NullMarked;
