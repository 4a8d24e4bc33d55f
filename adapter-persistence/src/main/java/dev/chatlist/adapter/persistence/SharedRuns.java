package dev.chatlist.adapter.persistence;

import static java.util.Objects.requireNonNull;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Work that serves everybody who asked for it before it began. Who asks while it is being done waits for the next run,
 * together with all others who do; nobody sleeps until others come, and one of those who ask does the work.
 */
final class SharedRuns {
    /** How often who would begin a run alone lets other threads go first. */
    private static final int MAX_YIELDS = 20;

    /** For how long at most: a thread that keeps the processor busy for other reasons isn't worth waiting for. */
    private static final long MAX_YIELDING_NANOS = 100_000;

    private final Runnable work;
    private final ReentrantLock oneAtATime = new ReentrantLock();

    /** The run that hasn't begun, which those who ask now are in time for. */
    private @Nullable Run next;

    SharedRuns(Runnable work) {
        this.work = work;
    }

    /**
     * Returns after a run that began after the call. Not to be interrupted: the work is bounded by the limits of a
     * statement.
     *
     * @throws RuntimeException what that run threw
     */
    void run() {
        Run mine;
        boolean isFirst;
        synchronized (this) {
            isFirst = next == null;
            mine = isFirst ? new Run() : requireNonNull(next);
            mine.isShared = !isFirst;
            next = mine;
        }
        if (isFirst) {
            lead(mine);
        }
        mine.await();
    }

    private void lead(Run run) {
        letOthersJoin(run);
        oneAtATime.lock();
        try {
            synchronized (this) {
                next = null;
            }
            work.run();
        } catch (RuntimeException | Error e) {
            run.failure = e;
        } finally {
            oneAtATime.unlock();
            run.end();
        }
    }

    /**
     * Where all processors are busy, a run that serves two saves one of them work that would take longer than this wait;
     * where they aren't, nobody is let go first, and all of it takes microseconds.
     */
    @SuppressWarnings("ThreadPriorityCheck") // a hint to the scheduler is what is meant; nothing relies on it
    private static void letOthersJoin(Run run) {
        long begun = System.nanoTime();
        for (int n = 0; n < MAX_YIELDS && !run.isShared && System.nanoTime() - begun < MAX_YIELDING_NANOS; n++) {
            Thread.yield();
        }
    }

    /** One of them, and how it ended. */
    private static final class Run {
        @Nullable
        Throwable failure;

        /** Whether anybody waits for it beside whoever leads it. */
        volatile boolean isShared;

        private final CompletableFuture<Run> ended = new CompletableFuture<>();

        void end() {
            ended.complete(this);
        }

        void await() {
            ended.join();
            if (failure instanceof RuntimeException e) {
                throw e;
            }
            if (failure instanceof Error e) {
                throw e;
            }
        }
    }
}
