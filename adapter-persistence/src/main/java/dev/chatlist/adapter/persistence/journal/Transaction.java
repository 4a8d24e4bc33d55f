package dev.chatlist.adapter.persistence.journal;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import org.postgresql.core.BaseConnection;
import org.postgresql.core.TransactionState;

/**
 * The transaction of a recording. On a connection that commits each statement by itself, the transaction is the
 * recording's own. Otherwise it belongs to the program that uses the connection: the recording is then a savepoint,
 * which a failure takes back, and the program alone commits.
 */
final class Transaction {
    /**
     * Triggers need READ COMMITTED, whatever the user's default is. Statements find their rows by an index: a planner
     * without statistics, or one that planned while the tables were empty, may think that reading a whole table is
     * cheaper.
     */
    private static final String SETTINGS = """
            SET TRANSACTION ISOLATION LEVEL READ COMMITTED;
            SET LOCAL enable_seqscan = off""";

    private final Connection connection;
    private final boolean isOwn;

    private Transaction(Connection connection, boolean isOwn) {
        this.connection = connection;
        this.isOwn = isOwn;
    }

    static Transaction on(Connection connection) throws SQLException {
        return new Transaction(connection, connection.getAutoCommit() && !hasBegunByStatement(connection));
    }

    /** A program may execute BEGIN instead of turning autocommit off. */
    private static boolean hasBegunByStatement(Connection connection) throws SQLException {
        return connection.isWrapperFor(BaseConnection.class)
                && connection.unwrap(BaseConnection.class).getTransactionState() != TransactionState.IDLE;
    }

    boolean isOwn() {
        return isOwn;
    }

    /** Runs a single statement. It needs no transaction around it where autocommit is on. */
    void runStatement(Work statement) throws SQLException {
        if (isOwn) {
            statement.run();
        } else {
            inSavepoint(connection, statement);
        }
    }

    /** Runs several statements. All of them take effect, or none. */
    void run(Work statements) throws SQLException {
        if (!isOwn) {
            inSavepoint(connection, statements);
            return;
        }
        connection.setAutoCommit(false);
        try {
            execute(connection, SETTINGS);
            statements.run();
            connection.commit();
        } catch (SQLException | RuntimeException | Error e) {
            rollBack(
                    () -> {
                        connection.rollback();
                        connection.setAutoCommit(true);
                    },
                    e);
            throw e;
        }
        connection.setAutoCommit(true);
    }

    /** Runs statements in a transaction that is open. If they fail, the transaction can go on without them. */
    static void inSavepoint(Connection connection, Work statements) throws SQLException {
        execute(connection, "SAVEPOINT chatlist");
        try {
            statements.run();
        } catch (SQLException | RuntimeException | Error e) {
            rollBack(() -> execute(connection, "ROLLBACK TO SAVEPOINT chatlist; RELEASE SAVEPOINT chatlist"), e);
            throw e;
        }
        execute(connection, "RELEASE SAVEPOINT chatlist");
    }

    private static void rollBack(Work rollback, Throwable reason) {
        try {
            rollback.run();
        } catch (SQLException e) {
            reason.addSuppressed(e);
        }
    }

    private static void execute(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    interface Work {
        void run() throws SQLException;
    }
}
