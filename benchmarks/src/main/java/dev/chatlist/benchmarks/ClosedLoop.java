package dev.chatlist.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * wrk, with {@value #CONNECTIONS} connections that ask for the first page of random users, each as soon as it has been
 * answered. It tells how much a contender can do, and nothing about latency.
 */
final class ClosedLoop {
    /** As many as Chatlist works on at once, if it isn't told otherwise: with a quarter of them the machine has idle time. */
    static final int CONNECTIONS = 32;

    /** One thread of wrk moves more bytes than any contender makes; a second would take turns with the contender. */
    static final int THREADS = 1;

    private static final Pattern RESULT = Pattern.compile("RESULT (\\d+) (\\d+) (\\d+) (\\d+) (\\d+)");

    private final Path script;
    private final Path tokens;

    ClosedLoop(Path directory, Path tokens) throws IOException {
        this.tokens = tokens;
        script = directory.resolve("page.lua");
        Files.writeString(script, PostgresJson.text("page.lua"));
    }

    Rate run(Service service, int seconds) throws IOException, InterruptedException {
        return run(service, seconds, "plain");
    }

    Rate runCompressed(Service service, int seconds) throws IOException, InterruptedException {
        return run(service, seconds, "gzip");
    }

    private Rate run(Service service, int seconds, String encoding) throws IOException, InterruptedException {
        String said = Command.run(List.of(
                "wrk",
                "--threads=" + THREADS,
                "--connections=" + CONNECTIONS,
                "--duration=" + seconds + "s",
                "--timeout=30s",
                "--script=" + script,
                "http://127.0.0.1:" + service.port(),
                "--",
                tokens.toString(),
                encoding));
        Matcher result = RESULT.matcher(said);
        if (!result.find() || !result.group(4).equals("0") || !result.group(5).equals("0")) {
            throw new IOException("not all requests were answered 200:\n" + said);
        }
        double duration = Long.parseLong(result.group(2)) / 1e6;
        return new Rate(Long.parseLong(result.group(1)) / duration, Long.parseLong(result.group(3)) / duration);
    }

    record Rate(double requestsPerSecond, double bytesPerSecond) {}
}
