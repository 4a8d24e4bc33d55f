package dev.chatlist.adapter.http.wire;

import dev.chatlist.adapter.http.observation.RequestContext;
import io.undertow.connector.PooledByteBuffer;
import io.undertow.server.HttpServerExchange;
import io.undertow.server.protocol.http.HttpServerConnection;
import io.undertow.util.Headers;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicLong;
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

    private final StreamConnection channel;
    private final StreamSinkConduit socket;
    private final Refusal.Answers refusals;
    private final Memory memory;
    private final int maxBodyBytes;
    private final AtomicLong held = new AtomicLong();
    private final RequestLine requestLine = new RequestLine();
    private final HeadBytes head = new HeadBytes();

    /** What all requests may take together. */
    interface Memory {
        /** Takes more for a request that holds so much then. Returns false if it is too much. */
        boolean take(long more, long held);

        void giveBack(long bytes);
    }

    /** When the first byte of the latest request arrived; before the first request, when the connection was opened. */
    private volatile long since = System.nanoTime();

    /** Whether some of a request has arrived that no handler has seen yet. */
    private volatile boolean isReceiving;

    /** The latest request that a handler has seen; null from the first byte of the next one. */
    private volatile @Nullable HttpServerExchange exchange;

    private long received;
    private boolean isHead;

    /** @param maxBodyBytes the longest body that is kept */
    Connection(StreamConnection channel, Refusal.Answers refusals, Memory memory, int maxBodyBytes) {
        this.channel = channel;
        socket = channel.getSinkChannel().getConduit();
        this.refusals = refusals;
        this.memory = memory;
        this.maxBodyBytes = maxBodyBytes;
    }

    private boolean hold(long more) {
        if (memory.take(more, held.addAndGet(more))) {
            return true;
        }
        held.addAndGet(-more);
        memory.giveBack(more);
        return false;
    }

    /** The memory that the latest request takes, in bytes. */
    long held() {
        return held.get();
    }

    /** Sets the memory that the latest request takes to 0, and returns what it was. */
    long release() {
        return held.getAndSet(0);
    }

    /** Ends the time between two requests, if this is one. */
    void reading() {
        HttpServerExchange last = exchange;
        if (last != null && last.isComplete()) {
            exchange = null;
            isReceiving = false;
            received = 0;
            memory.giveBack(release());
            requestLine.restart();
        }
    }

    /** Notes that something of an answer is about to be sent. */
    void answering() {
        HttpServerExchange last = exchange;
        if (last != null) {
            RequestContext.answering(last);
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
            head.remember(buffer, start);
            requestLine.read(buffer, start);
            if (!hold(buffer.position() - start)) {
                // Others are closed for it, but that takes a moment, and the parser would need the memory now.
                throw new IOException("too many requests arrive at once");
            }
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

    /**
     * The parser has read the head of a request, and a handler is about to begin. Returns false if there is no memory
     * for its body; then the connection is closed.
     */
    boolean begin(HttpServerExchange begun) {
        if (exchange != null) {
            // It came in the same read as the one before.
            since = System.nanoTime();
            memory.giveBack(release());
        }
        exchange = begun;
        head.forget();
        PooledByteBuffer extra = ((HttpServerConnection) begun.getConnection()).getExtraBytes();
        long bodyLength = bodyLength(begun);
        if (extra != null && extra.getBuffer().remaining() > bodyLength) {
            // The next request has begun, and it can't be told where.
            requestLine.skip();
        }
        long more = Math.min(bodyLength, maxBodyBytes);
        if (more > 0 && !hold(more)) {
            close();
            return false;
        }
        return true;
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
        if (last == null) {
            refuse(refusals.unseen(Refusal.LATE, null, !isHead));
        } else if (!last.isResponseStarted()) {
            refuse(refusals.seen(Refusal.LATE, last, !isHead));
        }
        close();
    }

    /** Refuses the connection itself. */
    void refuse() {
        try {
            // A connection that is closed with unread bytes is reset, and its client may not see the answer.
            channel.getSourceChannel().read(ByteBuffer.allocate(4096));
        } catch (IOException e) {
            // Then there is nobody to answer.
        }
        refuse(refusals.unseen(Refusal.FULL, null, !isHead));
        close();
    }

    private void refuse(ByteBuffer answer) {
        try {
            // A few hundred bytes fit into the socket's buffer, or the client reads nothing.
            socket.write(answer);
        } catch (IOException e) {
            // The client is gone; the connection is closed in any case.
        }
    }

    /** The answer to a request that Undertow refuses itself. */
    ByteBuffer refusalOfUndertow() {
        Refusal refusal = received > MAX_HEAD_BYTES ? Refusal.LONG_HEAD : Refusal.MALFORMED;
        return refusals.unseen(refusal, head.origin(), !isHead);
    }

    void close() {
        IoUtils.safeClose(channel);
    }
}
