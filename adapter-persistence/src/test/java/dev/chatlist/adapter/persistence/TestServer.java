package dev.chatlist.adapter.persistence;

import dev.chatlist.adapter.persistence.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;

/**
 * The server that tests share: an embedded one, gone with this JVM; or, to test with another version, the one that
 * {@code CHATLIST_TEST_JDBC_URL} names, with {@code CHATLIST_TEST_DB_USER} and {@code CHATLIST_TEST_DB_PASSWORD} where
 * the URL says neither. Each test class takes a schema of its own.
 */
public final class TestServer {
    private static final String JDBC_URL;
    private static final String USER;
    private static final String PASSWORD;
    private static final List<String> SCHEMAS = new CopyOnWriteArrayList<>();

    static {
        String given = environment("CHATLIST_TEST_JDBC_URL");
        if (given.isEmpty()) {
            EmbeddedPostgres server = embedded();
            JDBC_URL = server.jdbcUrl();
            USER = server.user();
            PASSWORD = server.password();
            // Tests needn't survive a power failure.
            execute("ALTER SYSTEM SET fsync = off");
            execute("SELECT pg_reload_conf()");
        } else {
            JDBC_URL = given;
            USER = environment("CHATLIST_TEST_DB_USER");
            PASSWORD = environment("CHATLIST_TEST_DB_PASSWORD");
            atExit(() -> SCHEMAS.forEach(schema -> execute("DROP SCHEMA IF EXISTS " + schema + " CASCADE")));
        }
    }

    private TestServer() {}

    public static String jdbcUrl() {
        return JDBC_URL;
    }

    public static String user() {
        return USER;
    }

    public static String password() {
        return PASSWORD;
    }

    public static Connection connect() throws SQLException {
        return USER.isEmpty()
                ? DriverManager.getConnection(JDBC_URL)
                : DriverManager.getConnection(JDBC_URL, USER, PASSWORD);
    }

    /** A name that nobody uses. What is created under it lasts no longer than this JVM. */
    public static String freshSchema() {
        String schema = "chatlist_test_" + UUID.randomUUID().toString().replace("-", "");
        SCHEMAS.add(schema);
        return schema;
    }

    private static EmbeddedPostgres embedded() {
        try {
            Path directory = Files.createTempDirectory("chatlist-test");
            EmbeddedPostgres server = EmbeddedPostgres.open(directory);
            atExit(() -> {
                server.close();
                deleteRecursively(directory);
            });
            return server;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void deleteRecursively(Path directory) throws IOException {
        try (Stream<Path> paths = Files.walk(directory)) {
            for (Path path : (Iterable<Path>) paths.sorted(Comparator.reverseOrder())::iterator) {
                Files.delete(path);
            }
        }
    }

    private static void execute(String sql) {
        try (Connection connection = connect();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String environment(String name) {
        return System.getenv().getOrDefault(name, "");
    }

    private static void atExit(Ending ending) {
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            try {
                ending.run();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }));
    }

    private interface Ending {
        void run() throws IOException;
    }
}
