package dev.chatlist.benchmarks.load;

import dev.chatlist.benchmarks.process.Command;
import dev.chatlist.benchmarks.process.Service;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.HdrHistogram.Histogram;

/**
 * Sends random requests at a fixed rate, whether or not earlier requests have been answered. Latency
 * counts from the time at which a request was due, so that waiting behind a slow answer counts too. Runs in a process
 * of its own. Each connection is a thread that takes the next request of the schedule: a request is sent late only when
 * all connections wait for an answer.
 */
public final class OpenLoop {
    private static final int CONNECTIONS = 32;
    private static final int WARM_UP_SECONDS = 5;

    private static final long MAX_MICROS = 60_000_000;
    private static final Pattern RESULT = Pattern.compile("RESULT (\\d+) (\\d+) (\\d+) (\\d+) (\\d+)");

    private final int port;
    private final long interval;
    private final long measuredFrom;
    private final long end;
    private final List<byte[]> requests = new ArrayList<>();
    private final long start = System.nanoTime() + 500_000_000;
    private final AtomicLong next = new AtomicLong();

    /** In microseconds, from the due time to the last byte of the answer. */
    public record Latencies(double count, double p50, double p99, double p999, double max) {}

    /**
     * Sends the requests of a file.
     *
     * @param requests one in each line: a token, and the body after a space, by default for the first page
     */
    public static Latencies measure(Service service, Path requests, double rate, int seconds)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(Command.ofJdk("java"), "-Xmx256m", "-XX:+UseSerialGC"));
        command.addAll(Command.mainClass(
                OpenLoop.class,
                String.valueOf(service.port()),
                String.valueOf(rate),
                String.valueOf(seconds),
                requests.toString()));
        String output = Command.run(command);
        Matcher result = RESULT.matcher(output);
        if (!result.find()) {
            throw new IOException(output);
        }
        double[] values = new double[result.groupCount()];
        for (int i = 0; i < values.length; i++) {
            values[i] = Long.parseLong(result.group(i + 1));
        }
        return new Latencies(values[0], values[1], values[2], values[3], values[4]);
    }

    /** Arguments: port, requests per second, seconds, file of requests. */
    public static void main(String... args) throws Exception {
        OpenLoop load = new OpenLoop(
                Integer.parseInt(args[0]), Double.parseDouble(args[1]), Integer.parseInt(args[2]), Path.of(args[3]));
        Histogram all = load.run();
        System.out.printf(
                "RESULT %d %d %d %d %d%n",
                all.getTotalCount(),
                all.getValueAtPercentile(50),
                all.getValueAtPercentile(99),
                all.getValueAtPercentile(99.9),
                all.getMaxValue());
    }

    private OpenLoop(int port, double rate, int seconds, Path file) throws IOException {
        this.port = port;
        this.interval = (long) (1e9 / rate);
        this.measuredFrom = WARM_UP_SECONDS * 1_000_000_000L;
        this.end = measuredFrom + seconds * 1_000_000_000L;
        Files.readAllLines(file).forEach(line -> requests.add(HttpConnection.ofLine(line)));
    }

    private Histogram run() throws InterruptedException, ExecutionException {
        ExecutorService threads = Executors.newFixedThreadPool(CONNECTIONS);
        List<Future<Histogram>> parts = new ArrayList<>();
        for (int i = 0; i < CONNECTIONS; i++) {
            Random random = new Random(i);
            parts.add(threads.submit(() -> request(random)));
        }
        // Otherwise a failed connection would leave the process waiting for work.
        threads.shutdown();
        Histogram all = new Histogram(MAX_MICROS, 3);
        for (Future<Histogram> part : parts) {
            all.add(part.get());
        }
        return all;
    }

    private Histogram request(Random random) throws IOException {
        Histogram latencies = new Histogram(MAX_MICROS, 3);
        try (HttpConnection connection = new HttpConnection(port)) {
            for (long due = next(); due < end; due = next()) {
                byte[] request = requests.get(random.nextInt(requests.size()));
                await(start + due);
                connection.request(request);
                if (due >= measuredFrom) {
                    latencies.recordValue(Math.min((System.nanoTime() - start - due) / 1_000, MAX_MICROS));
                }
                connection.acknowledge();
            }
        }
        return latencies;
    }

    private long next() {
        return next.getAndIncrement() * interval;
    }

    /** Waits until then, by {@link System#nanoTime}. */
    public static void await(long time) {
        for (long wait = time - System.nanoTime(); wait > 0; wait = time - System.nanoTime()) {
            LockSupport.parkNanos(wait);
        }
    }
}
