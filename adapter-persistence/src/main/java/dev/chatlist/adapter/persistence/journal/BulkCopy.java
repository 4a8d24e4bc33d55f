package dev.chatlist.adapter.persistence.journal;

import static org.jooq.impl.DSL.list;
import static org.jooq.impl.DSL.sql;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.jooq.DSLContext;
import org.jooq.Field;
import org.jooq.Name;
import org.jooq.Record;
import org.jooq.Table;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyIn;

/**
 * COPY, for large sets of new rows in one recording. It takes the server half the time of an upsert, apart from foreign
 * keys and triggers, but it fails at a stored row. So the first large set of a table is looked up first, and after a
 * set with a stored row the table gets upserts. Recording an archive a second time never copies.
 */
final class BulkCopy {
    /** Below this number of rows, an upsert is as fast. */
    static final int MIN_ROWS = 500;

    private static final String UNIQUE_VIOLATION = "23505";

    private final Connection connection;
    private final DSLContext jooq;
    private final int minRows;
    /** False once a set of the table met a stored row. */
    private final Map<Table<?>, Boolean> stillNew = new HashMap<>();

    /** @param jooq runs statements on the connection, which is in a transaction */
    BulkCopy(Connection connection, DSLContext jooq, int minRows) {
        this.connection = connection;
        this.jooq = jooq;
        this.minRows = minRows;
    }

    /** Runs statements in the recording's transaction. */
    DSLContext jooq() {
        return jooq;
    }

    boolean suits(Table<Record> table, Collection<?> values) {
        return values.size() >= minRows && stillNew.getOrDefault(table, true);
    }

    /**
     * Copies all rows, or none if one of them is stored already.
     *
     * @param rows sorted by key, so that two writers of the same rows queue instead of deadlocking
     * @param storesAny whether the table has a row with one of their keys
     * @return whether the rows were copied
     */
    boolean write(Table<Record> table, List<Field<?>> columns, List<Object[]> rows, Predicate<DSLContext> storesAny)
            throws SQLException {
        Boolean isNew = stillNew.get(table);
        boolean tries = isNew == null ? isSupported() && !storesAny.test(jooq) : isNew;
        boolean written = tries && copied(table, columns, rows);
        stillNew.put(table, written);
        return written;
    }

    /** Whether the connection, or what it wraps, is the PostgreSQL driver's. */
    private boolean isSupported() throws SQLException {
        return connection.isWrapperFor(PGConnection.class);
    }

    /** Uses a savepoint, because another writer may store one of the rows meanwhile. */
    private boolean copied(Table<Record> table, List<Field<?>> columns, List<Object[]> rows) throws SQLException {
        List<Name> names = columns.stream().map(Field::getUnqualifiedName).toList();
        String copy = jooq.render(sql("COPY {0} ({1}) FROM STDIN (FORMAT binary)", table, list(names)));
        try {
            Transaction.inSavepoint(connection, () -> copy(connection, copy, rows));
            return true;
        } catch (SQLException e) {
            if (UNIQUE_VIOLATION.equals(e.getSQLState())) {
                return false;
            }
            throw e;
        }
    }

    private static void copy(Connection connection, String sql, List<Object[]> rows) throws SQLException {
        CopyIn copy = connection.unwrap(PGConnection.class).getCopyAPI().copyIn(sql);
        try {
            BinaryCopyRows binary = new BinaryCopyRows(copy);
            for (Object[] row : rows) {
                binary.add(row);
            }
            binary.end();
        } finally {
            if (copy.isActive()) {
                copy.cancelCopy();
            }
        }
    }
}
