package dev.chatlist.benchmarks.report;

/** Prints progress to standard error, so that standard output holds the result alone. */
public final class Progress {
    private static final long START = System.nanoTime();

    public static void log(String message) {
        long seconds = (System.nanoTime() - START) / 1_000_000_000;
        System.err.printf("%2d:%02d %s%n", seconds / 60, seconds % 60, message);
    }

    private Progress() {}
}
