package dev.chatlist.adapter.persistence.embedded;

import java.time.Duration;
import java.util.Timer;
import java.util.TimerTask;
import java.util.function.Consumer;

/** Says every few seconds what a start waits for. Without it, a long start looks like a program that hangs. */
final class WaitNotice implements AutoCloseable {
    static final Duration INTERVAL = Duration.ofSeconds(5);

    private final Timer timer = new Timer("chatlist-postgresql-wait", true);
    private volatile String what;

    /**
     * Starts the first wait.
     *
     * @param what completes "waiting for …"
     * @param say takes what is waited for, from a thread of its own
     */
    WaitNotice(String what, Duration interval, Consumer<String> say) {
        this.what = what;
        TimerTask notice = new TimerTask() {
            @Override
            public void run() {
                say.accept(WaitNotice.this.what);
            }
        };
        timer.schedule(notice, interval.toMillis(), interval.toMillis());
    }

    /** Begins another wait in place of the one before. */
    void waitFor(String what) {
        this.what = what;
    }

    /** Ends the wait. */
    @Override
    public void close() {
        timer.cancel();
    }
}
