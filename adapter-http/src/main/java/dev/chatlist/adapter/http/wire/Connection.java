package dev.chatlist.adapter.http.wire;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.undertow.connector.PooledByteBuffer;
import io.undertow.server.HttpServerExchange;
import io.undertow.server.protocol.http.HttpServerConnection;
import io.undertow.util.HeaderMap;
import io.undertow.util.Headers;
import io.undertow.util.HttpString;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.xnio.IoUtils;
import org.xnio.StreamConnection;
import org.xnio.conduits.StreamSinkConduit;

/**
 * What one connection waits for, and since when. One thread at a time changes it, usually the connection's IO thread;
 * others may look at it to find connections that wait too long.
 */
final class Connection {
    /** Of a request head. A token of 100 KB is read, so that it can be refused with a message. */
    static final int MAX_HEAD_BYTES = 256 * 1024;

    /**
     * Of a whole request. A refused body is read to its end: its sender then sees the refusal, and no rest of the body is
     * taken for the next request. A body beyond this limit is cut off.
     */
    private static final long MAX_REQUEST_BYTES = 32 * 1024 * 1024;

    /** A number of so many digits is a long. */
    private static final int MAX_DIGITS = 18;

    private static final Pattern ORIGIN = Pattern.compile("(?i)\r\norigin:[ \t]*([\\x21-\\x7e]+)[ \t]*\r\n");

    private final StreamConnection channel;
    private final StreamSinkConduit socket;
    private final Function<@Nullable String, String> headersForOrigin;
    private final RequestLine requestLine = new RequestLine();

    /** When the first byte of the latest request arrived; before the first request, when the connection was opened. */
    private volatile long since = System.nanoTime();

    /** Whether some of a request has arrived that no handler has seen yet. */
    private volatile boolean isReceiving;

    /** The latest request that a handler has seen; null from the first byte of the next one. */
    private volatile @Nullable HttpServerExchange exchange;

    private long received;
    private boolean isHead;

    /** The bytes read last, valid while the parser looks at them. */
    private @Nullable ByteBuffer bytes;

    private int bytesStart;

    /** @param headersForOrigin the header fields of an answer to a request of this origin */
    Connection(StreamConnection channel, Function<@Nullable String, String> headersForOrigin) {
        this.channel = channel;
        socket = channel.getSinkChannel().getConduit();
        this.headersForOrigin = headersForOrigin;
    }

    /** Ends the time between two requests, if this is one. */
    void reading() {
        HttpServerExchange last = exchange;
        if (last != null && last.isComplete()) {
            exchange = null;
            isReceiving = false;
            received = 0;
            requestLine.restart();
        }
    }

    /**
     * Notes the bytes of the buffer before its position.
     *
     * @throws IOException if the request is too long to be read to its end
     */
    void received(ByteBuffer buffer, int start) throws IOException {
        if (!isReceiving) {
            isReceiving = true;
            since = System.nanoTime();
            isHead = buffer.get(start) == 'H';
        }
        count(buffer.position() - start);
        if (exchange == null) {
            bytes = buffer;
            bytesStart = start;
            requestLine.read(buffer, start);
        }
    }

    /** @throws IOException if the request is too long to be read to its end */
    void count(int more) throws IOException {
        received += more;
        if (received > MAX_HEAD_BYTES + MAX_REQUEST_BYTES) {
            IoUtils.safeClose(channel);
            throw new IOException("the request is too long");
        }
    }

    /** The parser has read the head of a request, and a handler begins. */
    void begin(HttpServerExchange begun) {
        if (exchange != null) {
            // It came in the same read as the one before.
            since = System.nanoTime();
        }
        exchange = begun;
        bytes = null;
        PooledByteBuffer extra = ((HttpServerConnection) begun.getConnection()).getExtraBytes();
        if (extra != null && extra.getBuffer().remaining() > bodyLength(begun)) {
            // The next request has begun, and it can't be told where.
            requestLine.skip();
        }
    }

    /** The length of the body, or 0 if it is too long to be told. */
    private static long bodyLength(HttpServerExchange exchange) {
        String digits = exchange.getRequestHeaders().getFirst(Headers.CONTENT_LENGTH);
        return digits == null || digits.length() > MAX_DIGITS ? 0 : Long.parseLong(digits);
    }

    /** Whether nothing of the next request has arrived. */
    boolean isIdle() {
        return exchange == null && !isReceiving;
    }

    /** Whether no handler has seen the request that arrives. */
    boolean isUnhandled() {
        HttpServerExchange last = exchange;
        return last == null || last.isComplete();
    }

    /** Whether the last answer was given and only the client's close is awaited. */
    boolean isClosing() {
        HttpServerExchange last = exchange;
        return last != null && last.isComplete() && !last.isPersistent();
    }

    /** Whether it waits for its client, and has no answer to give. */
    boolean isWaiting() {
        HttpServerExchange last = exchange;
        return last == null || last.isComplete() || !last.isRequestComplete();
    }

    long since() {
        return since;
    }

    /** Whether a request has begun to arrive this long ago and isn't complete. */
    boolean isLate(long nanos) {
        HttpServerExchange last = exchange;
        boolean isIncomplete = last == null ? isReceiving : !last.isComplete() && !last.isRequestComplete();
        return isIncomplete && System.nanoTime() - since > nanos;
    }

    /** Ends a late request with 408, unless an answer has begun, and closes the connection. */
    void cutOff() {
        HttpServerExchange last = exchange;
        if (last == null || !last.isResponseStarted()) {
            String headers = last == null ? headersForOrigin.apply(null) : corsHeaders(last.getResponseHeaders());
            refuse(Refusal.LATE, headers);
        }
        close();
    }

    private static String corsHeaders(HeaderMap headers) {
        StringBuilder lines = new StringBuilder();
        for (HttpString name : headers.getHeaderNames()) {
            if (name.toString().startsWith("Access-Control-") || name.toString().equals("Vary")) {
                lines.append(name).append(": ").append(headers.getFirst(name)).append("\r\n");
            }
        }
        return lines.toString();
    }

    /** Refuses the connection itself. */
    void refuse() {
        try {
            // A connection that is closed with unread bytes is reset, and its client may not see the answer.
            channel.getSourceChannel().read(ByteBuffer.allocate(4096));
        } catch (IOException e) {
            // Then there is nobody to answer.
        }
        refuse(Refusal.FULL, headersForOrigin.apply(null));
        close();
    }

    private void refuse(Refusal refusal, String headers) {
        try {
            // A few hundred bytes fit into the socket's buffer, or the client reads nothing.
            socket.write(refusal.bytes(headers, !isHead));
        } catch (IOException e) {
            // The client is gone; the connection is closed in any case.
        }
    }

    /** The answer to a request that Undertow refuses itself. */
    ByteBuffer refusalOfUndertow() {
        Refusal refusal = received > MAX_HEAD_BYTES ? Refusal.LONG_HEAD : Refusal.MALFORMED;
        return refusal.bytes(headersForOrigin.apply(origin()), !isHead);
    }

    private @Nullable String origin() {
        if (bytes == null) {
            return null;
        }
        ByteBuffer read = bytes.duplicate().position(bytesStart);
        byte[] copy = new byte[Math.min(read.remaining(), 16 * 1024)];
        read.get(copy);
        Matcher matcher = ORIGIN.matcher(new String(copy, ISO_8859_1));
        return matcher.find() ? matcher.group(1) : null;
    }

    void close() {
        IoUtils.safeClose(channel);
    }
}
