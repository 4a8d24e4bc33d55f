package dev.chatlist.adapter.persistence.sql;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import javax.sql.DataSource;
import org.postgresql.PGConnection;

/**
 * Connections, each with the run of the server that it leads to. One connection never leads to two runs, as a server
 * that crashes or stops ends all of its connections. So each is asked once, when it is new.
 */
final class Sessions {
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

    /** The run of the server that the connection leads to. Asks the server if the connection is new. */
    String runOf(Connection connection) throws SQLException {
        if (!connection.isWrapperFor(PGConnection.class)) {
            return enterEpoch(connection);
        }
        PGConnection session = connection.unwrap(PGConnection.class);
        String known = runs.getIfPresent(session);
        if (known != null) {
            return known;
        }
        String run = enterEpoch(connection);
        runs.put(session, run);
        return run;
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
