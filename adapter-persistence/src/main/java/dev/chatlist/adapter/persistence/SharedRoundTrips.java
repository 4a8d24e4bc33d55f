package dev.chatlist.adapter.persistence;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Lets questions that come while others are being answered travel together: a round trip costs the database and the
 * driver much the same, however many it answers. Every question is asked after it came, so its answer is as fresh as if
 * it had been asked alone; none waits for others to come; and one of the threads that ask does the asking.
 *
 * @param <Q> question
 * @param <A> answer
 */
final class SharedRoundTrips<Q, A> {
    private final int maxTogether;
    private final int maxUnderWay;
    private final Function<List<Q>, List<A>> roundTrip;

    /** In order of coming. Not empty only while as many round trips as may be are under way. */
    private final ArrayDeque<Pending<Q, A>> waiting = new ArrayDeque<>();

    private int underWay;

    /**
     * @param maxTogether how many questions may travel together
     * @param maxUnderWay how many round trips may be under way before further questions wait
     * @param roundTrip answers each of the questions, in their order; what it throws, those who asked get
     */
    SharedRoundTrips(int maxTogether, int maxUnderWay, Function<List<Q>, List<A>> roundTrip) {
        this.maxTogether = maxTogether;
        this.maxUnderWay = maxUnderWay;
        this.roundTrip = roundTrip;
    }

    A ask(Q question) {
        Pending<Q, A> mine = new Pending<>(question);
        List<Pending<Q, A>> together = join(mine);
        if (together.isEmpty()) {
            together = mine.await();
        }
        if (!together.isEmpty()) {
            travel(together);
        }
        return mine.answer();
    }

    /** The questions to travel with, if there is a round trip left to make, else none. */
    private synchronized List<Pending<Q, A>> join(Pending<Q, A> mine) {
        waiting.add(mine);
        if (underWay == maxUnderWay) {
            return List.of();
        }
        underWay++;
        return takeAlong();
    }

    private void travel(List<Pending<Q, A>> together) {
        try {
            List<A> answers = roundTrip.apply(
                    together.stream().map(asked -> asked.question).toList());
            for (int n = 0; n < together.size(); n++) {
                together.get(n).settle(answers.get(n), null);
            }
        } catch (RuntimeException | Error e) {
            together.forEach(asked -> asked.settle(null, e));
        } finally {
            handOver();
        }
    }

    /** To the one that has waited longest, with those behind it: who is to travel with whom is settled at once. */
    private synchronized void handOver() {
        List<Pending<Q, A>> next = takeAlong();
        if (next.isEmpty()) {
            underWay--;
        } else {
            next.get(0).lead(next);
        }
    }

    private List<Pending<Q, A>> takeAlong() {
        List<Pending<Q, A>> together = new ArrayList<>();
        while (together.size() < maxTogether && !waiting.isEmpty()) {
            together.add(waiting.remove());
        }
        return together;
    }

    /** A question and the thread that waits: until it is answered, or until it is that thread's turn to ask. */
    private static final class Pending<Q, A> {
        final Q question;
        private final Thread thread = Thread.currentThread();
        private @Nullable A answer;
        private @Nullable Throwable failure;
        private List<Pending<Q, A>> together = List.of();
        private volatile boolean awake;

        Pending(Q question) {
            this.question = question;
        }

        /**
         * Waits for the answer, or for the questions to travel with. Not to be interrupted: who travels is bounded by
         * the limits of a statement.
         */
        List<Pending<Q, A>> await() {
            boolean interrupted = false;
            while (!awake) {
                LockSupport.park(this);
                interrupted |= Thread.interrupted();
            }
            if (interrupted) {
                thread.interrupt();
            }
            return together;
        }

        void lead(List<Pending<Q, A>> together) {
            this.together = together;
            wake();
        }

        void settle(@Nullable A answer, @Nullable Throwable failure) {
            this.answer = answer;
            this.failure = failure;
            wake();
        }

        private void wake() {
            awake = true;
            LockSupport.unpark(thread);
        }

        @SuppressWarnings("NullAway") // an answer or a failure, never neither
        A answer() {
            if (failure instanceof RuntimeException e) {
                throw e;
            }
            if (failure instanceof Error e) {
                throw e;
            }
            return answer;
        }
    }
}
