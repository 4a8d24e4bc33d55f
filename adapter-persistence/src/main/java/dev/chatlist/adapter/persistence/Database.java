package dev.chatlist.adapter.persistence;

import dev.chatlist.adapter.persistence.journal.SqlJournal;
import dev.chatlist.adapter.persistence.memory.DirectoryCounts;
import dev.chatlist.adapter.persistence.memory.InMemoryDirectory;
import dev.chatlist.adapter.persistence.sql.ChangeFeed;
import dev.chatlist.adapter.persistence.sql.SchemaConnections;
import dev.chatlist.adapter.persistence.sql.ServerState;
import dev.chatlist.adapter.persistence.sql.SqlArchive;
import dev.chatlist.adapter.persistence.sql.SqlDirectory;
import dev.chatlist.application.ChatArchive;
import dev.chatlist.application.ChatJournal;
import dev.chatlist.application.StorageUnavailableException;
import dev.chatlist.application.sync.SyncDirectory;
import java.sql.Connection;
import java.time.Duration;
import java.util.Collections;
import java.util.Set;
import java.util.WeakHashMap;
import java.util.function.Consumer;
import java.util.function.ToLongFunction;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** PostgreSQL, 14 or newer, with our tables in it. It provides the three output ports. */
public final class Database implements AutoCloseable {
    /** Applying this many changes takes tens of milliseconds, about as long as reading a very long room list. */
    private static final int MAX_CHANGES = 10_000;

    private final SchemaConnections connections;

    /** For the question what has changed, and for the check whether the database answers. */
    private final SchemaConnections kept;

    private final ServerState state;
    private final SqlJournal journal;
    /** Whether connections commit each statement by themselves when nobody has begun a transaction. */
    private final boolean commits;

    /** Null with an embedding program's connections. */
    private final @Nullable ConnectionPool pool;

    private final DirectoryCounts counts = new DirectoryCounts();

    /** Those that are in use. An embedding program may drop some. */
    private final Set<InMemoryDirectory> directories =
            Collections.synchronizedSet(Collections.newSetFromMap(new WeakHashMap<>()));

    private Database(
            SchemaConnections connections, SchemaConnections kept, boolean commits, @Nullable ConnectionPool pool) {
        this.connections = connections;
        this.kept = kept;
        this.commits = commits;
        state = new ServerState(kept);
        journal = new SqlJournal(connections);
        this.pool = pool;
    }

    /**
     * Brings the tables up to date and opens a connection pool, which {@link #close} closes. A read-only standby must
     * have the tables of this release already.
     *
     * <p>PostgreSQL's driver tells the server the JVM's default time zone, and PostgreSQL refuses a connection whose time
     * zone it doesn't know, such as {@code IST}. Chatlist works with any that it knows.
     *
     * @throws StorageUnavailableException if the server can't be reached, refuses the user, can't be migrated, or has
     *     the tables of a newer release
     */
    public static Database open(DatabaseSettings settings) {
        return open(settings, Migrations::run);
    }

