package dev.chatlist.adapter.http;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.undertow.io.IoCallback;
import io.undertow.io.Sender;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.Headers;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingDeque;
import java.util.concurrent.LinkedBlockingDeque;
import java.util.zip.CRC32;
import java.util.zip.Deflater;

/**
 * The answer {@code {"msg":"ok","code":0,"data":[…]}}, written into direct buffers that are reused: each byte is copied
 * once, and the socket takes it from there.
 */
final class ListResponse extends OutputStream implements IoCallback {
    private static final byte[] START = "{\"msg\":\"ok\",\"code\":0,\"data\":[".getBytes(US_ASCII);
    private static final byte[] COMMA = {','};
    private static final byte[] END = "]}".getBytes(US_ASCII);

    /** A shorter body takes a packet or two, compressed or not. */
    private static final int MIN_GZIPPED_BYTES = 1024;

    /** The fastest, because it runs for every request. Level 6 would save about a tenth of the size. */
    private static final int GZIP_LEVEL = 1;

    private final Buffers pool;
    private final List<ByteBuffer> buffers = new ArrayList<>();
    private ByteBuffer last;
    private boolean isSent;

    interface Elements {
        /** Writes JSON values with commas between them. */
        void write(OutputStream out) throws IOException;
    }

    /** @param prefersGzip compresses a list that is long enough */
    static void send(HttpServerExchange exchange, Buffers pool, boolean prefersGzip, Elements elements)
            throws IOException {
        ListResponse response = new ListResponse(pool);
        try {
            response.write(START);
            elements.write(response);
            response.write(END);
            boolean isGzip = prefersGzip && response.length() >= MIN_GZIPPED_BYTES;
            if (isGzip) {
                response = response.gzipped();
            }
            response.send(exchange, isGzip);
        } finally {
            response.releaseUnlessSent();
        }
    }

    /** @param elements at least one element of the list, each compressed before */
    static void sendGzip(HttpServerExchange exchange, Buffers pool, List<GzipParts.Part> elements) throws IOException {
        ListResponse response = new ListResponse(pool);
        try {
            GzipParts gzip = new GzipParts(response, START);
            for (int i = 0; i < elements.size(); i++) {
                if (i > 0) {
                    gzip.between(COMMA);
                }
                gzip.part(elements.get(i));
            }
            gzip.between(END);
            gzip.finish();
            response.send(exchange, true);
        } finally {
            response.releaseUnlessSent();
        }
    }

    private ListResponse(Buffers pool) {
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

    private long length() {
        return (long) (buffers.size() - 1) * Buffers.BYTES + last.position();
    }

    /** The same body as gzip, in buffers of its own. Releases the buffers of this one. */
    private ListResponse gzipped() {
        ListResponse gzip = new ListResponse(pool);
        Deflater deflater = new Deflater(GZIP_LEVEL, true);
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
     * Returns at once. The connection's IO thread writes the body, so a slow reader occupies no worker. Writing from
     * the worker would also make the IO thread spin until the worker has let go of the exchange.
     */
    private void send(HttpServerExchange exchange, boolean isGzip) {
        if (exchange.isResponseStarted() || !exchange.getConnection().isOpen()) {
            exchange.endExchange();
            return;
        }
        isSent = true;
        if (isGzip) {
            exchange.getResponseHeaders().put(Headers.CONTENT_ENCODING, "gzip");
        }
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

    private void releaseUnlessSent() {
        if (!isSent) {
            release();
        }
    }

    /** Returns the buffers to the pool; a second call does nothing. */
    private synchronized void release() {
        buffers.forEach(pool::give);
        buffers.clear();
    }

    /**
     * Free buffers. The one returned last is taken first, because it is likely still in the processor's cache. A buffer
     * that is never returned is garbage collected.
     */
    static final class Buffers {
        /** Holds a typical page of 20 chats of 12 members. */
        static final int BYTES = 256 * 1024;

        private static final int MAX_FREE = 64;

        private final BlockingDeque<ByteBuffer> free;

        Buffers() {
            this(new LinkedBlockingDeque<>(MAX_FREE));
        }

        /** @param free takes unused buffers until it is full */
        Buffers(BlockingDeque<ByteBuffer> free) {
            this.free = free;
        }

        private ByteBuffer take() {
            ByteBuffer buffer = free.pollFirst();
            return buffer == null ? ByteBuffer.allocateDirect(BYTES) : buffer;
        }

        private void give(ByteBuffer buffer) {
            free.offerFirst(buffer.clear());
        }
    }
}
