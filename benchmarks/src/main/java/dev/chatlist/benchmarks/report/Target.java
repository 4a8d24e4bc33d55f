package dev.chatlist.benchmarks.report;

/** A bound that a measured figure should keep. Prints as an item of a Markdown task list. */
public record Target(String claim, double measured, double bound, boolean isLeast) {
    public static Target atLeast(double bound, String claim, double measured) {
        return new Target(claim, measured, bound, true);
    }

    public static Target atMost(double bound, String claim, double measured) {
        return new Target(claim, measured, bound, false);
    }

    public boolean holds() {
        return isLeast ? measured >= bound : measured <= bound;
    }

    @Override
    public String toString() {
        return "- [%s] %s: %s (at %s %s)%n"
                .formatted(
                        holds() ? "x" : " ",
                        claim,
                        Table.number(measured),
                        isLeast ? "least" : "most",
                        Table.number(bound));
    }
}
