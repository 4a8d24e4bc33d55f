package dev.chatlist.adapter.http;

import dev.chatlist.adapter.http.observation.RequestContext;
import dev.chatlist.application.AnswerTooLargeException;
import io.undertow.server.HttpServerExchange;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The threads that may block: they verify tokens and run use cases. A bounded number of requests waits for a free
 * thread, and any further request is answered 503. A request occupies no worker while its body arrives, while it waits
 * for memory, or while its answer is sent.
 *
 * <p>Every request has a deadline. A worker doesn't touch the exchange; it makes an {@link Answer}, and either this
 * answer or the deadline's 503 is sent, whichever comes first. So a database that doesn't answer delays no client beyond
 * its deadline, even if the worker waits much longer.
 */
final class Workers implements AutoCloseable {
    private final ThreadPoolExecutor threads;
    private final Memory memory;
    private final long timeoutNanos;
    private final Set<Job> active = ConcurrentHashMap.newKeySet();

    /** Makes the answer to a request. May block, but not wait for the client. */
    interface Work {
        Answer answer(Memory.Share memory) throws Exception;
    }

    /**
     * Threads that begin when they are needed.
     *
     * @param timeout how long a request waits for its answer, the time in the queue included
     */
    Workers(String name, int count, int queued, Duration timeout, Memory memory) {
        AtomicInteger number = new AtomicInteger();
        threads = new ThreadPoolExecutor(
                count,
                count,
                1,
                TimeUnit.MINUTES,
                new ArrayBlockingQueue<>(queued),
                task -> new Thread(task, name + number.incrementAndGet()));
        threads.allowCoreThreadTimeOut(true);
        this.memory = memory;
        timeoutNanos = timeout.toNanos();
    }

    /** Has the request answered by a worker. */
    void run(HttpServerExchange exchange, Work work) {
        Job job = new Job(exchange, work);
        active.add(job);
        exchange.dispatch(this::begin, job);
    }

    private void begin(Runnable job) {
        try {
            threads.execute(job);
        } catch (RejectedExecutionException e) {
            ((Job) job).fail(Failure.tooBusy());
        }
    }

    /** Answers the requests whose deadline has passed. Must be called every few milliseconds. */
    void answerLate() {
        long now = System.nanoTime();
        for (Job job : active) {
            if (now - job.arrived > timeoutNanos) {
                job.fail(Failure.tooLate());
                // Its place in the queue is for others.
                threads.remove(job);
            }
        }
    }

    /** How many requests wait for a thread. */
    int queued() {
        return threads.getQueue().size();
    }

    /** How many requests have no answer yet, those that wait included. */
    int unanswered() {
        return active.size();
    }

    /** Ends the threads, and with them the requests that they work on. */
    @Override
    public void close() {
        threads.shutdownNow();
    }

    private final class Job implements Runnable, Memory.LongWaiter {
        private final HttpServerExchange exchange;
        private final Work work;
        private final RequestContext context;
        private final long arrived = System.nanoTime();
        private final AtomicBoolean isAnswered = new AtomicBoolean();

        /** What it has waited for; null at first. */
        private volatile Memory.@Nullable Share share;

        /** The memory that the chats take that are read; 0 if it isn't known. */
        private long read;

        Job(HttpServerExchange exchange, Work work) {
            this.exchange = exchange;
            this.work = work;
            context = RequestContext.of(exchange);
        }

        @Override
        public void run() {
            Memory.Share used = share == null ? memory.begin() : share;
            boolean isKept = false;
            context.enter();
            try {
                if (!hasLeft()) {
                    isKept = answer(used);
                }
            } catch (Throwable e) {
                fail(Failure.of(e, context.id()));
            } finally {
                context.leave();
                if (!isKept) {
                    used.release();
                }
            }
        }

        /** Returns whether the answer keeps its memory. */
        private boolean answer(Memory.Share used) throws Exception {
            Answer answer;
            try {
                answer = answerWithin(used);
            } catch (AnswerTooLargeException e) {
                // What was read is garbage now. The request begins again when there is enough memory.
                used.release();
                if (used.isHeld()) {
                    await(e.bytes());
                } else {
                    read = e.bytes();
                    // An answer is about half as long as its chats.
                    await(e.bytes() / 2 * 3);
                }
                return true;
            }
            if (!deliver(answer)) {
                answer.drop();
            }
            return true;
        }

        private Answer answerWithin(Memory.Share used) throws Exception {
            try {
                return work.answer(used);
            } catch (AnswerTooLargeException e) {
                if (used.isHeld()) {
                    throw e;
                }
                read = e.bytes();
                if (!used.readMore(read)) {
                    throw e;
                }
            }
            return work.answer(used);
        }

        private void await(long needed) {
            if (needed > memory.largest()) {
                fail(Failure.tooLarge(needed, memory.largest()));
            } else {
                memory.await(Math.min(Memory.withChanges(needed), memory.largest()), this);
            }
        }

        @Override
        public void take(Memory.Share enough) {
            enough.readMore(read);
            share = enough;
            if (hasLeft()) {
                enough.release();
            } else {
                begin(this);
            }
        }

        @Override
        public boolean hasLeft() {
            return isAnswered.get() || !exchange.getConnection().isOpen();
        }

        void fail(Failure failure) {
            deliver(sent -> Responses.failed(sent, failure));
        }

        /** Returns false if another answer came first. */
        private boolean deliver(Answer answer) {
            if (!isAnswered.compareAndSet(false, true)) {
                return false;
            }
            active.remove(this);
            try {
                exchange.dispatch(exchange.getIoThread(), () -> send(answer));
            } catch (RejectedExecutionException e) {
                // The server has stopped.
                answer.drop();
            }
            return true;
        }

        private void send(Answer answer) {
            context.enter();
            try {
                answer.send(exchange);
            } catch (Throwable e) {
                answer.drop();
                Responses.failed(exchange, e);
            } finally {
                context.leave();
            }
        }
    }
}
