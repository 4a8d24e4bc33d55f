package dev.chatlist.adapter.persistence;

import dev.chatlist.adapter.persistence.journal.SqlJournal;
import dev.chatlist.adapter.persistence.memory.InMemoryDirectory;
import dev.chatlist.adapter.persistence.sql.ChangeFeed;
import dev.chatlist.adapter.persistence.sql.SchemaConnections;
import dev.chatlist.adapter.persistence.sql.ServerState;
import dev.chatlist.adapter.persistence.sql.SqlDirectory;
import dev.chatlist.application.ChatDirectory;
import dev.chatlist.application.ChatJournal;
import dev.chatlist.application.StorageUnavailableException;
import java.time.Duration;
import javax.sql.DataSource;

/** PostgreSQL, 14 or newer, with our tables in it. It provides the two output ports. */
public final class Database implements AutoCloseable {
    /** Applying this many changes takes tens of milliseconds, about as long as reading a very long room list. */
    private static final int MAX_CHANGES = 10_000;

    private final SchemaConnections connections;

    /** For the question what has changed, and for the check whether the database answers. */
    private final SchemaConnections kept;

    private final ServerState state;
    private final SqlJournal journal;
    private final Runnable onClose;

    private Database(SchemaConnections connections, SchemaConnections kept, Runnable onClose) {
        this.connections = connections;
        this.kept = kept;
        state = new ServerState(kept);
        journal = new SqlJournal(connections);
        this.onClose = onClose;
    }

    /**
     * Brings the tables up to date and opens a connection pool, which {@link #close} closes. A read-only standby must
     * have the tables of this release already.
     *
     * @throws StorageUnavailableException if the server can't be reached, refuses the user, can't be migrated, or has
     *     the tables of a newer release
     */
    public static Database open(DatabaseSettings settings) {
        Migrations.run(settings);
        ConnectionPool pool = new ConnectionPool(settings);
        SchemaConnections connections = SchemaConnections.to(pool.requests(), settings.schema(), pool::evictIdle);
        SchemaConnections kept = SchemaConnections.to(pool.kept(), settings.schema(), pool::evictIdle);
        return new Database(connections, kept.orElse(connections), pool::close);
    }

    /**
     * Like {@link #open(DatabaseSettings)}, but waits for a server that can't be reached, is starting, or has too many
     * connections. An interrupt ends every wait.
     *
     * @param patience how long to wait; zero to try once
     */
    public static Database open(DatabaseSettings settings, Duration patience) {
        return DatabaseWait.open(() -> open(settings), Database::close, patience);
    }

    /**
     * Uses the embedding program's connections and brings the tables in schema
     * {@value DatabaseSettings#DEFAULT_SCHEMA} up to date. All connections must lead to one server and come in READ
     * COMMITTED, which is PostgreSQL's default. Large recordings are faster if the connections' {@code unwrap} leads to
     * the driver's, and all reads are faster with {@code plan_cache_mode=force_generic_plan}.
     *
     * @throws StorageUnavailableException if the server can't be reached, can't be migrated, or has the tables of a
     *     newer release
     */
    public static Database over(DataSource dataSource) {
        return over(dataSource, DatabaseSettings.DEFAULT_SCHEMA);
    }

    /** Like {@link #over(DataSource)}, with the tables in another schema, which is created if it doesn't exist. */
    public static Database over(DataSource dataSource, String schema) {
        DatabaseSettings.requireSchemaName(schema);
        Migrations.run(dataSource, schema);
        SchemaConnections connections = SchemaConnections.to(dataSource, schema);
        return new Database(connections, connections, () -> {});
    }

    /** A directory that reads everything from the database, every time. */
    public ChatDirectory directory() {
        return new SqlDirectory(connections);
    }

    /**
     * A directory with the same answers, given faster from memory.
     *
     * @param cacheBytes how much of the heap to use, roughly; 0 for none
     * @throws IllegalArgumentException if {@code cacheBytes} is negative
     */
    public ChatDirectory directory(long cacheBytes) {
        if (cacheBytes < 0) {
            throw new IllegalArgumentException("cacheBytes must be 0 or more, it is " + cacheBytes);
        }
        return cacheBytes == 0 ? directory() : directory(MAX_CHANGES, cacheBytes);
    }

    /** @param maxChanges how many changes a list in memory may miss before it is read again */
    ChatDirectory directory(int maxChanges, long cacheBytes) {
        ChangeFeed feed = new ChangeFeed(kept, maxChanges);
        return new InMemoryDirectory(feed, new SqlDirectory(connections), maxChanges, cacheBytes);
    }

    public ChatJournal journal() {
        return journal;
    }

    /** @param minRowsToCopy the least number of rows that are written by COPY */
    ChatJournal journal(int minRowsToCopy) {
        return new SqlJournal(connections, minRowsToCopy);
    }

    /**
     * Asks the database whether it answers and whether this release can read its tables.
     *
     * @return {@code ok}, or for a standby also how far it is behind its primary, in one line
     * @throws StorageUnavailableException if it doesn't answer, or has tables that this release can't read
     */
    public String check() {
        return state.check();
    }

    /** Closes the pool that {@link #open} opened. Leaves an embedding program's connections alone. */
    @Override
    public void close() {
        onClose.run();
    }
}
