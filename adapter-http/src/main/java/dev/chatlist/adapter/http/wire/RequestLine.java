package dev.chatlist.adapter.http.wire;

import java.nio.ByteBuffer;

/**
 * Looks for a version of HTTP that isn't 1.x at the end of a request line. Undertow's parser takes every version that it
 * doesn't know for HTTP/1.1 and forgets what it read, so that no handler could refuse it. Here it becomes HTTP/0.9,
 * which handlers can see.
 */
final class RequestLine {
    private static final byte[] PREFIX = {'H', 'T', 'T', 'P', '/'};
    private static final int END = Integer.MAX_VALUE;

    private int spaces;

    /** How many bytes of the version have been read. */
    private int position;

    private boolean isOther;

    /** The bytes that follow are a new request. */
    void restart() {
        spaces = 0;
        position = 0;
        isOther = false;
    }

    /** Looks at nothing until {@link #restart}. */
    void skip() {
        position = END;
    }

    /** Looks at the bytes of the buffer before its position. */
    void read(ByteBuffer bytes, int start) {
        for (int i = start; i < bytes.position() && position != END; i++) {
            byte b = bytes.get(i);
            if (b == '\n') {
                position = END;
            } else if (spaces < 2) {
                spaces += b == ' ' ? 1 : 0;
            } else {
                version(bytes, i, b);
            }
        }
    }

    private void version(ByteBuffer bytes, int i, byte b) {
        if (position < PREFIX.length) {
            position = b == PREFIX[position] ? position + 1 : END;
        } else if (position == PREFIX.length) {
            isOther = b >= '0' && b <= '9' && b != '1';
            if (isOther) {
                bytes.put(i, (byte) '0');
            }
            position++;
        } else if (isOther && b >= '0' && b <= '9') {
            bytes.put(i, (byte) '9');
            position = END;
        } else if (b != '.') {
            position = END;
        }
    }
}
