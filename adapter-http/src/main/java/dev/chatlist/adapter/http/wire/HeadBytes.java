package dev.chatlist.adapter.http.wire;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.nio.ByteBuffer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The bytes of a head that were read last, for as long as the parser looks at them. If it refuses them, they tell what
 * the parser doesn't.
 */
final class HeadBytes {
    private static final Pattern ORIGIN = Pattern.compile("(?i)\r\norigin:[ \t]*([\\x21-\\x7e]+)[ \t]*\r\n");

    private @Nullable ByteBuffer buffer;
    private int start;

    void remember(ByteBuffer read, int first) {
        buffer = read;
        start = first;
    }

    void forget() {
        buffer = null;
    }

    /** The request's origin; null if the bytes don't tell it. */
    @Nullable
    String origin() {
        if (buffer == null) {
            return null;
        }
        ByteBuffer read = buffer.duplicate().position(start);
        byte[] copy = new byte[read.remaining()];
        read.get(copy);
        Matcher matcher = ORIGIN.matcher(new String(copy, ISO_8859_1));
        return matcher.find() ? matcher.group(1) : null;
    }
}
