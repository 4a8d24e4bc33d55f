package dev.chatlist.adapter.persistence;

import dev.chatlist.adapter.persistence.sql.SchemaConnections;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import org.postgresql.ds.PGSimpleDataSource;

/** Our tables in a new schema on the test server, through our adapter and through plain SQL. */
public final class TestSchema implements AutoCloseable {
    public final String name = TestServer.freshSchema();
    public final Database database = Database.open(settings());

    public DatabaseSettings settings() {
        return new DatabaseSettings(
                TestServer.jdbcUrl(),
                TestServer.user(),
                TestServer.password(),
                name,
                4,
                Duration.ofSeconds(10),
                Duration.ofSeconds(30),
                DatabaseSettings.UNLIMITED);
    }

    /** Connections as an embedding program would bring them, and our adapter's view of them. */
    public SchemaConnections connections() {
        return SchemaConnections.to(dataSource(), name);
    }

    public static PGSimpleDataSource dataSource() {
        PGSimpleDataSource source = new PGSimpleDataSource();
        source.setUrl(TestServer.jdbcUrl());
        if (!TestServer.user().isEmpty()) {
            source.setUser(TestServer.user());
            source.setPassword(TestServer.password());
        }
        return source;
    }

    /** A connection as another program would open it, without our adapter. */
    public Connection connect() throws SQLException {
        return connect(name);
    }

    public void execute(String... statements) throws SQLException {
        executeIn(name, statements);
    }

    /** The single value of the query's first row. */
    public String query(String sql) throws SQLException {
        return queryIn(name, sql);
    }

    static Connection connect(String schema) throws SQLException {
        Connection connection = TestServer.connect();
        try (Statement statement = connection.createStatement()) {
            statement.execute("SET search_path = " + schema);
        }
        return connection;
    }

    static void executeIn(String schema, String... statements) throws SQLException {
        try (Connection connection = connect(schema);
                Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        }
    }

    static String queryIn(String schema, String sql) throws SQLException {
        try (Connection connection = connect(schema);
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            rows.next();
            return String.valueOf(rows.getObject(1));
        }
    }

    @Override
    public void close() {
        database.close();
    }
}
