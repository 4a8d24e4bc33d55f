package dev.chatlist.benchmarks;

import static java.util.stream.Collectors.joining;

import dev.chatlist.benchmarks.OpenLoop.Latencies;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** How long a page takes at half the rate that a contender can do at most. */
final class Latency {
    /** Within minutes the machine has another speed, and what was half of it is more, or less. */
    private static final int MAX_ROUND_SECONDS = 60;

    private static final Pattern PAUSE = Pattern.compile("Pause .* ([0-9.]+)ms");

    static String measure(Bench bench) throws Exception {
        Table table =
                new Table("at half the maximum rate", "requests/s", "p50", "p99", "p99.9", "max", "longest GC pause");
        // What was written to measure the throughput has been removed again, and most pages have changed by that.
        bench.walk(bench.underLoad(Contender.CHATLIST));
        Rounds chatlist = row(bench, Contender.CHATLIST, bench.plan().latencySeconds(), table);
        for (Contender other : List.of(Contender.POSTGRES_JSON, Contender.SPRING, Contender.CONSTANT)) {
            row(bench, other, Math.max(5, bench.plan().latencySeconds() / 10), table);
        }
        return table
                + """

                Requests are due at fixed times, whether or not earlier ones have been answered, and latency counts \
                from then to the answer's last byte. Chatlist was asked for %d s (%s requests) in rounds of a minute \
                at most, the others once, for a tenth of that; before each round, the maximum rate is measured anew, as \
                in the table above. Medians of rounds (Chatlist's p99, times its p50: %s), and the longest of all.

                """.formatted(
                        bench.plan().latencySeconds(),
                        Table.number(chatlist.count),
                        chatlist.p99.ratios(chatlist.p50).map(Table::number).collect(joining(", ")))
                + Target.atMost(5, "p99, times p50", chatlist.p99.times(chatlist.p50))
                + Target.atMost(50, "longest answer, in ms", chatlist.max.max() / 1e3);
    }

    private static Rounds row(Bench bench, Contender contender, int seconds, Table table) throws Exception {
        Service service = bench.underLoad(contender);
        Rounds rounds = new Rounds();
        for (int left = seconds; left > 0; left -= MAX_ROUND_SECONDS) {
            double rate = bench.turn(contender).requestsPerSecond() / 2;
            int round = Math.min(left, MAX_ROUND_SECONDS);
            Progress.say("latency: %s at %s/s for %d s".formatted(contender.title(), Table.number(rate), round));
            int before = Files.readAllLines(bench.gcLog(contender)).size();
            Latencies found = OpenLoop.measure(service, bench.tokens().file(), rate, round);
            rounds.add(rate, found, longestPause(bench.gcLog(contender), before));
        }
        table.row(
                contender.title(),
                Table.number(rounds.rate.median()),
                Table.micros(rounds.p50.median()),
                Table.micros(rounds.p99.median()),
                Table.micros(rounds.p999.median()),
                Table.micros(rounds.max.max()),
                Table.micros(rounds.pause.max() * 1e3));
        return rounds;
    }

    private static final class Rounds {
        final Samples rate = new Samples();
        final Samples p50 = new Samples();
        final Samples p99 = new Samples();
        final Samples p999 = new Samples();
        final Samples max = new Samples();
        final Samples pause = new Samples();
        double count;

        void add(double rate, Latencies found, double longestPause) {
            this.rate.add(rate);
            p50.add(found.p50());
            p99.add(found.p99());
            p999.add(found.p999());
            max.add(found.max());
            pause.add(longestPause);
            count += found.count();
        }
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
