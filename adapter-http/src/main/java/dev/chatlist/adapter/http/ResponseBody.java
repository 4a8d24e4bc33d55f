package dev.chatlist.adapter.http;

import io.undertow.io.IoCallback;
import io.undertow.io.Sender;
import io.undertow.server.HttpServerExchange;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.LinkedBlockingDeque;

/**
 * The bytes of one answer, in direct buffers that are used again and again: each byte is copied once, and the socket
 * takes it from there. Whoever makes one sends or releases it.
 */
final class ResponseBody extends OutputStream implements IoCallback {
    private final Buffers pool;
    private final List<ByteBuffer> buffers = new ArrayList<>();
    private ByteBuffer last;

    ResponseBody(Buffers pool) {
        this.pool = pool;
        last = more();
    }

    private ByteBuffer more() {
        ByteBuffer buffer = pool.take();
        buffers.add(buffer);
        return buffer;
    }

    @Override
    public void write(int b) {
        write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes) {
        write(bytes, 0, bytes.length);
    }

    @Override
    public void write(byte[] bytes, int start, int length) {
        int left = length;
        while (left > last.remaining()) {
            int fits = last.remaining();
            last.put(bytes, start + length - left, fits);
            left -= fits;
            last = more();
        }
        last.put(bytes, start + length - left, left);
    }

    /** Returns at once: a client that reads slowly is waited for without a thread. */
    void send(HttpServerExchange exchange) {
        ByteBuffer[] filled = buffers.stream().map(ByteBuffer::flip).toArray(ByteBuffer[]::new);
        long length = 0;
        for (ByteBuffer buffer : filled) {
            length += buffer.remaining();
        }
        exchange.setResponseContentLength(length);
        exchange.getResponseSender().send(filled, this);
    }

    @Override
    public void onComplete(HttpServerExchange exchange, Sender sender) {
        release();
        IoCallback.END_EXCHANGE.onComplete(exchange, sender);
    }

    @Override
    public void onException(HttpServerExchange exchange, Sender sender, IOException failure) {
        release();
        IoCallback.END_EXCHANGE.onException(exchange, sender, failure);
    }

    /** Gives the buffers back; once, however often it is called. */
    synchronized void release() {
        buffers.forEach(pool::give);
        buffers.clear();
    }

    /**
     * The buffers that no answer holds. The one given back last is taken first, as it is likely still in the
     * processor's cache. One that is never given back is lost to the pool and left to the garbage collector.
     */
    static final class Buffers {
        /** Holds a typical page of 20 chats of 12 members. */
        static final int BYTES = 256 * 1024;

        private static final int MAX_FREE = 64;

        private final LinkedBlockingDeque<ByteBuffer> free = new LinkedBlockingDeque<>(MAX_FREE);

        private ByteBuffer take() {
            ByteBuffer buffer = free.pollFirst();
            return buffer == null ? ByteBuffer.allocateDirect(BYTES) : buffer;
        }

        private void give(ByteBuffer buffer) {
            free.offerFirst(buffer.clear());
        }

        int free() {
            return free.size();
        }
    }
}
