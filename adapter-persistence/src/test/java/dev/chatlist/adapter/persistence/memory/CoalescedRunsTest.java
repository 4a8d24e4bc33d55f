package dev.chatlist.adapter.persistence.memory;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class CoalescedRunsTest {
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final AtomicInteger begun = new AtomicInteger();
    private final Semaphore begins = new Semaphore(0);
    private final Semaphore mayEnd = new Semaphore(0);

    private final CoalescedRuns runs = new CoalescedRuns(() -> {
        begun.incrementAndGet();
        begins.release();
        mayEnd.acquireUninterruptibly();
    });

    @AfterEach
    void stop() {
        mayEnd.release(1_000);
        threads.shutdownNow();
    }

    @Test
    void aLoneCallerGetsARunOfItsOwn() {
        mayEnd.release(2);
        runs.run();
        runs.run();
        assertEquals(2, begun.get());
    }

    @Test
    void callersDuringARunShareTheNextOne() throws Exception {
        Future<?> first = threads.submit(runs::run);
        begins.acquire();
        List<Future<?>> others = waiting(5);
        mayEnd.release();
        first.get();
        begins.acquire();
        for (Future<?> other : others) {
            assertThrows(TimeoutException.class, () -> other.get(1, TimeUnit.MILLISECONDS));
        }
        mayEnd.release();
        for (Future<?> other : others) {
            other.get();
        }
        assertEquals(2, begun.get());
    }

    @Test
    void aFailedRunFailsForItsCallersAlone() throws Exception {
        RuntimeException broken = new IllegalStateException("broken");
        CoalescedRuns secondFails = new CoalescedRuns(() -> {
            int run = begun.incrementAndGet();
            begins.release();
            mayEnd.acquireUninterruptibly();
            if (run == 2) {
                throw broken;
            }
        });
        Future<?> first = threads.submit(secondFails::run);
        begins.acquire();
        List<Future<?>> others = waiting(3, secondFails);
        mayEnd.release(3);
        first.get();
        for (Future<?> other : others) {
            assertSame(
                    broken, assertThrows(ExecutionException.class, other::get).getCause());
        }
        secondFails.run();
        assertEquals(3, begun.get());
    }

    @Test
    void anInterruptedThreadStaysInterrupted() throws Exception {
        Future<?> first = threads.submit(runs::run);
        begins.acquire();
        Future<Boolean> interrupted = threads.submit(() -> {
            Thread.currentThread().interrupt();
            runs.run();
            return Thread.interrupted();
        });
        mayEnd.release(2);
        first.get();
        assertTrue(interrupted.get());
    }

    /** Each caller takes a number, and its run must take a greater one. */
    @Test
    void everyRunBeginsAfterItsCallersAsked() throws Exception {
        AtomicLong clock = new AtomicLong();
        AtomicLong lastBegun = new AtomicLong();
        CoalescedRuns ticking = new CoalescedRuns(() -> lastBegun.set(clock.incrementAndGet()));
        List<Future<Void>> callers = new ArrayList<>();
        for (int caller = 0; caller < 6; caller++) {
            callers.add(threads.submit(() -> {
                for (int n = 0; n < 5_000; n++) {
                    long called = clock.incrementAndGet();
                    ticking.run();
                    assertTrue(lastBegun.get() > called);
                }
                return null;
            }));
        }
        for (Future<Void> caller : callers) {
            caller.get(1, TimeUnit.MINUTES);
        }
    }

    private List<Future<?>> waiting(int count) throws InterruptedException {
        return waiting(count, runs);
    }

    private List<Future<?>> waiting(int count, CoalescedRuns shared) throws InterruptedException {
        List<Future<?>> all = new ArrayList<>();
        List<Thread> waiting = new ArrayList<>();
        for (int n = 0; n < count; n++) {
            Semaphore started = new Semaphore(0);
            all.add(threads.submit(() -> {
                synchronized (waiting) {
                    waiting.add(Thread.currentThread());
                }
                started.release();
                shared.run();
            }));
            started.acquire();
        }
        for (Thread thread : waiting) {
            while (thread.getState() != Thread.State.WAITING) {
                Thread.sleep(1);
            }
        }
        return all;
    }
}
