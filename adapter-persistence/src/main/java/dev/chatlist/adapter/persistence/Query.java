package dev.chatlist.adapter.persistence;

import dev.chatlist.application.StorageUnavailableException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Objects;
import javax.sql.DataSource;
import org.jooq.DSLContext;
import org.jooq.ResultQuery;
import org.jspecify.annotations.Nullable;

/**
 * A question that jOOQ writes once and the driver alone asks: on the way of every request, jOOQ's rendering and records
 * would cost more than all the rest of it.
 *
 * @param aim what can't be done when it fails
 */
record Query(DataSource connections, String sql, String aim) {
    /** Parameters are the values that {@code query} was written with, in that order. */
    static Query of(DataSource connections, DSLContext jooq, String aim, ResultQuery<?> query) {
        return new Query(connections, jooq.render(query), aim);
    }

    /** @throws StorageUnavailableException if the database doesn't answer */
    <T> T ask(Answer<T> answer, Object... parameters) {
        try (Connection connection = connections.getConnection();
                PreparedStatement statement = connection.prepareStatement(sql)) {
            for (int n = 0; n < parameters.length; n++) {
                bind(statement, n + 1, parameters[n]);
            }
            try (ResultSet rows = statement.executeQuery()) {
                return answer.of(new Rows(rows));
            }
        } catch (SQLException e) {
            throw Database.unavailable(aim, e);
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

    /** Makes something of the rows. */
    interface Answer<T> {
        T of(Rows rows) throws SQLException;
    }

    /** Reads row by row, and each row's columns one after the other, in the order in which they were selected. */
    static final class Rows {
        private final ResultSet rows;
        private int column;

        private Rows(ResultSet rows) {
            this.rows = rows;
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
            // The driver makes a new one for each; most texts of most profiles are empty.
            return text == null || !text.isEmpty() ? text : "";
        }

        long number() throws SQLException {
            return rows.getLong(++column);
        }

        boolean flag() throws SQLException {
            return rows.getBoolean(++column);
        }

        /** A text column as the driver received it. */
        byte @Nullable [] bytes() throws SQLException {
            return rows.getBytes(++column);
        }
    }
}
