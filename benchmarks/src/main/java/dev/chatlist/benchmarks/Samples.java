package dev.chatlist.benchmarks;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Figures of one kind, of which the median counts. */
final class Samples {
    private final List<Double> values = new ArrayList<>();

    void add(double value) {
        values.add(value);
    }

    double median() {
        List<Double> sorted = values.stream().sorted().toList();
        int middle = sorted.size() / 2;
        return sorted.size() % 2 == 1 ? sorted.get(middle) : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
    }

    /** How many times the others these are, round by round: by the next one, the machine may be slower. */
    double times(Samples other) {
        Samples ratios = new Samples();
        ratios(other).forEach(ratios::add);
        return ratios.median();
    }

    /** These by the others, round by round. */
    Stream<Double> ratios(Samples other) {
        return IntStream.range(0, values.size()).mapToObj(round -> values.get(round) / other.values.get(round));
    }

    double min() {
        return Collections.min(values);
    }

    double max() {
        return Collections.max(values);
    }
}
