package dev.chatlist.adapter.persistence;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import java.nio.ByteBuffer;
import org.jooq.Field;
import org.jooq.impl.DSL;
import org.jspecify.annotations.Nullable;

/**
 * Reads PostgreSQL's binary form of rows, one after the other: of each, the number of columns, and of each column the
 * type's number, the length in bytes (-1 for null) and the value. Columns are read in their order, each once.
 */
final class BinaryRecords {
    private static final int NULL = -1;

    private final ByteBuffer bytes;

    BinaryRecords(byte[] bytes) {
        this.bytes = ByteBuffer.wrap(bytes);
    }

    /** Has the database write a row of these columns. */
    static Field<byte[]> of(Field<?>... columns) {
        return DSL.field("record_send({0})", byte[].class, DSL.row(columns));
    }

    /** Goes to the next row, if there is one. */
    boolean next() {
        boolean hasMore = bytes.hasRemaining();
        if (hasMore) {
            bytes.getInt();
        }
        return hasMore;
    }

    String text() {
        return requireNonNull(textOrNull(), "a column that is never null");
    }

    @Nullable
    String textOrNull() {
        int length = length();
        if (length <= 0) {
            return length == NULL ? null : "";
        }
        int start = bytes.position();
        bytes.position(start + length);
        return new String(bytes.array(), start, length, UTF_8);
    }

    long number() {
        length();
        return bytes.getLong();
    }

    void skip(int columns) {
        for (int n = 0; n < columns; n++) {
            int length = length();
            bytes.position(bytes.position() + Math.max(0, length));
        }
    }

    private int length() {
        bytes.getInt();
        return bytes.getInt();
    }
}
