package dev.chatlist.adapter.persistence.journal;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.sql.SQLException;
import org.postgresql.copy.CopyIn;

/** Sends rows in COPY's binary format: each row begins with the number of its cells, each cell with its length. */
final class BinaryCopyRows {
    private static final byte[] SIGNATURE = "PGCOPY\n\377\r\n\0".getBytes(ISO_8859_1);
    private static final int CHUNK_BYTES = 1 << 16;
    private static final int OID_OF_TEXT = 25;

    private final CopyIn copy;
    private ByteBuffer chunk = ByteBuffer.allocate(CHUNK_BYTES);

    BinaryCopyRows(CopyIn copy) {
        this.copy = copy;
        // No flags, no header extension.
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

    /** An array of one dimension that starts at index 1 and holds no NULL. An empty array has no dimension. */
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
