package dev.chatlist.bootstrap;

import dev.chatlist.bootstrap.process.ControlCharacters;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Prints the progress of an import or export on standard error, as a bar on a terminal and as a line every few seconds
 * elsewhere. Prints a summary of each file.
 */
final class EventProgress {
    private static final long BAR_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
    private static final long LINE_NANOS = TimeUnit.SECONDS.toNanos(5);
    private static final int BAR_WIDTH = 30;
    private static final String CLEAR_LINE = "\r\033[K";

    private final PrintWriter out;
    private final PrintWriter err;
    private final boolean terminal;
    private String name = "";
    /** How much there is to do: bytes of a file that is imported, events of an export; 0 if unknown. */
    private long size;
    /** How much of it is done. Written by the thread that reads the file, read by the thread that imports. */
    private final AtomicLong done = new AtomicLong();

    private long events;
    private long begun;
    private long printedAt;

    /** @param out gets the summaries */
    EventProgress(PrintWriter out, PrintWriter err, boolean terminal) {
        this.out = out;
        this.err = err;
        this.terminal = terminal;
    }

    /** @param size what is known of it: the size of the file, packed if it is a gzip, in bytes; else 0 */
    void begin(String name, long size) {
        this.name = ControlCharacters.escaped(name);
        this.size = size;
        done.set(0);
        events = 0;
        begun = System.nanoTime();
        printedAt = begun;
    }

    /** Says how many events an export has. */
    void expect(long events) {
        size = events;
    }

    /** An event was written, one of those that are expected. */
    void written() {
        done.incrementAndGet();
        event();
    }

    /**
     * Returns a stream that counts the bytes read from it. Wrap it around the packed bytes, whose total is known.
     *
     * <p>It doesn't pass on {@code available} and {@code skip}: those of a file fail if the file is a pipe.
     */
    InputStream counting(InputStream in) {
        return new InputStream() {
            @Override
            public int read() throws IOException {
                byte[] one = new byte[1];
                return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
            }

            @Override
            public int read(byte[] buffer, int offset, int length) throws IOException {
                int read = in.read(buffer, offset, length);
                done.addAndGet(Math.max(read, 0));
                return read;
            }

            @Override
            public void close() throws IOException {
                in.close();
            }
        };
    }

    /** Says something about the file on a line of its own. */
    void warn(String line) {
        err.println((terminal ? CLEAR_LINE : "") + "chatlist: " + ControlCharacters.escaped(line));
    }

    void event() {
        events++;
        long now = System.nanoTime();
        if (now - printedAt >= (terminal ? BAR_NANOS : LINE_NANOS)) {
            printedAt = now;
            print();
        }
    }

    void end() {
        abandon();
        double seconds = Math.max(1, System.nanoTime() - begun) / 1e9;
        out.println(String.format(
                Locale.ROOT, "%s: %s in %.1f s, %,.0f a second", name, counted(), seconds, events / seconds));
        out.flush();
    }

    /** Clears the bar. */
    void abandon() {
        if (terminal) {
            err.print(CLEAR_LINE);
            err.flush();
        }
    }

    private void print() {
        String share = size > 0 ? 100 * Math.min(done.get(), size) / size + " %, " : "";
        if (terminal) {
            // Without the name: a line that wraps can't be cleared.
            err.print(CLEAR_LINE + (size > 0 ? bar() + " " : "") + share + counted());
        } else {
            err.println(name + ": " + share + counted());
        }
        err.flush();
    }

    private String bar() {
        int filled = (int) (BAR_WIDTH * Math.min(done.get(), size) / size);
        return "[" + "#".repeat(filled) + "-".repeat(BAR_WIDTH - filled) + "]";
    }

    private String counted() {
        return String.format(Locale.ROOT, events == 1 ? "%,d event" : "%,d events", events);
    }
}
