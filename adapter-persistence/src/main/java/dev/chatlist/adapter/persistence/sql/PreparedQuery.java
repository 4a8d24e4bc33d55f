package dev.chatlist.adapter.persistence.sql;

import static java.util.concurrent.TimeUnit.NANOSECONDS;

import dev.chatlist.application.AnswerTooLargeException;
import dev.chatlist.application.StorageUnavailableException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A query that jOOQ rendered once and the plain driver runs. Rendering and jOOQ's records would take longer than
 * everything else on the path of a request.
 *
 * @param again where to ask once more after a failure on a connection that could be had
 * @param aim completes "can't …" in the message of a failure
 * @param slow a try that takes longer is logged; zero to log none
 */
record PreparedQuery(Sessions sessions, Sessions again, String sql, String aim, Duration slow) {
    private static final Logger LOG = LoggerFactory.getLogger(PreparedQuery.class);

    /** After a longer time the caller may not want to wait for another try. */
    private static final Duration MAX_TIME_FOR_TWO_TRIES = Duration.ofSeconds(1);

    /** @throws StorageUnavailableException if the database doesn't answer, or not as this release expects */
    <T> T ask(RowReader<T> reader, Object... parameters) {
        long begun = System.nanoTime();
        try {
            return ask(sessions, reader, parameters);
        } catch (SQLException e) {
            if (!mayTryAgain(e, System.nanoTime() - begun)) {
                throw StorageFailures.unavailable(aim, e);
            }
        }
        try {
            return ask(again, reader, parameters);
        } catch (SQLException e) {
            throw StorageFailures.unavailable(aim, e);
        }
    }

    private boolean mayTryAgain(SQLException failure, long nanos) {
        if (sessions == again) {
            return StorageFailures.isBroken(failure) && nanos < MAX_TIME_FOR_TWO_TRIES.toNanos();
        }
        return StorageFailures.isBroken(failure) || StorageFailures.tookTooLong(failure);
    }

    private <T> T ask(Sessions asked, RowReader<T> reader, Object... parameters) throws SQLException {
        long begun = System.nanoTime();
        long connected = Long.MAX_VALUE;
        try (Connection connection = connect(asked);
                Sessions.Session session = asked.begin(connection)) {
            connected = System.nanoTime();
            String run = session.run();
            T answer = ask(connection, run, reader, parameters);
            // What a standby answers during its promotion belongs to no epoch yet.
            return session.isStillIn(run) ? answer : ask(connection, session.run(), reader, parameters);
        } catch (SQLException e) {
            if (StorageFailures.isBroken(e)) {
                asked.suspectOthers();
            }
            throw e;
        } finally {
            logIfSlow(begun, connected, System.nanoTime());
        }
    }

    private <T> T ask(Connection connection, String run, RowReader<T> reader, Object... parameters)
            throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            for (int n = 0; n < parameters.length; n++) {
                bind(statement, n + 1, parameters[n]);
            }
            try (ResultSet rows = statement.executeQuery()) {
                return read(reader, new Rows(rows, run));
            }
        }
    }

    private void logIfSlow(long begun, long connected, long ended) {
        if (!slow.isZero() && ended - begun > slow.toNanos()) {
            LOG.warn(
                    "slow query, to {}: {} ms, {} ms of it for a connection",
                    aim,
                    NANOSECONDS.toMillis(ended - begun),
                    NANOSECONDS.toMillis(Math.min(connected, ended) - begun));
        }
    }

    private static <T> T read(RowReader<T> reader, Rows rows) throws SQLException {
        try {
            return reader.read(rows);
        } catch (AnswerTooLargeException e) {
            throw e;
        } catch (RuntimeException e) {
            throw new SQLException("the rows aren't as this release expects them", e);
        }
    }

    private Connection connect(Sessions asked) {
        try {
            return asked.connect();
        } catch (SQLException e) {
            throw StorageFailures.unavailable(aim, e);
        }
    }

    private static void bind(PreparedStatement statement, int index, Object value) throws SQLException {
        if (value instanceof String text) {
            statement.setString(index, text);
        } else if (value instanceof Long number) {
            statement.setLong(index, number);
        } else if (value instanceof String[] texts) {
            statement.setArray(index, statement.getConnection().createArrayOf("text", texts));
        } else {
            statement.setArray(index, statement.getConnection().createArrayOf("int8", (Long[]) value));
        }
    }

    interface RowReader<T> {
        T read(Rows rows) throws SQLException;
    }

    /** A cursor over rows. Each call reads the next column of the current row, in the order of the select list. */
    static final class Rows {
        private final ResultSet rows;
        private final String run;
        private int column;

        Rows(ResultSet rows, String run) {
            this.rows = rows;
            this.run = run;
        }

        /** The run of the server that answered. */
        String run() {
            return run;
        }

        boolean next() throws SQLException {
            column = 0;
            return rows.next();
        }

        void skip(int columns) {
            column += columns;
        }

        String text() throws SQLException {
            return Objects.requireNonNull(textOrNull(), "a column that is never null");
        }

        @Nullable
        String textOrNull() throws SQLException {
            String text = rows.getString(++column);
            // The driver allocates a new empty string for each column, and most texts are empty.
            return text == null || !text.isEmpty() ? text : "";
        }

        long number() throws SQLException {
            return rows.getLong(++column);
        }

        @Nullable
        Boolean flagOrNull() throws SQLException {
            boolean flag = rows.getBoolean(++column);
            return rows.wasNull() ? null : flag;
        }

        boolean flag() throws SQLException {
            return rows.getBoolean(++column);
        }

        /** A text column as the driver received it, in UTF-8. */
        byte @Nullable [] utf8() throws SQLException {
            return rows.getBytes(++column);
        }
    }
}
