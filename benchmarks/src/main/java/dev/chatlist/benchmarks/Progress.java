package dev.chatlist.benchmarks;

/** Tells whoever waits what is going on, apart from the result. */
final class Progress {
    private static final long START = System.nanoTime();

    static void say(String what) {
        long seconds = (System.nanoTime() - START) / 1_000_000_000;
        System.err.printf("%2d:%02d %s%n", seconds / 60, seconds % 60, what);
    }

    private Progress() {}
}
