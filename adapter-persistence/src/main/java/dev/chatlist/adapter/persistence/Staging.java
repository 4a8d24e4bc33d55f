package dev.chatlist.adapter.persistence;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.jooq.impl.DSL.list;
import static org.jooq.impl.DSL.name;
import static org.jooq.impl.DSL.sql;
import static org.jooq.impl.DSL.table;

import java.nio.ByteBuffer;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Collection;
import java.util.List;
import java.util.function.Function;
import org.jooq.DSLContext;
import org.jooq.Field;
import org.jooq.Record;
import org.jooq.Table;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyIn;

/**
 * A temporary table through which many rows reach the server by COPY, at a third of what they cost as parameters. It
 * lasts as long as the transaction, nobody else sees it, and the server logs nothing of it.
 *
 * @param <T> the values, each a row
 */
final class Staging<T> {
    /** From how many rows on it pays: to make the table costs as much as some hundred. */
    static final int WORTHWHILE_ROWS = 500;

    private final Table<Record> table;
    private final List<Field<?>> columns;
    private final List<Function<T, ?>> cells;

    /** @param cells of each column; none may be null */
    Staging(String target, List<Field<?>> columns, List<Function<T, ?>> cells) {
        this.table = table(name("pg_temp", "chatlist_staged_" + target));
        this.columns = columns;
        this.cells = cells;
    }

    /** Whether the driver is PostgreSQL's, however wrapped, and we may make temporary tables. */
    static boolean isPossible(DSLContext jooq) {
        return jooq.connectionResult(connection -> connection.isWrapperFor(PGConnection.class))
                && Boolean.TRUE.equals(
                        jooq.fetchValue("SELECT has_database_privilege(current_database(), 'TEMPORARY')"));
    }

    /** Puts the values there, in place of those before. */
    Table<Record> fill(DSLContext jooq, Collection<T> values) {
        jooq.createTemporaryTableIfNotExists(table)
                .columns(columns)
                .onCommitDrop()
                .execute();
        jooq.truncate(table).execute();
        String copy = jooq.render(sql("COPY {0} ({1}) FROM STDIN (FORMAT binary)", table, list(columns)));
        jooq.connection(connection -> copy(connection, copy, values));
        return table;
    }

    private void copy(Connection connection, String sql, Collection<T> values) throws SQLException {
        CopyIn copy = connection.unwrap(PGConnection.class).getCopyAPI().copyIn(sql);
        try {
            Rows rows = new Rows(copy);
            for (T value : values) {
                rows.begin(cells.size());
                for (Function<T, ?> cell : cells) {
                    rows.add(cell.apply(value));
                }
            }
            rows.end();
        } finally {
            if (copy.isActive()) {
                copy.cancelCopy();
            }
        }
    }

    /** COPY's binary format: each row with the number of its cells, each cell with that of its bytes. */
    private static final class Rows {
        private static final byte[] SIGNATURE = "PGCOPY\n\377\r\n\0".getBytes(ISO_8859_1);
        private static final int CHUNK_BYTES = 1 << 16;

        private final CopyIn copy;
        private ByteBuffer chunk = ByteBuffer.allocate(CHUNK_BYTES);

        Rows(CopyIn copy) {
            this.copy = copy;
            // No flags, and no extension of the header.
            chunk.put(SIGNATURE).putInt(0).putInt(0);
        }

        void begin(int cells) throws SQLException {
            ensure(Short.BYTES);
            chunk.putShort((short) cells);
        }

        void add(Object cell) throws SQLException {
            if (cell instanceof String text) {
                byte[] bytes = text.getBytes(UTF_8);
                ensure(Integer.BYTES + bytes.length);
                chunk.putInt(bytes.length).put(bytes);
            } else if (cell instanceof Long number) {
                ensure(Integer.BYTES + Long.BYTES);
                chunk.putInt(Long.BYTES).putLong(number);
            } else if (cell instanceof Boolean flag) {
                ensure(Integer.BYTES + 1);
                chunk.putInt(1).put((byte) (flag ? 1 : 0));
            } else {
                throw new IllegalArgumentException("no column holds a " + cell.getClass());
            }
        }

        void end() throws SQLException {
            begin(-1);
            send();
            copy.endCopy();
        }

        private void ensure(int bytes) throws SQLException {
            if (chunk.remaining() < bytes) {
                send();
                chunk = ByteBuffer.allocate(Math.max(CHUNK_BYTES, bytes));
            }
        }

        private void send() throws SQLException {
            copy.writeToCopy(chunk.array(), 0, chunk.position());
        }
    }
}
