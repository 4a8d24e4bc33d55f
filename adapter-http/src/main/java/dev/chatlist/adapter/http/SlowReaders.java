package dev.chatlist.adapter.http;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** The clients that haven't taken their answers at once. Those that take too little in a while are cut off. */
final class SlowReaders {
    static final Duration INTERVAL = Duration.ofSeconds(10);
    static final Duration INTERVAL_WHEN_CLOSING = Duration.ofSeconds(1);

    /** In an interval: a kibibyte a second. */
    private static final long LEAST_BYTES = 10 * 1024;

    private static final long UNKNOWN = Long.MAX_VALUE;

    /** How much was left of each answer at the last look. */
    private final Map<Unsent, Long> left = new ConcurrentHashMap<>();

    /** An answer that a client hasn't taken whole. */
    interface Unsent {
        /** How many bytes the socket hasn't taken. */
        long left();

        /** Closes the connection, from any thread. The client sees that the answer isn't complete. */
        void breakOff();
    }

    void add(Unsent answer) {
        left.put(answer, UNKNOWN);
    }

    void remove(Unsent answer) {
        left.remove(answer);
    }

    /** Cuts off those that have taken too little since the last look. */
    void look() {
        left.forEach((answer, before) -> {
            long now = answer.left();
            if (before != UNKNOWN && before - now < LEAST_BYTES) {
                answer.breakOff();
            } else {
                left.replace(answer, now);
            }
        });
    }
}
