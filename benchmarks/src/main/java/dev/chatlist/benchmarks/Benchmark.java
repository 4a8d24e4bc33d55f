package dev.chatlist.benchmarks;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The command: measures the sections that are asked for, prints them, and puts them into the report. */
@Command(
        name = "benchmarks/run",
        description = "Measures Chatlist side by side with what one would use instead.",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        showDefaultValues = true)
final class Benchmark implements Callable<Integer> {
    private static final Path DIRECTORY = Path.of("benchmarks/target");
    private static final Path REPORT = Path.of("docs/performance.md");
    private static final double QUICK_SCALE = 0.04;

    enum Section {
        throughput,
        latency,
        rooms,
        members,
        memory,
        gzip,
        start
    }

    @Parameters(paramLabel = "SECTION", arity = "0..*", description = "Any of ${COMPLETION-CANDIDATES}; all if none.")
    List<Section> sections = List.of();

    @Option(names = "--quick", description = "A small world and short rounds, about two minutes.")
    boolean quick;

    @Option(names = "--scale", description = "The world's size; 1 is 50,000 users (with --quick 0.04).")
    double scale = 1;

    @Option(names = "--seed", description = "What the world is drawn from.")
    long seed = 1815;

    @Option(names = "--rounds", description = "How often each contender has its turn.")
    int rounds = 9;

    @Option(names = "--round-seconds", description = "How long a turn takes.")
    int roundSeconds = 4;

    @Option(names = "--warm-up-seconds", description = "How long each contender is under load before its first turn.")
    int warmUpSeconds = 60;

    @Option(names = "--latency-seconds", description = "How long Chatlist is asked at a fixed rate.")
    int latencySeconds = 60;

    @Option(names = "--heap", description = "The heap of each contender.")
    String heap = "1g";

    @Option(
            names = "--report",
            description = "Where the report goes: docs/performance.md for a world of full size, else"
                    + " benchmarks/target/performance.md.")
    @Nullable
    Path report;

    public static void main(String... args) {
        System.exit(new CommandLine(new Benchmark()).execute(args));
    }

    @Override
    public Integer call() throws Exception {
        Plan plan = plan();
        Path file = report != null ? report : scale >= 1 && !quick ? REPORT : DIRECTORY.resolve("performance.md");
        Map<Section, String> found = new LinkedHashMap<>();
        try (Bench bench = Bench.open(plan, DIRECTORY)) {
            new Report(file).write("machine", Machine.describe(bench));
            for (Section section : sections.isEmpty() ? Arrays.asList(Section.values()) : sections) {
                String content = measure(section, bench);
                new Report(file).write(section.name(), content);
                found.put(section, content);
            }
            System.out.println(Machine.describe(bench));
        }
        found.forEach((section, content) -> System.out.printf("%n== %s%n%n%s", section, content));
        System.out.printf("%nWritten to %s%n", file);
        return 0;
    }

    private static String measure(Section section, Bench bench) throws Exception {
        return switch (section) {
            case throughput -> Throughput.measure(bench);
            case latency -> Latency.measure(bench);
            case rooms -> FlatInRooms.measure(bench);
            case members -> FlatInMembers.measure(bench);
            case memory -> Memory.measure(bench);
            case gzip -> Gzip.measure(bench);
            case start -> Start.measure(bench);
        };
    }

    private Plan plan() {
        return quick
                ? new Plan(Scale.of(QUICK_SCALE), seed, 3, 2, 2, 10, heap)
                : new Plan(Scale.of(scale), seed, rounds, roundSeconds, warmUpSeconds, latencySeconds, heap);
    }
}
