package dev.chatlist.adapter.http;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.util.Objects.requireNonNull;

import dev.chatlist.adapter.http.encoding.Pieces;
import dev.chatlist.adapter.http.observation.Refused;
import dev.chatlist.adapter.http.observation.RequestContext;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.Headers;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.xnio.ChannelListener;
import org.xnio.IoUtils;
import org.xnio.channels.StreamSinkChannel;

/**
 * The answer {@code {"msg":"ok","code":0,"data":[…]}}, sent from its pieces as the client takes them. While the client
 * takes nothing, it holds no buffer, only the pieces that are left.
 */
final class ListResponse implements Answer, SlowReaders.Unsent, ChannelListener<StreamSinkChannel> {
    static final byte[] START = "{\"msg\":\"ok\",\"code\":0,\"data\":[".getBytes(US_ASCII);
    static final byte[] END = "]}".getBytes(US_ASCII);

    /** A shorter body takes a packet or two, compressed or not. */
    static final int MIN_GZIPPED_BYTES = 1024;

    /** Holds a typical page of 20 chats of 12 members. */
    private static final int BUFFER_BYTES = 256 * 1024;

    /** One for each IO thread. Each byte is copied into it once, and the socket takes it from there. */
    private static final ThreadLocal<ByteBuffer> BUFFER =
            ThreadLocal.withInitial(() -> ByteBuffer.allocateDirect(BUFFER_BYTES));

    private final Pieces body;
    private final boolean isGzip;
    private final Memory.Share memory;
    private final SlowReaders slowReaders;
    private final AtomicBoolean hasEnded = new AtomicBoolean();
    private @Nullable HttpServerExchange exchange;
    private volatile long left;
    private boolean isBlocked;

    /** @param memory what the body takes of it; released when the body has been sent, or can't be */
    ListResponse(Pieces body, boolean isGzip, Memory.Share memory, SlowReaders slowReaders) {
        this.body = body;
        this.isGzip = isGzip;
        this.memory = memory;
        this.slowReaders = slowReaders;
        left = body.length();
        memory.shrinkTo(left);
    }

    @Override
    public void send(HttpServerExchange to) {
        if (Responses.isTooLate(to)) {
            drop();
            to.endExchange();
            return;
        }
        exchange = to;
        if (isGzip) {
            to.getResponseHeaders().put(Headers.CONTENT_ENCODING, "gzip");
        }
        to.setResponseContentLength(left);
        StreamSinkChannel channel = to.getResponseChannel();
        channel.getWriteSetter().set(this);
        handleEvent(channel);
    }

    /** Writes what the socket takes now. */
    @Override
    public void handleEvent(StreamSinkChannel channel) {
        HttpServerExchange sent = requireNonNull(exchange);
        try {
            while (left > 0) {
                if (!write(channel)) {
                    return;
                }
            }
        } catch (IOException | RuntimeException | Error e) {
            IoUtils.safeClose(sent.getConnection());
        }
        drop();
        sent.endExchange();
    }

    /** Returns false if the socket takes no more now. Then {@link #handleEvent} is called when it does. */
    private boolean write(StreamSinkChannel channel) throws IOException {
        ByteBuffer buffer = BUFFER.get().clear();
        body.peek(buffer);
        buffer.flip();
        while (buffer.hasRemaining()) {
            if (channel.write(buffer) == 0) {
                took(buffer.position());
                block(channel);
                return false;
            }
        }
        took(buffer.position());
        return true;
    }

    private void took(int bytes) {
        body.take(bytes);
        left = body.length();
        memory.shrinkTo(left);
    }

    private void block(StreamSinkChannel channel) {
        if (!isBlocked) {
            isBlocked = true;
            slowReaders.add(this);
        }
        channel.resumeWrites();
    }

    @Override
    public void drop() {
        if (hasEnded.compareAndSet(false, true)) {
            slowReaders.remove(this);
            memory.release();
        }
    }

    @Override
    public long left() {
        return left;
    }

    @Override
    public void breakOff() {
        HttpServerExchange sent = requireNonNull(exchange);
        try {
            sent.getIoThread().execute(() -> {
                if (!hasEnded.get()) {
                    RequestContext.of(sent).cutOff(RequestContext.CLIENT_LEFT, 0, Refused.SLOW_CLIENT);
                    IoUtils.safeClose(sent.getConnection());
                    drop();
                    sent.endExchange();
                }
            });
        } catch (RejectedExecutionException e) {
            // The server has stopped.
        }
    }
}
