package dev.chatlist.benchmarks.report;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Repeated measurements of one figure. */
public final class Samples {
    private final List<Double> values = new ArrayList<>();

    public void add(double value) {
        values.add(value);
    }

    public int count() {
        return values.size();
    }

    public double median() {
        List<Double> sorted = values.stream().sorted().toList();
        int middle = sorted.size() / 2;
        return sorted.size() % 2 == 1 ? sorted.get(middle) : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
    }

    /** The median of the {@link #ratios}: the machine's speed changes between rounds, but less within one. */
    public double medianRatio(Samples other) {
        Samples ratios = new Samples();
        ratios(other).forEach(ratios::add);
        return ratios.median();
    }

    /** Each value divided by the other's value of the same round. */
    public Stream<Double> ratios(Samples other) {
        return IntStream.range(0, values.size()).mapToObj(round -> values.get(round) / other.values.get(round));
    }

    public double min() {
        return Collections.min(values);
    }

    public double max() {
        return Collections.max(values);
    }
}
