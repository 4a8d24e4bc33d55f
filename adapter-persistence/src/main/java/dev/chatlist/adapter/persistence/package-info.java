/**
 * Storage on PostgreSQL. {@link dev.chatlist.adapter.persistence.Database} connects, brings the tables up to date, and
 * hands out the application's ports, {@link dev.chatlist.application.ChatDirectory}, {@link
 * dev.chatlist.application.ChatJournal} and {@link dev.chatlist.application.ChatArchive}. Of this module's packages,
 * others use only this one and {@code embedded}.
 *
 * <p>This package decides how to connect: {@code ConnectionPool} has the time limits of connections and statements,
 * {@code Migrations} runs Flyway. The statements are in {@code sql}, the cache in {@code memory}. The tables are in the
 * resources of this package, in {@code migration/}: {@code V1__tables.sql} has the tables and indexes, {@code
 * R__derivation.sql} the triggers, which derive each room's latest message, last activity and version. Every method of
 * the ports returns domain values or throws {@link dev.chatlist.application.StorageUnavailableException}.
 */
@NullMarked
package dev.chatlist.adapter.persistence;

import org.jspecify.annotations.NullMarked;
