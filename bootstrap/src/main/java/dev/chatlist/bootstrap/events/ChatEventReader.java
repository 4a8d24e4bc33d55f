package dev.chatlist.bootstrap.events;

import dev.chatlist.domain.ChatEvent;
import dev.chatlist.domain.TextLimit;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Iterator;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/**
 * Parses one chat event per line of UTF-8, lazily: a file of any size needs the memory of its longest line. Skips blank
 * lines, but counts them.
 */
public final class ChatEventReader implements Iterator<ChatEvent> {
    private static final int MIN_LINE_LIMIT = 1 << 20;
    private static final int LIMITS_PER_LINE = 8;

    /**
     * How many of the latest events keep their line number. An event can be rejected some batches after it was read, so
     * this is the size of several batches.
     */
    static final int LINES_KNOWN = 1 << 16;

    private static final byte[] BYTE_ORDER_MARK = {(byte) 0xEF, (byte) 0xBB, (byte) 0xBF};

    private final InputStream in;
    private final int maxLineBytes;
    private final CharsetDecoder utf8 = StandardCharsets.UTF_8.newDecoder();
    private final long[] latestLines = new long[LINES_KNOWN];
    private final byte[] buffer = new byte[1 << 16];
    private int position;
    private int limit;
    private byte[] line = new byte[1 << 12];
    private int length;
    private long bytes;
    private long lineNumber;
    private long events;
    private @Nullable ChatEvent ahead;

    /** The caller closes the stream. */
    ChatEventReader(InputStream ndjson, TextLimit limit) {
        this.in = ndjson;
        maxLineBytes = maxLineBytes(limit);
    }

    /** The least text limit with which the event's line can be read again. */
    public static long leastLimit(ChatEvent event, String line) {
        // A char takes three bytes at most.
        boolean isShort = line.length() <= MIN_LINE_LIMIT / 3;
        long bytes = isShort ? 0 : line.getBytes(StandardCharsets.UTF_8).length;
        long forLine = bytes <= MIN_LINE_LIMIT ? 0 : (bytes + LIMITS_PER_LINE - 1) / LIMITS_PER_LINE;
        return Math.max(TextLimit.longest(event), forLine);
    }

    /** Above any event of several long texts with escapes, and low enough to reject a binary file before its end. */
    static int maxLineBytes(TextLimit limit) {
        return Math.max(MIN_LINE_LIMIT, LIMITS_PER_LINE * limit.maxBytes());
    }

    /**
     * @throws BadLineException if the next line isn't a chat event
     * @throws UncheckedIOException if the stream fails
     */
    @Override
    public boolean hasNext() {
        while (ahead == null && readLine()) {
            ahead = isBlank() ? null : readEvent();
        }
        return ahead != null;
    }

    @Override
    public ChatEvent next() {
        if (!hasNext() || ahead == null) {
            throw new NoSuchElementException();
        }
        ChatEvent event = ahead;
        ahead = null;
        return event;
    }

    /**
     * Returns where an event stood, as messages say it: "line 7", or "event 5" if its line is no longer known. Both
     * count from 1.
     *
     * @param event the event's index, from 0
     */
    String placeOf(long event) {
        boolean known = event >= events - LINES_KNOWN;
        return known ? "line " + latestLines[(int) (event % LINES_KNOWN)] : "event " + (event + 1);
    }

    /** How much of the stream has been read. */
    long bytesRead() {
        return bytes;
    }

    private ChatEvent readEvent() {
        try {
            String json = utf8.decode(ByteBuffer.wrap(line, 0, length)).toString();
            ChatEvent event = ChatEventFields.read(json);
            latestLines[(int) (events % LINES_KNOWN)] = lineNumber;
            events++;
            return event;
        } catch (CharacterCodingException e) {
            throw new BadLineException(lineNumber, "not UTF-8", e);
        } catch (IllegalArgumentException e) {
            throw new BadLineException(lineNumber, String.valueOf(e.getMessage()), e);
        }
    }

    private boolean isBlank() {
        for (int i = 0; i < length; i++) {
            if (line[i] != ' ' && line[i] != '\t' && line[i] != '\r') {
                return false;
            }
        }
        return true;
    }

    private boolean readLine() {
        length = 0;
        boolean ended = false;
        while (!ended && (position < limit || fill())) {
            int start = position;
            while (position < limit && buffer[position] != '\n') {
                position++;
            }
            append(start, position);
            ended = position < limit;
            position += ended ? 1 : 0;
        }
        lineNumber += ended || length > 0 ? 1 : 0;
        if (lineNumber == 1 && Arrays.equals(line, 0, Math.min(length, 3), BYTE_ORDER_MARK, 0, 3)) {
            Arrays.fill(line, 0, 3, (byte) ' ');
        }
        return ended || length > 0;
    }

    private void append(int start, int end) {
        if (length + end - start > maxLineBytes) {
            throw new BadLineException(lineNumber + 1, "longer than %s bytes".formatted(maxLineBytes), null);
        }
        if (length + end - start > line.length) {
            line = Arrays.copyOf(line, Math.max(2 * line.length, length + end - start));
        }
        System.arraycopy(buffer, start, line, length, end - start);
        length += end - start;
    }

    private boolean fill() {
        try {
            position = 0;
            limit = Math.max(0, in.read(buffer));
            bytes += limit;
            return limit > 0;
        } catch (IOException e) {
            String place = lineNumber == 0 ? "" : "after line " + lineNumber + ": ";
            throw new UncheckedIOException(place + e.getMessage(), e);
        }
    }
}
