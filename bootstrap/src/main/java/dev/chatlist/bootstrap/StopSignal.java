package dev.chatlist.bootstrap;

import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Turns SIGTERM and SIGINT into an orderly end of the command: running requests are answered, the embedded server
 * stops, an import rolls back.
 *
 * <p>After a signal, a JVM exits with 128 plus the signal's number, which supervisors take for a crash. Therefore the
 * shutdown hook waits for the command to end and then halts the JVM with the command's own exit code. Halting skips
 * nothing, because this is the only hook.
 */
final class StopSignal {
    private static final long PATIENCE_SECONDS = 60;

    private final CompletableFuture<Request> requested = new CompletableFuture<>();
    private final CountDownLatch ended = new CountDownLatch(1);
    private final Thread hook = new Thread(this::stop, "chatlist-stop");
    private volatile int exitCode = 1;

    /** Creates a signal that comes from {@link #request} alone, for tests. */
    StopSignal() {}

    static StopSignal ofTheProcess() {
        StopSignal signal = new StopSignal();
        Runtime.getRuntime().addShutdownHook(signal.hook);
        return signal;
    }

    void request() {
        requested.complete(new Request("stopped", false));
    }

    /** Requests the stop because the command can't go on. An earlier request wins. */
    void fail(String why) {
        requested.complete(new Request(why, true));
    }

    /** The reason to stop; empty until a stop is requested. */
    Optional<String> reason() {
        return Optional.ofNullable(requested.getNow(null)).map(Request::why);
    }

    /**
     * Waits for a request to stop.
     *
     * @throws CommandFailure if the request came from {@link #fail}
     */
    void await() {
        Request request = requested.join();
        if (request.isFailure) {
            throw CommandFailure.because(request.why);
        }
    }

    /** Ends the process; the main thread's last call. */
    void exit(int code) {
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
            if (!ended.await(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                System.err.println("chatlist: still busy %d s after being told to stop".formatted(PATIENCE_SECONDS));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        Runtime.getRuntime().halt(exitCode);
    }

    private record Request(String why, boolean isFailure) {}
}
