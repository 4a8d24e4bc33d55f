package dev.chatlist.adapter.persistence;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;

/** Our tables in a new schema on the test server, through our adapter and through plain SQL. */
final class TestSchema implements AutoCloseable {
    final String name = TestServer.freshSchema();
    final Database database = Database.open(settings());

    DatabaseSettings settings() {
        return new DatabaseSettings(
                TestServer.jdbcUrl(),
                TestServer.user(),
                TestServer.password(),
                name,
                4,
                Duration.ofSeconds(10),
                Duration.ofSeconds(30));
    }

    /** A connection as another program would open it, without our adapter. */
    Connection connect() throws SQLException {
        return connect(name);
    }

    void execute(String... statements) throws SQLException {
        executeIn(name, statements);
    }

    /** The single value of the query's first row. */
    String query(String sql) throws SQLException {
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
