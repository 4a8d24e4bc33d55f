package dev.chatlist.benchmarks.load;

import static java.util.Objects.requireNonNull;

import dev.chatlist.benchmarks.process.Command;
import dev.chatlist.benchmarks.process.Service;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * wrk with {@value #CONNECTIONS} connections. Each sends a random request, by default for the first page of a random user,
 * as soon as its last answer has arrived. Measures the maximum rate of a contender, not its latency.
 */
public final class ClosedLoop {
    /** Chatlist's default number of concurrent requests. With a quarter of it, the processors are idle at times. */
    static final int CONNECTIONS = 32;

    /** One thread of wrk reads more bytes than any contender sends; a second would compete for the processors. */
    private static final int THREADS = 1;

    private static final Pattern RESULT = Pattern.compile("RESULT (\\d+) (\\d+) (\\d+) (\\d+) (\\d+)");

    private final Path script;
    private final Path tokens;

    /** @param directory for the script of wrk */
    public ClosedLoop(Path directory, Path tokens) throws IOException {
        this.tokens = tokens;
        script = directory.resolve("page.lua");
        try (InputStream in = requireNonNull(ClosedLoop.class.getResourceAsStream("page.lua"))) {
            Files.copy(in, script, StandardCopyOption.REPLACE_EXISTING);
        }
    }

    public Rate run(Service service, int seconds) throws IOException, InterruptedException {
        return run(service, seconds, tokens);
    }

    /**
     * Sends the requests of a file.
     *
     * @param requests one in each line: a token, and the body after a space
     */
    public Rate run(Service service, int seconds, Path requests) throws IOException, InterruptedException {
        return run(service, seconds, requests, "plain");
    }

    public Rate runCompressed(Service service, int seconds) throws IOException, InterruptedException {
        return run(service, seconds, tokens, "gzip");
    }

    private Rate run(Service service, int seconds, Path requests, String encoding)
            throws IOException, InterruptedException {
        String output = Command.run(List.of(
                "wrk",
                "--threads=" + THREADS,
                "--connections=" + CONNECTIONS,
                "--duration=" + seconds + "s",
                "--timeout=30s",
                "--script=" + script,
                "http://127.0.0.1:" + service.port(),
                "--",
                requests.toString(),
                encoding));
        Matcher result = RESULT.matcher(output);
        if (!result.find() || !result.group(4).equals("0") || !result.group(5).equals("0")) {
            throw new IOException("a request failed or was not answered with 200:\n" + output);
        }
        double duration = Long.parseLong(result.group(2)) / 1e6;
        return new Rate(Long.parseLong(result.group(1)) / duration, Long.parseLong(result.group(3)) / duration);
    }

    public record Rate(double requestsPerSecond, double bytesPerSecond) {}
}
