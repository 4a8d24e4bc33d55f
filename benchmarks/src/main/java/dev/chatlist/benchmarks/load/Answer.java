package dev.chatlist.benchmarks.load;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** An answer to a client that keeps its list. The buffer is used for each answer anew. */
final class Answer extends ByteArrayOutputStream {
    private static final int MAX_END = 12_000;
    private static final Pattern END = Pattern.compile(
            "(,\"reset\":true)?(?:,\"next_cursor\":\"([^\"]*)\")?,\"state\":\"([^\"]*)\",\"count\":(\\d+)}\\z");

    /**
     * What stands after the chats.
     *
     * @param nextCursor null on the last page
     * @param count how many rooms the user has
     */
    record End(boolean isReset, @Nullable String nextCursor, String state, int count) {}

    /** Reads the end alone: the client shares the processors with the service. */
    End end() throws IOException {
        int from = Math.max(0, count - MAX_END);
        Matcher end = END.matcher(new String(buf, from, count - from, ISO_8859_1));
        if (!end.find()) {
            throw new IOException("an answer of %d bytes has no state at its end".formatted(count));
        }
        return new End(end.group(1) != null, end.group(2), end.group(3), Integer.parseInt(end.group(4)));
    }
}