    private static Database open(DatabaseSettings settings, Consumer<DatabaseSettings> tables) {
        tables.accept(settings);
        ConnectionPool pool = new ConnectionPool(settings);
        SchemaConnections connections =
                SchemaConnections.to(pool.requests(), settings.schema(), pool::evictIdle, settings.slowQuery());
        SchemaConnections kept =
                SchemaConnections.to(pool.kept(), settings.schema(), pool::evictIdle, settings.slowQuery());
        return new Database(connections, kept.orElse(connections), true, pool);
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
     * Like {@link #open(DatabaseSettings, Duration)}, for reading: creates no tables and changes none.
     *
     * @throws StorageUnavailableException also if the schema has no tables of Chatlist, or those of an older release
     */
    public static Database openUnchanged(DatabaseSettings settings, Duration patience) {
        return DatabaseWait.open(() -> open(settings, Migrations::requireApplied), Database::close, patience);
    }

    /**
     * Uses the embedding program's connections and brings the tables in schema
     * {@value DatabaseSettings#DEFAULT_SCHEMA} up to date, on two connections at once. All connections must lead to one
     * server. Large recordings are faster if the connections' {@code unwrap} leads to the driver's, and all reads are
     * faster with {@code plan_cache_mode=force_generic_plan}.
     *
     * <p>Lists are read outside the caller's transaction and show what has been committed. So this takes the DataSource
     * that transactions take their connections from, not one that hands out the connection of the caller's transaction.
     *
     * @throws IllegalStateException if the DataSource's connection is in a transaction
     * @throws StorageUnavailableException if the server can't be reached, can't be migrated, or has the tables of a
     *     newer release, or if a second connection can't be had
     */
    public static Database over(DataSource dataSource) {
        return over(dataSource, DatabaseSettings.DEFAULT_SCHEMA);
    }

    /** Like {@link #over(DataSource)}, with the tables in another schema, which is created if it doesn't exist. */
    public static Database over(DataSource dataSource, String schema) {
        DatabaseSettings.requireSchemaName(schema);
        boolean commits = SchemaConnections.commitByThemselves(dataSource);
        Migrations.run(dataSource, schema);
        SchemaConnections connections = SchemaConnections.to(dataSource, schema);
        return new Database(connections, connections, commits, null);
    }

    /** A directory that reads everything from the database, every time. */
    public SyncDirectory directory() {
        return new SqlDirectory(connections);
    }

    /**
     * A directory with the same answers, given faster from memory.
     *
     * @param cacheBytes how much of the heap to use, roughly; 0 for none
     * @throws IllegalArgumentException if {@code cacheBytes} is negative
     */
    public SyncDirectory directory(long cacheBytes) {
        if (cacheBytes < 0) {
            throw new IllegalArgumentException("cacheBytes must be 0 or more, it is " + cacheBytes);
        }
        return cacheBytes == 0 ? directory() : directory(MAX_CHANGES, cacheBytes);
    }

    /** @param maxChanges how many changes a list in memory may miss before it is read again */
    SyncDirectory directory(int maxChanges, long cacheBytes) {
        ChangeFeed feed = new ChangeFeed(kept, maxChanges);
        InMemoryDirectory directory =
                new InMemoryDirectory(feed, new SqlDirectory(connections), maxChanges, cacheBytes, counts);
        directories.add(directory);
        return directory;
    }

    /**
     * A journal with a transaction for each recording, which is committed when {@code record} returns.
     *
     * <p>Where a connection doesn't commit by itself, it is in somebody else's transaction, and the journal records in
     * that one, as {@link #journal(Connection)} does.
     *
     * @throws IllegalStateException if no connection of {@link #over} commits by itself: nobody would commit what the
     *     journal records
     */
    public ChatJournal journal() {
        requireCommitting(commits);
        return journal;
    }

    /**
     * A journal in the caller's transactions: what it records is committed or rolled back with everything else that the
     * caller does on the connection. Like a statement, a recording on a connection with autocommit is committed at once.
     *
     * <p>If {@code record} throws, nothing of the recording is left in the transaction, which can go on without it.
     * {@code record} throws an {@link IllegalStateException} if it changes or removes a user in a transaction above READ
     * COMMITTED.
     *
     * @param connection to this database; it isn't closed
     */
    public ChatJournal journal(Connection connection) {
        return journal.on(connection);
    }

    /**
     * Like {@link #journal(Connection)}, for a DataSource that hands out the connection of the caller's transaction, and
     * outside transactions one that commits by itself: Spring's {@code TransactionAwareDataSourceProxy}.
     *
     * @throws IllegalStateException if its connection doesn't commit by itself now. Call this outside transactions.
     */
    public ChatJournal journal(DataSource transactional) {
        requireCommitting(SchemaConnections.commitByThemselves(transactional));
        return journal.on(transactional);
    }

    /**
     * An archive that reads everything in one transaction, without a time limit. On a standby, the server ends one that
     * is in the way of the replay, as {@code max_standby_streaming_delay} says.
     */
    public ChatArchive archive() {
        return new SqlArchive(connections);
    }

    private static void requireCommitting(boolean commits) {
        if (!commits) {
            throw new IllegalStateException("the connections have autocommit off, so nobody would commit a recording:"
                    + " record by journal(Connection) and commit yourself, or turn autocommit on");
        }
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

    @Nullable
    ConnectionPool pool() {
        return pool;
    }

    DirectoryCounts counts() {
        return counts;
    }

    /** Adds up a figure of all directories in use. */
    long sum(ToLongFunction<InMemoryDirectory> figure) {
        synchronized (directories) {
            return directories.stream().mapToLong(figure).sum();
        }
    }

    /** Closes the pool that {@link #open} opened. Leaves an embedding program's connections alone. */
    @Override
    public void close() {
        if (pool != null) {
            pool.close();
        }
    }
}
