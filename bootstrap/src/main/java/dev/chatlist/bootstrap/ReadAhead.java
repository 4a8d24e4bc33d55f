package dev.chatlist.bootstrap;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A stream that is opened and read by a thread of its own. To wait for a pipe that nobody writes to can't be ended
 * from within the process; here that thread does it, and whoever reads this stream can give up.
 */
final class ReadAhead extends InputStream {
    private static final int CHUNK_BYTES = 1 << 16;
    private static final int MAX_CHUNKS = 4;
    private static final long PATIENCE_MILLIS = 100;

    private final BlockingQueue<Chunk> chunks = new ArrayBlockingQueue<>(MAX_CHUNKS);
    private final Runnable whileWaiting;
    private final Thread thread;
    private Chunk chunk = new Chunk(ByteBuffer.allocate(0), false, null);

    /** @param whileWaiting run again and again where bytes aren't there yet; what it throws comes out of the read */
    ReadAhead(Source source, Runnable whileWaiting) {
        this.whileWaiting = whileWaiting;
        thread = new Thread(() -> fill(source), "chatlist-read-ahead");
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
        while (!chunk.bytes.hasRemaining() && !chunk.isLast) {
            chunk = next();
        }
        if (chunk.failure != null) {
            throw chunk.failure;
        }
        int read = Math.min(length, chunk.bytes.remaining());
        chunk.bytes.get(buffer, offset, read);
        return read == 0 && length > 0 ? -1 : read;
    }

    /** Doesn't wait for the thread, which may never end. */
    @Override
    public void close() {
        thread.interrupt();
    }

    private Chunk next() throws InterruptedIOException {
        try {
            Chunk next = chunks.poll();
            while (next == null) {
                whileWaiting.run();
                next = chunks.poll(PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
            }
            return next;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted");
        }
    }

    private void fill(Source source) {
        try {
            IOException failure = null;
            try (InputStream in = source.open()) {
                byte[] buffer = new byte[CHUNK_BYTES];
                for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                    chunks.put(new Chunk(ByteBuffer.wrap(Arrays.copyOf(buffer, read)), false, null));
                }
            } catch (IOException e) {
                failure = e;
            }
            chunks.put(new Chunk(ByteBuffer.allocate(0), true, failure));
        } catch (InterruptedException e) {
            // Nobody reads any more.
        }
    }

    /** Where the bytes come from. */
    interface Source {
        InputStream open() throws IOException;
    }

    private record Chunk(
            ByteBuffer bytes, boolean isLast, @Nullable IOException failure) {}
}
