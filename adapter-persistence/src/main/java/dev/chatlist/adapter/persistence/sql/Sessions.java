package dev.chatlist.adapter.persistence.sql;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import javax.sql.DataSource;
import org.postgresql.PGConnection;
import org.postgresql.core.BaseConnection;
import org.postgresql.core.TransactionState;

/**
 * Connections, each with the run of the server that it leads to. One connection never leads to two runs, as a server
 * that crashes or stops ends all of its connections. So each is asked once, when it is new; and once more when the
 * server was a standby and is none any more, as it keeps its connections then.
 */
final class Sessions {
    /** Ends the run of a connection that could begin no epoch. */
    private static final String STANDBY = "/standby";

    private final DataSource dataSource;
    private final String enterEpoch;
    private final Runnable suspect;
    private final Cache<PGConnection, String> runs =
            Caffeine.newBuilder().weakKeys().executor(Runnable::run).build();

    /** @param suspect is called when a connection is broken, or leads elsewhere than others */
    Sessions(DataSource dataSource, String enterEpoch, Runnable suspect) {
        this.dataSource = dataSource;
        this.enterEpoch = enterEpoch;
        this.suspect = suspect;
    }

    Connection connect() throws SQLException {
        try {
            return dataSource.getConnection();
        } catch (SQLException e) {
            suspect.run();
            throw e;
        }
    }

    /**
     * Begins to ask the server.
     *
     * @throws IllegalStateException if the connection is in a transaction: what a reader learned there and kept might be
     *     rolled back
     */
    Session begin(Connection connection) throws SQLException {
        return new Session(connection, committing(connection));
    }

    /**
     * Turns autocommit on, so that each statement sees what has been committed, and what {@code enter_epoch} writes is
     * committed. Returns whether it was off.
     */
    static boolean committing(Connection connection) throws SQLException {
        if (connection.getAutoCommit()) {
            return false;
        }
        if (!connection.isWrapperFor(BaseConnection.class)
                || connection.unwrap(BaseConnection.class).getTransactionState() != TransactionState.IDLE) {
            throw new IllegalStateException(
                    "lists aren't read in the caller's transaction, and this connection is in one: give Database.over"
                            + " the DataSource that transactions take their connections from");
        }
        connection.setAutoCommit(true);
        return true;
    }

    /** A connection with autocommit, until it is closed. */
    final class Session implements AutoCloseable {
        private final Connection connection;
        private final boolean wasManual;

        private Session(Connection connection, boolean wasManual) {
            this.connection = connection;
            this.wasManual = wasManual;
        }

        /**
         * The run of the server that the connection leads to. Asks the server if the connection is new, or if the server
         * has told with its last answer that it is no standby any more.
         */
        String run() throws SQLException {
            if (!connection.isWrapperFor(PGConnection.class)) {
                return enterEpoch(connection);
            }
            PGConnection session = connection.unwrap(PGConnection.class);
            String known = runs.getIfPresent(session);
            if (known != null
                    && !(known.endsWith(STANDBY) && "off".equals(session.getParameterStatus("in_hot_standby")))) {
                return known;
            }
            String run = enterEpoch(connection);
            runs.put(session, run);
            return run;
        }

        /** Whether the server hasn't been promoted since it was in this run. */
        boolean isStillIn(String run) throws SQLException {
            return !run.endsWith(STANDBY) || run.equals(run());
        }

        /** Leaves the connection open. */
        @Override
        public void close() throws SQLException {
            if (wasManual) {
                connection.setAutoCommit(false);
            }
        }
    }

    private String enterEpoch(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(enterEpoch)) {
            row.next();
            return row.getString(1);
        }
    }

    /** Other connections may be as broken as the one that was. */
    void suspectOthers() {
        suspect.run();
    }
}
