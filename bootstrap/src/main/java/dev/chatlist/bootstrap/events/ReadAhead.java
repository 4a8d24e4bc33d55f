package dev.chatlist.bootstrap.events;

import dev.chatlist.domain.ChatEvent;
import dev.chatlist.domain.TextLimit;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The chat events of a stream, plain or gzip. A background thread opens the stream and reads it some thousand events
 * ahead, so that parsing runs beside the database's work.
 *
 * <p>The thread also makes an import stoppable: a read from an idle pipe can't be interrupted, but the caller of
 * {@link #hasNext} can stop waiting for it.
 */
public final class ReadAhead implements Iterator<ChatEvent>, AutoCloseable {
    private static final int CHUNK_EVENTS = 256;
    private static final int CHUNK_BYTES = 1 << 16;

    /** Fewer events than {@link ChatEventReader#LINES_KNOWN}. */
    private static final int MAX_CHUNKS = 64;

    /** A chunk with a long line may take more; then it is the only one. */
    private static final int MAX_BYTES = MAX_CHUNKS * CHUNK_BYTES;

    private static final long PATIENCE_MILLIS = 100;

    private final BlockingQueue<Chunk> chunks = new ArrayBlockingQueue<>(MAX_CHUNKS);
    private final Semaphore bytesFree = new Semaphore(MAX_BYTES);
    private final TextLimit limit;
    private final Runnable whileWaiting;
    private final Thread thread;
    private volatile @Nullable ChatEventReader reader;
    private List<ChatEvent> filling = new ArrayList<>();
    private Chunk chunk = new Chunk(List.of(), 0, false, null);
    private int position;

    /**
     * Starts reading.
     *
     * @param limit decides how long a line may be
     * @param whileWaiting runs repeatedly while {@link #hasNext} waits; its exceptions end the wait
     */
    public ReadAhead(Source source, TextLimit limit, Runnable whileWaiting) {
        this.limit = limit;
        this.whileWaiting = whileWaiting;
        thread = new Thread(() -> run(source), "chatlist-read-ahead");
        thread.setDaemon(true);
        thread.start();
    }

    /**
     * Waits until the next event is read.
     *
     * @throws BadLineException if the next line isn't a chat event
     * @throws UncheckedIOException if the stream can't be opened or fails
     */
    @Override
    public boolean hasNext() {
        while (position == chunk.events.size() && !chunk.isLast()) {
            chunk = nextChunk();
            position = 0;
        }
        boolean has = position < chunk.events.size();
        if (!has && chunk.failure instanceof Error error) {
            throw error;
        }
        if (!has && chunk.failure instanceof RuntimeException exception) {
            throw exception;
        }
        return has;
    }

    @Override
    public ChatEvent next() {
        if (!hasNext()) {
            throw new NoSuchElementException();
        }
        return chunk.events.get(position++);
    }

    /**
     * Returns the place of an event, for messages: "line 7", or "event 5" if its line is no longer known.
     *
     * @param event the event's index, from 0
     */
    public String placeOf(long event) {
        ChatEventReader reader = this.reader;
        return reader == null ? "event " + (event + 1) : reader.placeOf(event);
    }

    /** Doesn't wait for the thread, which may be blocked in a read for ever. */
    @Override
    public void close() {
        thread.interrupt();
    }

    private Chunk nextChunk() {
        try {
            Chunk next = chunks.poll();
            while (next == null) {
                whileWaiting.run();
                next = chunks.poll(PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
            }
            bytesFree.release(next.bytes);
            return next;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new UncheckedIOException("interrupted", new InterruptedIOException("interrupted"));
        }
    }

    private void run(Source source) {
        try {
            Throwable failure = read(source);
            chunks.put(new Chunk(filling, 0, true, failure));
        } catch (InterruptedException e) {
            // The import has ended.
        }
    }

    /** Returns what failed, or null at the end of the stream. */
    private @Nullable Throwable read(Source source) throws InterruptedException {
        try (InputStream in = source.open()) {
            ChatEventReader opened = new ChatEventReader(GzipInput.unpacked(in), limit);
            reader = opened;
            long begun = 0;
            while (opened.hasNext()) {
                filling.add(opened.next());
                long read = opened.bytesRead() - begun;
                if (filling.size() == CHUNK_EVENTS || read >= CHUNK_BYTES) {
                    int bytes = (int) Math.min(read, MAX_BYTES);
                    bytesFree.acquire(bytes);
                    chunks.put(new Chunk(filling, bytes, false, null));
                    filling = new ArrayList<>();
                    begun = opened.bytesRead();
                }
            }
            return null;
        } catch (IOException e) {
            return new UncheckedIOException(e);
        } catch (RuntimeException | Error e) {
            return e;
        }
    }

    /** Opens the bytes to read. */
    public interface Source {
        InputStream open() throws IOException;
    }

    private record Chunk(
            List<ChatEvent> events,
            int bytes,
            boolean isLast,
            @Nullable Throwable failure) {}
}
