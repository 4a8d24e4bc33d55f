package dev.chatlist.adapter.persistence;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SharedRoundTripsTest {
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final List<List<Integer>> trips = Collections.synchronizedList(new ArrayList<>());
    private final Semaphore mayReturn = new Semaphore(0);
    private final CountDownLatch firstIsUnderWay = new CountDownLatch(1);

    @AfterEach
    void stop() {
        threads.shutdownNow();
    }

    @Test
    void whoComesAloneTravelsAlone() {
        SharedRoundTrips<Integer, Integer> doubled = new SharedRoundTrips<>(10, 1, this::doubled);
        mayReturn.release(2);
        assertEquals(2, doubled.ask(1));
        assertEquals(4, doubled.ask(2));
        assertEquals(List.of(List.of(1), List.of(2)), trips);
    }

    @Test
    void whoComesMeanwhileTravelsTogetherAndGetsTheirOwnAnswer() throws Exception {
        SharedRoundTrips<Integer, Integer> doubled = new SharedRoundTrips<>(4, 1, this::doubled);
        List<Future<Integer>> answers = askWhileTheFirstIsUnderWay(doubled, 6);
        mayReturn.release(3);
        for (int n = 0; n <= 6; n++) {
            assertEquals(2 * n, answers.get(n).get());
        }
        assertEquals(List.of(1, 4, 2), trips.stream().map(List::size).toList());
        assertEquals(
                IntStream.rangeClosed(0, 6).boxed().toList(),
                trips.stream().flatMap(List::stream).sorted().toList());
    }

    @Test
    void aFailureIsThatOfThoseWhoTravelledAndOfNobodyElse() throws Exception {
        IllegalStateException broken = new IllegalStateException("broken");
        SharedRoundTrips<Integer, Integer> failsForThree = new SharedRoundTrips<>(2, 1, asked -> {
            List<Integer> answers = doubled(asked);
            if (trips.size() == 2) {
                throw broken;
            }
            return answers;
        });
        List<Future<Integer>> answers = askWhileTheFirstIsUnderWay(failsForThree, 4);
        mayReturn.release(3);
        int failed = 0;
        for (int n = 0; n <= 4; n++) {
            if (fails(answers.get(n), broken)) {
                failed++;
            } else {
                assertEquals(2 * n, answers.get(n).get());
            }
        }
        assertEquals(0, answers.get(0).get(), "who travelled before");
        assertEquals(2, failed);
        mayReturn.release();
        assertEquals(14, failsForThree.ask(7));
    }

    @Test
    void manyAtOnceAllGetTheirOwnAnswer() throws Exception {
        SharedRoundTrips<Integer, Integer> doubled = new SharedRoundTrips<>(3, 4, asked -> {
            // Long enough for others to come, short enough for round trips to run out.
            LockSupport.parkNanos(ThreadLocalRandom.current().nextInt(50_000));
            return asked.stream().map(n -> 2 * n).toList();
        });
        List<Future<Void>> askers = new ArrayList<>();
        for (int asker = 0; asker < 6; asker++) {
            int first = asker * 100_000;
            askers.add(threads.submit(() -> {
                for (int n = first; n < first + 5_000; n++) {
                    assertEquals(2 * n, doubled.ask(n));
                }
                return null;
            }));
        }
        for (Future<Void> asker : askers) {
            asker.get(1, TimeUnit.MINUTES);
        }
    }

    @Test
    void anInterruptionIsKeptForWhoeverWantsToKnow() throws Exception {
        SharedRoundTrips<Integer, Integer> doubled = new SharedRoundTrips<>(4, 1, this::doubled);
        Future<Integer> first = threads.submit(() -> doubled.ask(0));
        firstIsUnderWay.await();
        Future<Boolean> interrupted = threads.submit(() -> {
            Thread.currentThread().interrupt();
            doubled.ask(1);
            return Thread.interrupted();
        });
        mayReturn.release(2);
        assertEquals(0, first.get());
        assertEquals(true, interrupted.get());
    }

    private List<Future<Integer>> askWhileTheFirstIsUnderWay(SharedRoundTrips<Integer, Integer> trips, int others)
            throws Exception {
        List<Future<Integer>> answers = new ArrayList<>();
        answers.add(threads.submit(() -> trips.ask(0)));
        firstIsUnderWay.await();
        List<Thread> waiting = Collections.synchronizedList(new ArrayList<>());
        for (int n = 1; n <= others; n++) {
            int question = n;
            answers.add(threads.submit(() -> {
                waiting.add(Thread.currentThread());
                return trips.ask(question);
            }));
        }
        while (waiting.size() < others
                || !waiting.stream().allMatch(thread -> thread.getState() == Thread.State.WAITING)) {
            Thread.sleep(1);
        }
        return answers;
    }

    private static boolean fails(Future<Integer> answer, Throwable failure) throws InterruptedException {
        try {
            answer.get();
            return false;
        } catch (ExecutionException e) {
            assertSame(failure, e.getCause());
            assertThrows(ExecutionException.class, answer::get);
            return true;
        }
    }

    private List<Integer> doubled(List<Integer> questions) {
        trips.add(List.copyOf(questions));
        firstIsUnderWay.countDown();
        mayReturn.acquireUninterruptibly();
        return questions.stream().map(n -> 2 * n).toList();
    }
}
