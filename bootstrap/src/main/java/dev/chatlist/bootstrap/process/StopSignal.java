package dev.chatlist.bootstrap.process;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Turns SIGTERM and SIGINT into an orderly end of the command: running requests are answered, the embedded server
 * stops, an import rolls back.
 *
 * <p>After a signal, a JVM exits with 128 plus the signal's number, which supervisors take for a crash. Therefore the
 * shutdown hook waits for the command to end and then halts the JVM with the command's own exit code. Halting skips
 * nothing, because this is the only hook.
 */
public final class StopSignal {
    /** Running requests may take 20 s; an embedded server writes what it has in memory. */
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final CompletableFuture<Request> requested = new CompletableFuture<>();
    private final CountDownLatch ended = new CountDownLatch(1);
    private final Thread hook = new Thread(this::stop, "chatlist-stop");
    private volatile int exitCode = 1;
    private volatile Duration patience = PATIENCE;

    /** The thread that a request interrupts; guarded by this. */
    private @Nullable Thread interruptible;

    /** Creates a signal that comes from {@link #request} alone, for tests. */
    public StopSignal() {}

    public static StopSignal ofTheProcess() {
        StopSignal signal = new StopSignal();
        Runtime.getRuntime().addShutdownHook(signal.hook);
        return signal;
    }

    public void request() {
        request(new Request("stopped", false));
    }

    /** Requests the stop because the command can't go on. An earlier request wins. */
    public void fail(String why) {
        request(new Request(why, true));
    }

    private synchronized void request(Request request) {
        requested.complete(request);
        if (interruptible != null) {
            interruptible.interrupt();
        }
    }

    /** The reason to stop; empty until a stop is requested. */
    public Optional<String> reason() {
        return Optional.ofNullable(requested.getNow(null)).map(Request::why);
    }

    /** Runs an action a second after a request. A command that can end by itself does so sooner. */
    public void onRequest(Runnable action) {
        var unused = requested.thenRunAsync(action, CompletableFuture.delayedExecutor(1, TimeUnit.SECONDS));
    }

    /** Gives the command this much time on top of a minute, from the request to its end. */
    public void allowMore(Duration time) {
        patience = PATIENCE.plus(time);
    }

    /** Runs work on this thread, which is interrupted if a stop is requested before the work is done. */
    public <T> T interrupting(Supplier<T> work) {
        synchronized (this) {
            interruptible = Thread.currentThread();
            if (requested.isDone()) {
                interruptible.interrupt();
            }
        }
        try {
            return work.get();
        } finally {
            synchronized (this) {
                interruptible = null;
                // What follows is to be done in any case.
                Thread.interrupted();
            }
        }
    }

    /**
     * Waits for a request to stop.
     *
     * @throws CommandFailure if the request came from {@link #fail}
     */
    public void await() {
        Request request = requested.join();
        if (request.isFailure) {
            throw CommandFailure.because(request.why);
        }
    }

    /** Ends the process; the main thread's last call. */
    public void exit(int code) {
        exitCode = code;
        ended.countDown();
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
            System.exit(code);
        } catch (IllegalStateException e) {
            // A signal has started the hook, which ends the process.
        }
    }

    private void stop() {
        request();
        try {
            if (!ended.await(patience.toMillis(), TimeUnit.MILLISECONDS)) {
                System.err.println(
                        "chatlist: still busy %s s after being told to stop".formatted(patience.toSeconds()));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        Runtime.getRuntime().halt(exitCode);
    }

    private record Request(String why, boolean isFailure) {}
}
