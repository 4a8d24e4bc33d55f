package dev.chatlist.benchmarks;

import dev.chatlist.benchmarks.contenders.Plan;
import dev.chatlist.benchmarks.report.Report;
import dev.chatlist.benchmarks.sections.Bench;
import dev.chatlist.benchmarks.sections.Section;
import dev.chatlist.benchmarks.world.Scale;
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

/** Runs the sections, prints them, and writes them to the report. */
@Command(
        name = "benchmarks/run",
        description = "Measures Chatlist side by side with its alternatives.",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        showDefaultValues = true)
final class Benchmark implements Callable<Integer> {
    private static final Path DIRECTORY = Path.of("benchmarks/target");
    private static final Path REPORT = Path.of("docs/performance.md");
    private static final double QUICK_SCALE = 0.04;

    @Parameters(paramLabel = "SECTION", arity = "0..*", description = "Any of ${COMPLETION-CANDIDATES}. Default: all.")
    List<Section> sections = List.of();

    @Option(names = "--quick", description = "A small world (scale 0.04) and short rounds: about two minutes.")
    boolean quick;

    @Option(names = "--scale", description = "Size of the world; 1 has 50,000 users.")
    double scale = 1;

    @Option(names = "--seed", description = "Seed of the world's random generator.")
    long seed = 1815;

    @Option(names = "--rounds", description = "Turns of each contender.")
    int rounds = 9;

    @Option(names = "--round-seconds", description = "Length of a turn.")
    int roundSeconds = 4;

    @Option(names = "--warm-up-seconds", description = "Load on each contender before its first turn.")
    int warmUpSeconds = 60;

    @Option(names = "--latency-seconds", description = "Load on Chatlist at a fixed rate, in the section latency.")
    int latencySeconds = 60;

    @Option(names = "--heap", description = "Heap of each contender.")
    String heap = "1g";

    @Option(
            names = "--report",
            description = "The report file. Default: docs/performance.md from scale 1 on, else"
                    + " benchmarks/target/performance.md.")
    @Nullable
    Path report;

    public static void main(String... args) {
        System.exit(new CommandLine(new Benchmark()).execute(args));
    }

    @Override
    public Integer call() throws Exception {
        Path file = report != null ? report : scale >= 1 && !quick ? REPORT : DIRECTORY.resolve("performance.md");
        Map<Section, String> results = new LinkedHashMap<>();
        try (Bench bench = Bench.open(plan(), DIRECTORY)) {
            String machine = Machine.describe(bench);
            new Report(file).write("machine", machine);
            for (Section section : sections.isEmpty() ? Arrays.asList(Section.values()) : sections) {
                String content = section.measure(bench);
                new Report(file).write(section.name(), content);
                results.put(section, content);
            }
            System.out.println(machine);
        }
        results.forEach((section, content) -> System.out.printf("%n== %s%n%n%s", section, content));
        System.out.printf("%nWritten to %s%n", file);
        return 0;
    }

    private Plan plan() {
        return quick
                ? new Plan(Scale.of(QUICK_SCALE), seed, 3, 2, 2, 10, heap)
                : new Plan(Scale.of(scale), seed, rounds, roundSeconds, warmUpSeconds, latencySeconds, heap);
    }
}
