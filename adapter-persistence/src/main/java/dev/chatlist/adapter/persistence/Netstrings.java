package dev.chatlist.adapter.persistence;

import static java.nio.charset.StandardCharsets.UTF_8;

/**
 * Reads texts that stand one after the other, each behind its length in bytes and a colon: {@code 5:alice0:}. Unlike
 * columns, they cost the database and the driver nothing one by one; unlike those between separators, they may hold
 * anything.
 */
final class Netstrings {
    private final byte[] utf8;
    private int next;

    Netstrings(byte[] utf8) {
        this.utf8 = utf8;
    }

    boolean hasNext() {
        return next < utf8.length;
    }

    String text() {
        int length = 0;
        for (byte digit = utf8[next++]; digit != ':'; digit = utf8[next++]) {
            length = 10 * length + digit - '0';
        }
        int start = next;
        next += length;
        return length == 0 ? "" : new String(utf8, start, length, UTF_8);
    }

    long number() {
        return Long.parseLong(text());
    }
}
