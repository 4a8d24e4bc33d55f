package dev.chatlist.benchmarks;

import dev.chatlist.benchmarks.OpenLoop.Latencies;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** How long a page takes at half the rate that a contender can do at most. */
final class Latency {
    private static final Pattern PAUSE = Pattern.compile("Pause .* ([0-9.]+)ms");

    static String measure(Bench bench) throws Exception {
        Table table =
                new Table("at half the maximum rate", "requests/s", "p50", "p99", "p99.9", "max", "longest GC pause");
        // What was written to measure the throughput has been removed again, and most pages have changed by that.
        bench.walk(bench.underLoad(Contender.CHATLIST));
        Latencies chatlist = row(bench, Contender.CHATLIST, bench.plan().latencySeconds(), table);
        for (Contender other : List.of(Contender.POSTGRES_JSON, Contender.SPRING, Contender.CONSTANT)) {
            row(bench, other, Math.max(5, bench.plan().latencySeconds() / 10), table);
        }
        return table
                + """

                Requests are due at fixed times, whether or not earlier ones have been answered, and latency counts \
                from then to the answer's last byte. Chatlist was asked for %d s (%s requests), the others for a tenth \
                of that.

                """.formatted(bench.plan().latencySeconds(), Table.number(chatlist.count()))
                + Target.atMost(5, "p99, times p50", chatlist.p99() / chatlist.p50())
                + Target.atMost(50, "longest answer, in ms", chatlist.max() / 1e3);
    }

    private static Latencies row(Bench bench, Contender contender, int seconds, Table table) throws Exception {
        Service service = bench.underLoad(contender);
        double rate = maximum(bench, service) / 2;
        Progress.say("latency: %s at %s/s for %d s".formatted(contender.title(), Table.number(rate), seconds));
        int before = Files.readAllLines(bench.gcLog(contender)).size();
        Latencies found = OpenLoop.measure(service, bench.tokens().file(), rate, seconds);
        table.row(
                contender.title(),
                Table.number(rate),
                Table.micros(found.p50()),
                Table.micros(found.p99()),
                Table.micros(found.p999()),
                Table.micros(found.max()),
                Table.micros(longestPause(bench.gcLog(contender), before) * 1e3));
        return found;
    }

    /** Measured anew: the machine may have another speed by now than while the throughput was measured. */
    private static double maximum(Bench bench, Service service) throws Exception {
        Samples samples = new Samples();
        for (int round = 0; round < 3; round++) {
            samples.add(bench.closedLoop()
                    .run(service, Math.max(1, bench.plan().roundSeconds() / 3))
                    .requestsPerSecond());
        }
        return samples.median();
    }

    private static double longestPause(Path gcLog, int skippedLines) throws IOException {
        return Files.readAllLines(gcLog).stream()
                .skip(skippedLines)
                .map(PAUSE::matcher)
                .filter(Matcher::find)
                .mapToDouble(pause -> Double.parseDouble(pause.group(1)))
                .max()
                .orElse(0);
    }

    private Latency() {}
}
