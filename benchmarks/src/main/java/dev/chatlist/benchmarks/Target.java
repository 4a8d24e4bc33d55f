package dev.chatlist.benchmarks;

/** One thing that the report is to show, with what was found. */
record Target(String claim, double measured, double bound, boolean isLeast) {
    static Target atLeast(double bound, String claim, double measured) {
        return new Target(claim, measured, bound, true);
    }

    static Target atMost(double bound, String claim, double measured) {
        return new Target(claim, measured, bound, false);
    }

    boolean holds() {
        return isLeast ? measured >= bound : measured <= bound;
    }

    /** As an item of a Markdown task list. */
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
