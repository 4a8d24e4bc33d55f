package dev.chatlist.benchmarks.sections;

import static java.util.stream.Collectors.joining;

import dev.chatlist.benchmarks.contenders.Contender;
import dev.chatlist.benchmarks.load.OpenLoop;
import dev.chatlist.benchmarks.load.OpenLoop.Latencies;
import dev.chatlist.benchmarks.process.Service;
import dev.chatlist.benchmarks.report.Progress;
import dev.chatlist.benchmarks.report.Samples;
import dev.chatlist.benchmarks.report.Table;
import dev.chatlist.benchmarks.report.Target;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** How long does a page take at half of a contender's maximum rate? */
final class Latency {
    /** The maximum rate is measured again before each round: the machine's speed changes within minutes. */
    private static final int MAX_ROUND_SECONDS = 60;

    private static final Pattern PAUSE = Pattern.compile("Pause .* ([0-9.]+)ms");

    static String measure(Bench bench) throws Exception {
        Table table =
                new Table("at half the maximum rate", "requests/s", "p50", "p99", "p99.9", "max", "longest GC pause");
        // The throughput section has removed its messages, which changed most pages.
        bench.contenders().warmService(Contender.CHATLIST);
        bench.contenders().requestFirstPages();
        Rounds chatlist = row(bench, Contender.CHATLIST, bench.plan().latencySeconds(), table);
        for (Contender other : List.of(Contender.POSTGRES_JSON, Contender.SPRING, Contender.CONSTANT)) {
            row(bench, other, Math.max(5, bench.plan().latencySeconds() / 10), table);
        }
        return table
                + """

                Requests are due at fixed times, whether or not earlier ones have been answered; latency counts from \
                then to the last byte of the answer. Chatlist ran for %d s (%s requests) in rounds of at most a minute, \
                other contenders for a tenth of that. The maximum rate is measured again before each round. Percentiles \
                are medians of the rounds (Chatlist's p99 ÷ p50: %s), max and pause are those of all rounds.

                """.formatted(
                        bench.plan().latencySeconds(),
                        Table.number(chatlist.count),
                        chatlist.p99.ratios(chatlist.p50).map(Table::number).collect(joining(", ")))
                + Target.atMost(5, "p99 ÷ p50", chatlist.p99.medianRatio(chatlist.p50))
                + Target.atMost(50, "longest answer, ms", chatlist.max.max() / 1e3);
    }

    private static Rounds row(Bench bench, Contender contender, int seconds, Table table) throws Exception {
        Service service = bench.contenders().warmService(contender);
        Rounds rounds = new Rounds();
        for (int left = seconds; left > 0; left -= MAX_ROUND_SECONDS) {
            double rate = bench.contenders().turn(contender).requestsPerSecond() / 2;
            int round = Math.min(left, MAX_ROUND_SECONDS);
            Progress.log("latency: %s at %s/s for %d s".formatted(contender.title(), Table.number(rate), round));
            int before = Files.readAllLines(bench.contenders().gcLog(contender)).size();
            Latencies latencies = OpenLoop.measure(service, bench.tokens().file(), rate, round);
            rounds.add(rate, latencies, longestPause(bench.contenders().gcLog(contender), before));
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

        void add(double rate, Latencies latencies, double longestPause) {
            this.rate.add(rate);
            p50.add(latencies.p50());
            p99.add(latencies.p99());
            p999.add(latencies.p999());
            max.add(latencies.max());
            pause.add(longestPause);
            count += latencies.count();
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
