package dev.chatlist.benchmarks.world;

import static java.util.Objects.requireNonNull;

import dev.chatlist.adapter.persistence.Database;
import dev.chatlist.adapter.persistence.DatabaseSettings;
import dev.chatlist.adapter.persistence.embedded.EmbeddedPostgres;
import dev.chatlist.benchmarks.report.Progress;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.function.Consumer;
import java.util.zip.CRC32;
import org.postgresql.PGConnection;
import org.postgresql.copy.PGCopyOutputStream;

/** The embedded server that holds a {@link World}. Its directory stays for the next run. */
public final class WorldDatabase implements AutoCloseable {
    /** The prefix of the ids of messages that a benchmark posts, by which {@link #reset} finds them. */
    public static final String POSTED_ID_PREFIX = "written-";

    private static final int COPY_BUFFER = 1 << 16;

    private final Path directory;
    private final EmbeddedPostgres server;

    /** Loads the world unless the directory holds it already. */
    public static WorldDatabase open(Path directory, World world, long seed) throws SQLException {
        WorldDatabase database = new WorldDatabase(directory);
        String mark = "%s, seed %d, generator %08x".formatted(world.scale(), seed, generator());
        if (!database.holds(mark)) {
            database.execute("DROP SCHEMA IF EXISTS chatlist CASCADE");
            database.migrate();
            database.load(world, seed, mark);
        }
        database.migrate();
        StatementLog.stop(database);
        database.reset();
        database.warm();
        return database;
    }

    private WorldDatabase(Path directory) {
        this.directory = directory;
        this.server = EmbeddedPostgres.open(directory);
    }

    public Path directory() {
        return directory;
    }

    public String jdbcUrl() {
        return server.jdbcUrl();
    }

    public String user() {
        return server.user();
    }

    public String password() {
        return server.password();
    }

    public Connection connect() throws SQLException {
        return DriverManager.getConnection(jdbcUrl(), user(), password());
    }

    /** Removes the posted messages. Vacuums, so that autovacuum has nothing to do during a measurement. */
    public void reset() throws SQLException {
        execute("DELETE FROM messages WHERE id >= '%1$s' AND id < '%1$s~'".formatted(POSTED_ID_PREFIX));
        execute("VACUUM (ANALYZE)");
        execute("CHECKPOINT");
    }

    /** Reads all tables and indexes into shared memory, where a server that has run for long would have them. */
    private void warm() throws SQLException {
        execute("CREATE EXTENSION IF NOT EXISTS pg_prewarm SCHEMA public");
        execute("SELECT pg_prewarm(oid) FROM pg_class"
                + " WHERE relnamespace = 'chatlist'::regnamespace AND relkind IN ('r', 'i')");
    }

    void execute(String sql) throws SQLException {
        try (Connection connection = connect();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    /** Runs Chatlist's migrations, as its start does. */
    private void migrate() {
        Database.open(DatabaseSettings.of(jdbcUrl(), user(), password())).close();
    }

    /** The mark is the comment of the schema, so it is committed with the rows. */
    private boolean holds(String mark) throws SQLException {
        try (Connection connection = connect();
                PreparedStatement statement = connection.prepareStatement(
                        "SELECT obj_description(oid, 'pg_namespace') = ? FROM pg_namespace WHERE nspname = 'chatlist'")) {
            statement.setString(1, mark);
            try (ResultSet row = statement.executeQuery()) {
                return row.next() && row.getBoolean(1);
            }
        }
    }

    /** A checksum of the generator's classes. The world is loaded again after one of them has changed. */
    private static long generator() {
        CRC32 crc = new CRC32();
        for (Class<?> part : List.of(World.class, Rows.class, Phrases.class, Scale.class)) {
            try (InputStream in = requireNonNull(part.getResourceAsStream(part.getSimpleName() + ".class"))) {
                crc.update(in.readAllBytes());
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return crc.getValue();
    }

    /** One transaction, so that a world is never half loaded. */
    private void load(World world, long seed, String mark) throws SQLException {
        long start = System.nanoTime();
        Progress.log("loading " + world.scale());
        try (Connection connection = connect()) {
            connection.setAutoCommit(false);
            copy(connection, "users", Rows.USER_COLUMNS, world, seed + 1, Rows::users);
            copy(connection, "rooms", Rows.ROOM_COLUMNS, world, seed + 2, Rows::rooms);
            copy(connection, "memberships", Rows.MEMBERSHIP_COLUMNS, world, seed + 3, Rows::memberships);
            copy(connection, "messages", Rows.MESSAGE_COLUMNS, world, seed + 4, Rows::messages);
            try (Statement statement = connection.createStatement()) {
                statement.execute("COMMENT ON SCHEMA chatlist IS '%s'".formatted(mark));
            }
            connection.commit();
        }
        Progress.log("loaded in %d s".formatted((System.nanoTime() - start) / 1_000_000_000));
    }

    private static void copy(
            Connection connection, String table, String columns, World world, long seed, Consumer<Rows> content)
            throws SQLException {
        String copy = "COPY %s (%s) FROM STDIN".formatted(table, columns);
        try (OutputStream out = new PGCopyOutputStream(connection.unwrap(PGConnection.class), copy, COPY_BUFFER)) {
            Rows rows = new Rows(world, seed, out);
            content.accept(rows);
            rows.flush();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot load " + table, e);
        }
        Progress.log("  " + table);
    }

    @Override
    public void close() {
        server.close();
    }
}
