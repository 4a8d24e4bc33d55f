/**
 * An embedded PostgreSQL server, for installations without a server of their own. {@link
 * dev.chatlist.adapter.persistence.embedded.EmbeddedPostgres} opens it, and {@link
 * dev.chatlist.adapter.persistence.embedded.DataDirectory} is the directory it lives in. The rest of the package is
 * private: the programs ({@code PostgresBinaries}), the operating-system user that runs them ({@code ServerUser}), the
 * server with its data ({@code PostgresServer}), its process ({@code Postmaster}), its database user ({@code
 * Superuser}) and the locks of the processes that share it ({@code DirectoryLocks}).
 *
 * <p>Nothing here knows a table. A new version of PostgreSQL, another setting in {@code postgresql.conf} or another
 * operating system is added here alone.
 */
@NullMarked
package dev.chatlist.adapter.persistence.embedded;

import org.jspecify.annotations.NullMarked;
