package dev.chatlist.benchmarks.sections;

import dev.chatlist.benchmarks.load.ClosedLoop.Rate;
import dev.chatlist.benchmarks.process.Service;
import dev.chatlist.benchmarks.report.Progress;
import dev.chatlist.benchmarks.report.Samples;
import dev.chatlist.benchmarks.report.Table;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * How many requests of one kind a service answers per second, and the processor time that one takes.
 *
 * @param requests a file with the requests
 */
record MaxRate(String title, Service service, Path requests, Samples rate, Samples processorMicros) {
    MaxRate(String title, Service service, Path requests) {
        this(title, service, requests, new Samples(), new Samples());
    }

    /** Measures all of them in each round. */
    static void interleave(Bench bench, List<MaxRate> all) throws Exception {
        for (int round = 1; round <= bench.plan().rounds(); round++) {
            Progress.log("round %d of %d".formatted(round, bench.plan().rounds()));
            for (MaxRate one : all) {
                one.turn(bench);
            }
        }
    }

    private void turn(Bench bench) throws Exception {
        bench.contenders().leadIn(service, requests);
        double before = service.processorMicros();
        int seconds = bench.plan().roundSeconds();
        Rate measured = bench.contenders().closedLoop().run(service, seconds, requests);
        rate.add(measured.requestsPerSecond());
        processorMicros.add((service.processorMicros() - before) / (measured.requestsPerSecond() * seconds));
        Progress.log("  %s: %s/s".formatted(title, Table.number(measured.requestsPerSecond())));
    }

    /** Adds a row: the kind of request, rate, rounds, processor time, and more. */
    void addTo(Table table, String... more) {
        List<String> cells = new ArrayList<>(List.of(
                title,
                Table.number(rate.median()),
                Table.number(rate.min()) + "–" + Table.number(rate.max()),
                Table.micros(processorMicros.median())));
        cells.addAll(List.of(more));
        table.row(cells.toArray(String[]::new));
    }

    double ratio(MaxRate other) {
        return rate.medianRatio(other.rate);
    }
}
