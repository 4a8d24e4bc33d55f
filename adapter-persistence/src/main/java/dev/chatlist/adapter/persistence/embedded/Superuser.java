package dev.chatlist.adapter.persistence.embedded;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.file.StandardOpenOption.CREATE_NEW;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HexFormat;

/** The server's superuser, whose password is in a file of the data directory. */
final class Superuser {
    /** Also the name of the superuser's database. */
    static final String NAME = "chatlist";

    private static final String PASSWORD_FILE = "db-password";
    private static final int PASSWORD_BYTES = 24;

    private final DataDirectory directory;

    Superuser(DataDirectory directory) {
        this.directory = directory;
    }

    String password() throws IOException {
        return Files.readString(passwordFile());
    }

    /** Replaces the password file. The server takes the password when its data are created. */
    String newPassword() throws IOException {
        byte[] random = new byte[PASSWORD_BYTES];
        new SecureRandom().nextBytes(random);
        Files.deleteIfExists(passwordFile());
        try (FileChannel file = directory.openPrivate(PASSWORD_FILE, CREATE_NEW, WRITE)) {
            file.write(ByteBuffer.wrap(HexFormat.of().formatHex(random).getBytes(US_ASCII)));
        }
        return password();
    }

    private Path passwordFile() {
        return directory.path().resolve(PASSWORD_FILE);
    }

    /** Connects to the database that every server has. */
    Connection connect(int port) throws SQLException, IOException {
        return DriverManager.getConnection(jdbcUrl(port, "postgres") + "?loginTimeout=10", NAME, password());
    }

    void createDatabaseIfMissing(int port) throws IOException {
        try (Connection connection = connect(port);
                Statement statement = connection.createStatement();
                ResultSet found = statement.executeQuery("SELECT FROM pg_database WHERE datname = '" + NAME + "'")) {
            if (!found.next()) {
                statement.execute("CREATE DATABASE " + NAME);
            }
        } catch (SQLException e) {
            throw new IOException("the server doesn't give us a database: " + e.getMessage(), e);
        }
    }

    /** The superuser's database; the URL names neither user nor password. */
    static String jdbcUrl(int port) {
        return jdbcUrl(port, NAME);
    }

    private static String jdbcUrl(int port, String database) {
        return "jdbc:postgresql://127.0.0.1:%s/%s".formatted(port, database);
    }
}
