package dev.chatlist.benchmarks.sections;

/** The sections, in the order of the report. Their names are the arguments of the command line. */
public enum Section {
    throughput,
    latency,
    rooms,
    members,
    memory,
    gzip,
    excerpts,
    delta,
    walk,
    inbox,
    cold,
    record,
    start;

    /** Returns the section's Markdown. */
    public String measure(Bench bench) throws Exception {
        return switch (this) {
            case throughput -> Throughput.measure(bench);
            case latency -> Latency.measure(bench);
            case rooms -> FlatInRooms.measure(bench);
            case members -> FlatInMembers.measure(bench);
            case memory -> Memory.measure(bench);
            case gzip -> Gzip.measure(bench);
            case excerpts -> Excerpts.measure(bench);
            case delta -> Delta.measure(bench);
            case walk -> Walk.measure(bench);
            case inbox -> Inbox.measure(bench);
            case cold -> ColdPage.measure(bench);
            case record -> RecordOne.measure(bench);
            case start -> Start.measure(bench);
        };
    }
}
