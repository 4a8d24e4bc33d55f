package com.example.chat.adapter.sqlite;

import static java.util.Objects.requireNonNull;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.chatlist.application.ChatDirectory;
import dev.chatlist.application.ChatJournal;
import dev.chatlist.application.StorageUnavailableException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteConfig.JournalMode;
import org.sqlite.SQLiteConfig.SynchronousMode;
import org.sqlite.SQLiteDataSource;

/** An SQLite file with chats in it. It provides the two output ports. Several processes may use the file at once. */
public final class SqliteStore implements AutoCloseable {
    private static final int BUSY_MILLIS = 10_000;

    private final HikariDataSource connections;

    /**
     * Opens the file, and creates it if it doesn't exist.
     *
     * @throws StorageUnavailableException if it can't be opened
     */
    public SqliteStore(Path file) {
        SQLiteConfig sqlite = new SQLiteConfig();
        sqlite.enforceForeignKeys(true);
        // Readers don't wait for the writer, and a commit survives a power failure.
        sqlite.setJournalMode(JournalMode.WAL);
        sqlite.setSynchronous(SynchronousMode.FULL);
        sqlite.setBusyTimeout(BUSY_MILLIS);
        SQLiteDataSource source = new SQLiteDataSource(sqlite);
        source.setUrl("jdbc:sqlite:" + file);

        HikariConfig pool = new HikariConfig();
        pool.setDataSource(source);
        pool.setInitializationFailTimeout(-1);
        connections = new HikariDataSource(pool);
        try (Connection connection = connections.getConnection();
                Statement statement = connection.createStatement()) {
            statement.executeUpdate(schema());
        } catch (SQLException e) {
            connections.close();
            throw new StorageUnavailableException("can't open the chats in " + file, e);
        }
    }

    private static String schema() {
        try (InputStream in = requireNonNull(SqliteStore.class.getResourceAsStream("schema.sql"))) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public ChatDirectory directory() {
        return new SqliteDirectory(connections);
    }

    public ChatJournal journal() {
        return new SqliteJournal(connections);
    }

    @Override
    public void close() {
        connections.close();
    }
}
