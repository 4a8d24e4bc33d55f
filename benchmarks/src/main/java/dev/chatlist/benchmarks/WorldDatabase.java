package dev.chatlist.benchmarks;

import dev.chatlist.adapter.persistence.Database;
import dev.chatlist.adapter.persistence.DatabaseSettings;
import dev.chatlist.adapter.persistence.EmbeddedPostgres;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.function.Consumer;
import org.postgresql.PGConnection;
import org.postgresql.copy.PGCopyOutputStream;

/** The server that holds a {@link World}. Its directory is kept, so that the next run finds the world there. */
final class WorldDatabase implements AutoCloseable {
    /** What the ids of messages that a benchmark writes begin with, so that they can be removed again. */
    static final String WRITTEN = "written-";

    private static final int COPY_BUFFER = 1 << 16;

    private final Path directory;
    private final EmbeddedPostgres server;

    /** Loads the world where the directory is empty; takes back what an earlier run has written where it isn't. */
    static WorldDatabase open(Path directory, World world, long seed) throws SQLException {
        WorldDatabase database = new WorldDatabase(directory);
        Database.open(DatabaseSettings.of(
                        database.server.jdbcUrl(), database.server.user(), database.server.password()))
                .close();
        if (database.isEmpty()) {
            database.load(world, seed);
        }
        database.tidy();
        return database;
    }

    private WorldDatabase(Path directory) {
        this.directory = directory;
        this.server = EmbeddedPostgres.open(directory);
    }

    Path directory() {
        return directory;
    }

    String jdbcUrl() {
        return server.jdbcUrl();
    }

    String user() {
        return server.user();
    }

    String password() {
        return server.password();
    }

    Connection connect() throws SQLException {
        return DriverManager.getConnection(jdbcUrl(), user(), password());
    }

    /** Removes what benchmarks have written, and leaves nothing for autovacuum to do in the middle of a measurement. */
    void tidy() throws SQLException {
        try (Connection connection = connect();
                Statement statement = connection.createStatement()) {
            statement.execute("DELETE FROM messages WHERE id >= '%1$s' AND id < '%1$s~'".formatted(WRITTEN));
            statement.execute("VACUUM (ANALYZE)");
            statement.execute("CHECKPOINT");
        }
    }

    private boolean isEmpty() throws SQLException {
        return number("SELECT count(*) FROM (SELECT FROM users LIMIT 1) AS found") == 0;
    }

    /** The number that a query answers with. */
    long number(String query) throws SQLException {
        try (Connection connection = connect();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(query)) {
            rows.next();
            return rows.getLong(1);
        }
    }

    /** In one transaction: what is there is there as a whole. */
    private void load(World world, long seed) throws SQLException {
        long start = System.nanoTime();
        Progress.say("loading " + world.scale());
        try (Connection connection = connect()) {
            connection.setAutoCommit(false);
            copy(connection, "users", Rows.USER_COLUMNS, world, seed + 1, Rows::users);
            copy(connection, "rooms", Rows.ROOM_COLUMNS, world, seed + 2, Rows::rooms);
            copy(connection, "memberships", Rows.MEMBERSHIP_COLUMNS, world, seed + 3, Rows::memberships);
            copy(connection, "messages", Rows.MESSAGE_COLUMNS, world, seed + 4, Rows::messages);
            connection.commit();
        }
        Progress.say("loaded in %d s".formatted((System.nanoTime() - start) / 1_000_000_000));
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
            throw new UncheckedIOException("can't load " + table, e);
        }
        Progress.say("  " + table);
    }

    @Override
    public void close() {
        server.close();
    }
}
