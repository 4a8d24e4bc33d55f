package dev.chatlist.bootstrap;

import dev.chatlist.domain.ChatEvent;
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
 * Reads chat events as text, one JSON object a line, each when it is asked for: a file of any size takes the memory
 * of its longest line. Blank lines are skipped, but counted.
 */
final class ChatEventReader implements Iterator<ChatEvent> {
    /** Far beyond any event, and short enough that a file of another kind ends in a clear error. */
    static final int MAX_LINE_BYTES = 1 << 20;

    /** Of how many events their lines are known: those of some batches, as one is rejected with its batch. */
    static final int LINES_KNOWN = 1 << 16;

    private static final byte[] BYTE_ORDER_MARK = {(byte) 0xEF, (byte) 0xBB, (byte) 0xBF};

    private final InputStream in;
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

    /** Whoever opened the stream closes it. */
    ChatEventReader(InputStream ndjson) {
        this.in = ndjson;
    }

    /**
     * @throws BadLineException if the next line isn't an event
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
     * Where an event stood, as people count: "line 7", or "event 5" of the file if that was too long ago.
     *
     * @param event its index, from 0
     */
    String placeOf(long event) {
        boolean known = event >= events - LINES_KNOWN;
        return known ? "line " + latestLines[(int) (event % LINES_KNOWN)] : "event " + (event + 1);
    }

    /** How much of the stream was taken. */
    long bytesRead() {
        return bytes;
    }

    private ChatEvent readEvent() {
        try {
            String json = utf8.decode(ByteBuffer.wrap(line, 0, length)).toString();
            ChatEvent event = ChatEventFields.of(json).event();
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
        if (length + end - start > MAX_LINE_BYTES) {
            throw new BadLineException(lineNumber + 1, "longer than %d bytes".formatted(MAX_LINE_BYTES), null);
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
            throw new UncheckedIOException("after line %d: %s".formatted(lineNumber, e.getMessage()), e);
        }
    }

    /** A line that is no chat event. */
    static final class BadLineException extends RuntimeException {
        private static final long serialVersionUID = 1;

        BadLineException(long line, String reason, @Nullable Throwable cause) {
            super("line %d: %s".formatted(line, reason), cause);
        }
    }
}
