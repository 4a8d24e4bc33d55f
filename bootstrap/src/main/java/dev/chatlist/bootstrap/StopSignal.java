package dev.chatlist.bootstrap;

import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Turns SIGTERM and SIGINT into a request that the command ends as it would by itself: requests under way are
 * answered, the embedded server stops, an import rolls back.
 *
 * <p>A JVM that a signal ends exits with 128 plus the signal's number whatever its shutdown hooks do, which
 * supervisors take for a crash. So the hook waits for the command and halts the JVM with the command's own exit code;
 * it is the only hook, so there is nothing left to do by then.
 */
final class StopSignal {
    private static final long PATIENCE_SECONDS = 60;

    private final CompletableFuture<Request> requested = new CompletableFuture<>();
    private final CountDownLatch ended = new CountDownLatch(1);
    private final Thread hook = new Thread(this::stop, "chatlist-stop");
    private volatile int exitCode = 1;

    /** A request that comes when somebody calls {@link #request}, in tests. */
    StopSignal() {}

    static StopSignal ofTheProcess() {
        StopSignal signal = new StopSignal();
        Runtime.getRuntime().addShutdownHook(signal.hook);
        return signal;
    }

    void request() {
        requested.complete(new Request("stopped", false));
    }

    /** Requests it because the command can't go on, unless it has been requested before. */
    void fail(String why) {
        requested.complete(new Request(why, true));
    }

    /** Why to stop, once that is requested. */
    Optional<String> reason() {
        return Optional.ofNullable(requested.getNow(null)).map(Request::why);
    }

    /**
     * Waits for the request.
     *
     * @throws CommandFailure if the command can't go on
     */
    void await() {
        Request request = requested.join();
        if (request.isFailure) {
            throw CommandFailure.because(request.why);
        }
    }

    /** Ends the process. The last thing that its main thread does. */
    void exit(int code) {
        exitCode = code;
        ended.countDown();
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
            System.exit(code);
        } catch (IllegalStateException e) {
            // The signal came first, and the hook ends the process.
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
