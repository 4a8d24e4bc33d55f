package dev.chatlist.adapter.http.encoding;

import org.jspecify.annotations.Nullable;

/**
 * What belongs to a chat with all of its members. When two threads each add a part, one of them may be lost and is made
 * again.
 *
 * @param gzip the chat, compressed on its own
 * @param openGzip the chat without its closing brace, compressed on its own
 */
record Encodings(@Nullable EncodedUsers users, GzipParts.@Nullable Part gzip, GzipParts.@Nullable Part openGzip) {
    static final Encodings NONE = new Encodings(null, null, null);

    GzipParts.@Nullable Part gzip(boolean isOpen) {
        return isOpen ? openGzip : gzip;
    }

    Encodings withUsers(EncodedUsers made) {
        return new Encodings(made, gzip, openGzip);
    }

    Encodings withGzip(GzipParts.Part made, boolean isOpen) {
        return isOpen ? new Encodings(users, gzip, made) : new Encodings(users, made, openGzip);
    }

    /** About how much memory it takes. */
    int size() {
        return (users == null ? 0 : users.size())
                + (gzip == null ? 0 : gzip.size())
                + (openGzip == null ? 0 : openGzip.size());
    }
}
