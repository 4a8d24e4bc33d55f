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
import java.util.zip.CRC32;
import java.util.zip.Deflater;

/**
 * The bytes of one answer, in direct buffers that are used again and again: each byte is copied once, and the socket
 * takes it from there. Whoever makes one sends or releases it.
 */
final class ResponseBody extends OutputStream implements IoCallback {
    /** The fastest: it is done for every request, and costs some tenth of the size. */
    private static final int LEVEL = 1;

    private final Buffers pool;
    private final List<ByteBuffer> buffers = new ArrayList<>();
    private ByteBuffer last;
    private boolean isSent;

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
        if (!last.hasRemaining()) {
            last = more();
        }
        last.put((byte) b);
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

    long length() {
        return (long) (buffers.size() - 1) * Buffers.BYTES + last.position();
    }

    /** The same as gzip, in buffers of its own; these here are given back. */
    ResponseBody gzipped() {
        ResponseBody gzip = new ResponseBody(pool);
        Deflater deflater = new Deflater(LEVEL, true);
        try {
            gzip.write(GzipParts.HEADER);
            CRC32 crc = new CRC32();
            for (ByteBuffer buffer : buffers) {
                buffer.flip();
                crc.update(buffer.duplicate());
                deflater.setInput(buffer);
                gzip.drain(deflater);
            }
            deflater.finish();
            gzip.drain(deflater);
            gzip.write(GzipParts.littleEndian((int) crc.getValue()));
            gzip.write(GzipParts.littleEndian((int) deflater.getBytesRead()));
            return gzip;
        } catch (Throwable e) {
            gzip.release();
            throw e;
        } finally {
            deflater.end();
            release();
        }
    }

    private void drain(Deflater deflater) {
        deflater.deflate(last);
        while (!last.hasRemaining()) {
            last = more();
            deflater.deflate(last);
        }
    }

    /**
     * Returns at once; the connection's own thread does the rest, and waits for a slow reader without holding a thread.
     * If the exchange ended on another, that one would be spinning until this one has made way for the next request.
     */
    void send(HttpServerExchange exchange) {
        isSent = true;
        exchange.setResponseContentLength(length());
        ByteBuffer[] filled = buffers.stream().map(ByteBuffer::flip).toArray(ByteBuffer[]::new);
        exchange.dispatch(exchange.getIoThread(), () -> write(exchange, filled));
    }

    private void write(HttpServerExchange exchange, ByteBuffer[] filled) {
        try {
            exchange.getResponseSender().send(filled, this);
        } catch (RuntimeException | Error e) {
            release();
            exchange.endExchange();
            throw e;
        }
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

    void releaseUnlessSent() {
        if (!isSent) {
            release();
        }
    }

    /** Gives the buffers back; once, however often it is called. */
    private synchronized void release() {
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
