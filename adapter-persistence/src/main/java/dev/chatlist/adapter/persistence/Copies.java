package dev.chatlist.adapter.persistence;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.jooq.impl.DSL.list;
import static org.jooq.impl.DSL.sql;

import java.nio.ByteBuffer;
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
import org.jooq.exception.DataAccessException;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyIn;

/**
 * COPY, for the sets of one recording that are large and new. It costs the server half of what an upsert does, besides
 * foreign keys and triggers, but can't go on at a row that is there. So a table's first large set is looked up, and
 * copying goes on for that table until a set meets a stored row; a recording of what is stored already never copies.
 */
final class Copies {
    /** From how many rows on it pays. */
    static final int WORTHWHILE_ROWS = 500;

    private static final String UNIQUE_VIOLATION = "23505";

    private final DSLContext jooq;
    private final int minRows;
    private final Map<Table<?>, Boolean> goesOn = new HashMap<>();

    /** @param jooq in the recording's transaction */
    Copies(DSLContext jooq, int minRows) {
        this.jooq = jooq;
        this.minRows = minRows;
    }

    /** The recording's transaction. */
    DSLContext jooq() {
        return jooq;
    }

    /** Whether there are enough, and none was stored so far. */
    boolean suit(Table<Record> table, Collection<?> values) {
        return values.size() >= minRows && goesOn.getOrDefault(table, true);
    }

    /**
     * Returns whether all the rows were written, else none were.
     *
     * @param rows in order of their keys: two writers of the same rows are to queue instead of deadlocking
     * @param holdsAny whether the table holds a row with one of their keys
     */
    boolean write(Table<Record> table, List<Field<?>> columns, List<Object[]> rows, Predicate<DSLContext> holdsAny) {
        boolean tries = goesOn.computeIfAbsent(table, first -> isPossible() && !holdsAny.test(jooq));
        boolean written = tries && copied(table, columns, rows);
        goesOn.put(table, written);
        return written;
    }

    /** Whether the driver is PostgreSQL's, however wrapped. */
    private boolean isPossible() {
        return jooq.connectionResult(connection -> connection.isWrapperFor(PGConnection.class));
    }

    /** In a savepoint: another writer may write one of the rows meanwhile. */
    private boolean copied(Table<Record> table, List<Field<?>> columns, List<Object[]> rows) {
        List<Name> names = columns.stream().map(Field::getUnqualifiedName).toList();
        String copy = jooq.render(sql("COPY {0} ({1}) FROM STDIN (FORMAT binary)", table, list(names)));
        try {
            jooq.transaction(savepoint -> savepoint.dsl().connection(connection -> copy(connection, copy, rows)));
            return true;
        } catch (DataAccessException e) {
            if (UNIQUE_VIOLATION.equals(e.sqlState())) {
                return false;
            }
            throw e;
        }
    }

    private static void copy(Connection connection, String sql, List<Object[]> rows) throws SQLException {
        CopyIn copy = connection.unwrap(PGConnection.class).getCopyAPI().copyIn(sql);
        try {
            Binary binary = new Binary(copy);
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

    /** COPY's binary format: each row with the number of its cells, each cell with that of its bytes. */
    private static final class Binary {
        private static final byte[] SIGNATURE = "PGCOPY\n\377\r\n\0".getBytes(ISO_8859_1);
        private static final int CHUNK_BYTES = 1 << 16;
        private static final int OID_OF_TEXT = 25;

        private final CopyIn copy;
        private ByteBuffer chunk = ByteBuffer.allocate(CHUNK_BYTES);

        Binary(CopyIn copy) {
            this.copy = copy;
            // No flags, and no extension of the header.
            chunk.put(SIGNATURE).putInt(0).putInt(0);
        }

        void add(Object[] row) throws SQLException {
            ensure(Short.BYTES).putShort((short) row.length);
            for (Object cell : row) {
                if (cell instanceof String text) {
                    add(text);
                } else if (cell instanceof Long number) {
                    ensure(Integer.BYTES + Long.BYTES).putInt(Long.BYTES).putLong(number);
                } else if (cell instanceof Boolean flag) {
                    ensure(Integer.BYTES + 1).putInt(1).put((byte) (flag ? 1 : 0));
                } else {
                    add((String[]) cell);
                }
            }
        }

        private void add(String text) throws SQLException {
            byte[] bytes = text.getBytes(UTF_8);
            ensure(Integer.BYTES + bytes.length).putInt(bytes.length).put(bytes);
        }

        /** Of one dimension, whose first index is 1, without NULL; or, if empty, of none. */
        private void add(String[] texts) throws SQLException {
            int header = Integer.BYTES * (texts.length == 0 ? 3 : 5);
            int length = header;
            for (String text : texts) {
                length += Integer.BYTES + text.getBytes(UTF_8).length;
            }
            ensure(Integer.BYTES + header).putInt(length);
            chunk.putInt(texts.length == 0 ? 0 : 1).putInt(0).putInt(OID_OF_TEXT);
            if (texts.length > 0) {
                chunk.putInt(texts.length).putInt(1);
            }
            for (String text : texts) {
                add(text);
            }
        }

        void end() throws SQLException {
            ensure(Short.BYTES).putShort((short) -1);
            send();
            copy.endCopy();
        }

        private ByteBuffer ensure(int bytes) throws SQLException {
            if (chunk.remaining() < bytes) {
                send();
                chunk = ByteBuffer.allocate(Math.max(CHUNK_BYTES, bytes));
            }
            return chunk;
        }

        private void send() throws SQLException {
            copy.writeToCopy(chunk.array(), 0, chunk.position());
        }
    }
}
