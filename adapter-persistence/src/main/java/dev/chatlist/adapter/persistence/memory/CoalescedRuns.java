package dev.chatlist.adapter.persistence.memory;

import static java.util.Objects.requireNonNull;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Runs work once for all threads that asked for it before the run began. A thread that asks during a run waits for the
 * next one, together with all others that do. One of the waiting threads does the work.
 */
final class CoalescedRuns {
    /** A thread that would run the work for itself alone yields this often, to let others join. */
    private static final int MAX_YIELDS = 20;

    /** Bounds the yields: another thread may keep the processor busy with other work. */
    private static final long MAX_YIELDING_NANOS = 100_000;

    private final Runnable work;
    private final ReentrantLock oneAtATime = new ReentrantLock();

    /** The run that hasn't begun yet. */
    private @Nullable Run next;

    CoalescedRuns(Runnable work) {
        this.work = work;
    }

    /**
     * Returns after a run that began after this call. Can't be interrupted; the work has a time limit of its own.
     *
     * @return whether another thread's call led to the run
     * @throws RuntimeException if the run threw it
     */
    boolean run() {
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
        return !isFirst;
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
     * On busy processors another thread often joins, and a run that serves two saves more than the yields cost. On idle
     * processors a yield returns at once.
     */
    @SuppressWarnings("ThreadPriorityCheck") // only a hint; correctness doesn't depend on it
    private static void letOthersJoin(Run run) {
        long begun = System.nanoTime();
        for (int n = 0; n < MAX_YIELDS && !run.isShared && System.nanoTime() - begun < MAX_YIELDING_NANOS; n++) {
            Thread.yield();
        }
    }

    private static final class Run {
        @Nullable
        Throwable failure;

        /** Whether another thread waits for it besides the one that does the work. */
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
