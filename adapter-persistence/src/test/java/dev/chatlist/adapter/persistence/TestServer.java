package dev.chatlist.adapter.persistence;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/**
 * The PostgreSQL server that tests share: one of our own, gone with this JVM; or, to test on another version, the one
 * that {@code CHATLIST_TEST_JDBC_URL} names, with {@code CHATLIST_TEST_DB_USER} and {@code CHATLIST_TEST_DB_PASSWORD}
 * unless the URL holds them. Each test class takes a schema for itself.
 */
final class TestServer {
    private static final Map<String, String> ENVIRONMENT = System.getenv();
    private static final @Nullable EmbeddedPostgres EMBEDDED =
            ENVIRONMENT.containsKey("CHATLIST_TEST_JDBC_URL") ? null : embedded();
    private static final List<String> SCHEMAS = new CopyOnWriteArrayList<>();

    private TestServer() {}

    static {
        if (EMBEDDED == null) {
            Runtime.getRuntime().addShutdownHook(new Thread(() -> SCHEMAS.forEach(TestServer::drop)));
        }
    }

    static String jdbcUrl() {
        return EMBEDDED == null ? ENVIRONMENT.getOrDefault("CHATLIST_TEST_JDBC_URL", "") : EMBEDDED.jdbcUrl();
    }

    static @Nullable String user() {
        return EMBEDDED == null ? ENVIRONMENT.get("CHATLIST_TEST_DB_USER") : EMBEDDED.user();
    }

    static @Nullable String password() {
        return EMBEDDED == null ? ENVIRONMENT.get("CHATLIST_TEST_DB_PASSWORD") : EMBEDDED.password();
    }

    static Connection connect() throws SQLException {
        return DriverManager.getConnection(jdbcUrl(), user(), password());
    }

    /** A name that nobody else uses; whatever schema then has it lives as long as this JVM. */
    static String freshSchema() {
        byte[] random = new byte[6];
        new Random().nextBytes(random);
        String schema = "chatlist_test_" + HexFormat.of().formatHex(random);
        SCHEMAS.add(schema);
        return schema;
    }

    private static void drop(String schema) {
        try (Connection connection = connect();
                Statement statement = connection.createStatement()) {
            statement.execute("DROP SCHEMA IF EXISTS " + schema + " CASCADE");
        } catch (SQLException e) {
            throw new IllegalStateException("schema " + schema + " is left behind", e);
        }
    }

    private static EmbeddedPostgres embedded() {
        try {
            Path directory = Files.createTempDirectory("chatlist-test");
            EmbeddedPostgres server = EmbeddedPostgres.open(directory);
            Runtime.getRuntime().addShutdownHook(new Thread(() -> remove(server, directory)));
            // What tests write need not outlive a crash, and waiting for the disk is most of what they would do.
            try (Connection connection =
                            DriverManager.getConnection(server.jdbcUrl(), server.user(), server.password());
                    Statement statement = connection.createStatement()) {
                statement.execute("ALTER DATABASE chatlist SET synchronous_commit = off");
            }
            return server;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void remove(EmbeddedPostgres server, Path directory) {
        try {
            server.close();
            PostgresBinaries.deleteRecursively(directory);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
