package dev.chatlist.benchmarks.load;

import dev.chatlist.benchmarks.process.Command;
import dev.chatlist.benchmarks.process.Service;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.DataFormatException;
import org.HdrHistogram.Histogram;

/**
 * Clients of one user, one for each {@link Kind} of request, which ask at a fixed rate, whether or not the service
 * keeps up. Latency counts from the time at which a request was due, to the last byte of the answer. Runs in a process
 * of its own.
 *
 * <p>A request needs what the answer before it gave, so a client has one request under way. If an answer is late, the
 * next request waits for it, and the wait counts.
 */
public final class InboxLoop {
    public static final int PAGE_SIZE = 20;
    public static final int MEMBERS = 3;

    /** The greatest page that the service allows by default. */
    private static final int LARGE_PAGE_SIZE = 200;

    private static final int WARM_UP_SECONDS = 5;
    private static final long MAX_MICROS = 60_000_000;
    private static final Pattern RESULT = Pattern.compile("RESULT (\\w+) (\\d+) (\\d+) (\\S+)");

    /** What a client asks for, again and again. */
    public enum Kind {
        FIRST_PAGE("page 1"),
        DELTA("a delta"),
        WALK("a page of a walk");

        private final String title;

        Kind(String title) {
            this.title = title;
        }

        public String title() {
            return title;
        }

        /**
         * Sends what comes before the first measured request.
         *
         * @param passed the rooms that a walk passes
         */
        public void prepare(SyncClient client, int passed) throws IOException {
            switch (this) {
                case FIRST_PAGE -> client.page(1, PAGE_SIZE);
                case DELTA -> client.pass(Integer.MAX_VALUE, LARGE_PAGE_SIZE);
                case WALK -> client.pass(passed, LARGE_PAGE_SIZE);
            }
        }

        public void ask(SyncClient client) throws IOException {
            if (this == FIRST_PAGE) {
                client.page(1, PAGE_SIZE);
            } else if (this == WALK && !client.hasMore()) {
                client.begin(PAGE_SIZE);
            } else {
                client.goOn(PAGE_SIZE);
            }
        }
    }

    /**
     * The measured answers of one kind.
     *
     * @param micros from the due time to the last byte
     * @param bytes the length of all bodies
     */
    public record Answers(Histogram micros, long bytes, long resets) {
        /** In microseconds. */
        public double p50() {
            return (double) micros.getValueAtPercentile(50);
        }

        public double p99() {
            return (double) micros.getValueAtPercentile(99);
        }

        public double max() {
            return (double) micros.getMaxValue();
        }

        public double meanBytes() {
            return (double) bytes / micros.getTotalCount();
        }

        public Answers and(Answers more) {
            Histogram all = micros.copy();
            all.add(more.micros);
            return new Answers(all, bytes + more.bytes, resets + more.resets);
        }
    }

    private final int port;
    private final String token;
    private final int passed;
    private final long interval;
    private final long measuredFrom;
    private final long end;

    /**
     * Asks for some seconds, after a lead-in.
     *
     * @param perSecond requests of each kind
     * @param passed the rooms that the walk has passed before it is measured
     */
    public static Map<Kind, Answers> measure(Service service, String token, int perSecond, int seconds, int passed)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(Command.ofJdk("java"), "-Xmx256m", "-XX:+UseSerialGC"));
        command.addAll(Command.mainClass(
                InboxLoop.class,
                String.valueOf(service.port()),
                token,
                String.valueOf(perSecond),
                String.valueOf(seconds),
                String.valueOf(passed)));
        String output = Command.run(command);
        Map<Kind, Answers> answers = new EnumMap<>(Kind.class);
        Matcher result = RESULT.matcher(output);
        while (result.find()) {
            answers.put(
                    Kind.valueOf(result.group(1)),
                    new Answers(
                            decoded(result.group(4)),
                            Long.parseLong(result.group(2)),
                            Long.parseLong(result.group(3))));
        }
        if (answers.size() < Kind.values().length) {
            throw new IOException(output);
        }
        return answers;
    }

    /** Arguments: port, token, requests of each kind per second, seconds, rooms that the walk has passed. */
    public static void main(String... args) throws Exception {
        InboxLoop load = new InboxLoop(
                Integer.parseInt(args[0]),
                args[1],
                Integer.parseInt(args[2]),
                Integer.parseInt(args[3]),
                Integer.parseInt(args[4]));
        load.run()
                .forEach((kind, answers) -> System.out.printf(
                        "RESULT %s %d %d %s%n", kind, answers.bytes, answers.resets, encoded(answers.micros)));
    }

    private InboxLoop(int port, String token, int perSecond, int seconds, int passed) {
        this.port = port;
        this.token = token;
        this.passed = passed;
        this.interval = 1_000_000_000L / perSecond;
        this.measuredFrom = WARM_UP_SECONDS * 1_000_000_000L;
        this.end = measuredFrom + seconds * 1_000_000_000L;
    }

    private Map<Kind, Answers> run() throws IOException, InterruptedException, ExecutionException {
        List<Kind> kinds = List.of(Kind.values());
        List<SyncClient> clients = new ArrayList<>();
        // The walk comes last: its cursor would be too old if much changed before its next page.
        for (Kind kind : kinds) {
            SyncClient client = new SyncClient(new HttpConnection(port), token, MEMBERS);
            kind.prepare(client, passed);
            clients.add(client);
        }
        ExecutorService threads = Executors.newFixedThreadPool(kinds.size());
        long start = System.nanoTime();
        List<Future<Answers>> parts = new ArrayList<>();
        for (int n = 0; n < kinds.size(); n++) {
            Kind kind = kinds.get(n);
            SyncClient client = clients.get(n);
            // The kinds take turns.
            long first = start + interval * n / kinds.size();
            parts.add(threads.submit(() -> ask(kind, client, first)));
        }
        // Otherwise a failed connection would leave the process waiting for work.
        threads.shutdown();
        Map<Kind, Answers> answers = new EnumMap<>(Kind.class);
        for (int n = 0; n < kinds.size(); n++) {
            answers.put(kinds.get(n), parts.get(n).get());
        }
        return answers;
    }

    private Answers ask(Kind kind, SyncClient client, long start) throws IOException {
        Histogram micros = new Histogram(MAX_MICROS, 3);
        long bytes = 0;
        for (long due = 0; due < end; due += interval) {
            OpenLoop.await(start + due);
            kind.ask(client);
            if (due >= measuredFrom) {
                micros.recordValue(Math.min((client.answeredAt() - start - due) / 1_000, MAX_MICROS));
                bytes += client.bodyBytes();
            }
        }
        return new Answers(micros, bytes, client.resets());
    }

    private static String encoded(Histogram micros) {
        ByteBuffer bytes = ByteBuffer.allocate(micros.getNeededByteBufferCapacity());
        int length = micros.encodeIntoCompressedByteBuffer(bytes);
        return Base64.getEncoder().encodeToString(Arrays.copyOf(bytes.array(), length));
    }

    private static Histogram decoded(String text) throws IOException {
        try {
            return Histogram.decodeFromCompressedByteBuffer(
                    ByteBuffer.wrap(Base64.getDecoder().decode(text)), MAX_MICROS);
        } catch (DataFormatException e) {
            throw new IOException("no histogram: " + text, e);
        }
    }
}
