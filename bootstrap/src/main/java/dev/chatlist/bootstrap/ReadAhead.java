package dev.chatlist.bootstrap;

import dev.chatlist.domain.ChatEvent;
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
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The events of a stream, plain or gzip, which a thread of its own opens and reads some thousands ahead: text becomes
 * events while the database applies those before. And to wait for a pipe that nobody writes to can't be ended from
 * within the process; here that thread does it, and whoever asks for events can give up.
 */
final class ReadAhead implements Iterator<ChatEvent>, AutoCloseable {
    private static final int CHUNK_EVENTS = 256;
    private static final int CHUNK_BYTES = 1 << 16;

    /** 4 MB of text, or a line each if those are longer; and fewer events than the reader knows the lines of. */
    private static final int MAX_CHUNKS = 64;

    private static final long PATIENCE_MILLIS = 100;

    private final BlockingQueue<Chunk> chunks = new ArrayBlockingQueue<>(MAX_CHUNKS);
    private final Runnable whileWaiting;
    private final Thread thread;
    private volatile @Nullable ChatEventReader reader;
    private List<ChatEvent> filling = new ArrayList<>();
    private Chunk chunk = new Chunk(List.of(), false, null);
    private int position;

    /** @param whileWaiting run again and again where events aren't there yet; what it throws comes out */
    ReadAhead(Source source, Runnable whileWaiting) {
        this.whileWaiting = whileWaiting;
        thread = new Thread(() -> run(source), "chatlist-read-ahead");
        thread.setDaemon(true);
        thread.start();
    }

    /**
     * @throws ChatEventReader.BadLineException if the next line isn't an event
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

    /** Where an event that came out stood; see {@link ChatEventReader#placeOf}. */
    String placeOf(long event) {
        ChatEventReader reader = this.reader;
        return reader == null ? "event " + (event + 1) : reader.placeOf(event);
    }

    /** Doesn't wait for the thread, which may never end. */
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
            return next;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new UncheckedIOException("interrupted", new InterruptedIOException("interrupted"));
        }
    }

    private void run(Source source) {
        try {
            Throwable failure = read(source);
            chunks.put(new Chunk(filling, true, failure));
        } catch (InterruptedException e) {
            // Nobody asks any more.
        }
    }

    /** Returns what ended the reading before the end. */
    private @Nullable Throwable read(Source source) throws InterruptedException {
        try (InputStream in = source.open()) {
            ChatEventReader opened = new ChatEventReader(GzipInput.unpacked(in));
            reader = opened;
            long begun = 0;
            while (opened.hasNext()) {
                filling.add(opened.next());
                if (filling.size() == CHUNK_EVENTS || opened.bytesRead() - begun >= CHUNK_BYTES) {
                    chunks.put(new Chunk(filling, false, null));
                    filling = new ArrayList<>();
                    begun = opened.bytesRead();
                }
            }
            return null;
        } catch (IOException e) {
            return new UncheckedIOException(CommandFailure.reason(e), e);
        } catch (RuntimeException | Error e) {
            return e;
        }
    }

    /** Where the bytes come from. */
    interface Source {
        InputStream open() throws IOException;
    }

    private record Chunk(
            List<ChatEvent> events,
            boolean isLast,
            @Nullable Throwable failure) {}
}
