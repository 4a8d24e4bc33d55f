/**
 * An embedded PostgreSQL server, for installations without a server of their own. {@link
 * dev.chatlist.adapter.persistence.embedded.EmbeddedPostgres} starts the server of a directory, or joins the processes
 * that use it already. {@link dev.chatlist.adapter.persistence.embedded.DataDirectory} is that directory. The rest of
 * the package is private:
 * <ul>
 * <li>{@code PostgresBinaries}: PostgreSQL's executables, which are unpacked from the class path into a cache directory
 * <li>{@code ServerUser}: the operating-system user that runs them
 * <li>{@code PostgresServer}: the server's data and settings
 * <li>{@code PgData}: the directory of the data while it is created
 * <li>{@code Postmaster}: the server's process
 * <li>{@code Superuser}: the server's database user
 * <li>{@code WaitNotice}: says what a start waits for
 * <li>{@code DirectoryLocks}: the locks of the processes that share a server
 * </ul>
 *
 * <p>Nothing here depends on the tables. To support another operating system, or to change {@code postgresql.conf},
 * change this package alone.
 */
@NullMarked
package dev.chatlist.adapter.persistence.embedded;

import org.jspecify.annotations.NullMarked;
