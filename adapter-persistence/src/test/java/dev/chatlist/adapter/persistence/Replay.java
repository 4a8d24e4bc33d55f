package dev.chatlist.adapter.persistence;

import dev.chatlist.adapter.persistence.embedded.FaultyServer;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** How far a standby has replayed what its primary has committed, asked on two connections that stay open. */
final class Replay implements AutoCloseable {
    private final Connection primary;
    private final Connection standby;
    private final PreparedStatement committed;
    private final PreparedStatement isReplayed;

    Replay(FaultyServer primary, FaultyServer standby) throws SQLException {
        this.primary = primary.connect();
        this.standby = standby.connect();
        committed = this.primary.prepareStatement("SELECT pg_current_wal_flush_lsn()::text");
        isReplayed = this.standby.prepareStatement("SELECT pg_last_wal_replay_lsn() >= ?::pg_lsn");
    }

    /** Waits until the standby shows everything that was committed before this call. */
    synchronized void awaitAllCommitted() throws SQLException, TimeoutException {
        long begun = System.nanoTime();
        isReplayed.setString(1, value(committed));
        while (!value(isReplayed).equals("t")) {
            if (System.nanoTime() - begun > TimeUnit.SECONDS.toNanos(30)) {
                throw new TimeoutException("the standby doesn't catch up");
            }
        }
    }

    /** From now on, the standby shows what it has replayed until {@link #resume}. */
    synchronized void pause() throws SQLException, TimeoutException {
        long begun = System.nanoTime();
        do {
            if (System.nanoTime() - begun > TimeUnit.SECONDS.toNanos(30)) {
                throw new TimeoutException("the replay doesn't pause");
            }
            ask("SELECT pg_wal_replay_pause()");
        } while (!ask("SELECT pg_get_wal_replay_pause_state()").equals("paused"));
    }

    synchronized void resume() throws SQLException {
        ask("SELECT pg_wal_replay_resume()");
    }

    private String ask(String sql) throws SQLException {
        try (PreparedStatement statement = standby.prepareStatement(sql)) {
            return value(statement);
        }
    }

    private static String value(PreparedStatement statement) throws SQLException {
        try (ResultSet row = statement.executeQuery()) {
            row.next();
            return String.valueOf(row.getString(1));
        }
    }

    @Override
    public void close() throws SQLException {
        primary.close();
        standby.close();
    }
}
