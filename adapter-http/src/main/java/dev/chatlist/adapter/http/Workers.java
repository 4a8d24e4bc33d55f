package dev.chatlist.adapter.http;

import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/**
 * The threads that may block: those that check tokens and run use cases. As many requests run as there are threads, a
 * bounded number waits, and Undertow answers any further with 503. A request holds none while its body comes in or its
 * answer goes out.
 */
final class Workers implements AutoCloseable {
    private final ThreadPoolExecutor threads;

    Workers(HttpSettings settings) {
        AtomicInteger count = new AtomicInteger();
        threads = new ThreadPoolExecutor(
                settings.maxConcurrentRequests(),
                settings.maxConcurrentRequests(),
                1,
                TimeUnit.MINUTES,
                new ArrayBlockingQueue<>(settings.maxQueuedRequests()),
                task -> new Worker(task, "chatlist-http-worker-" + count.incrementAndGet()));
        threads.allowCoreThreadTimeOut(true);
    }

    /** Handles requests by doing the work on a worker. */
    HttpHandler running(Consumer<HttpServerExchange> work) {
        return exchange -> run(exchange, work);
    }

    /**
     * Does it on a worker: at once where this thread is one. Any other is Undertow's: an IO thread, or one of its own
     * workers, on which it starts requests that came in one packet with the one before.
     */
    void run(HttpServerExchange exchange, Consumer<HttpServerExchange> work) {
        if (Thread.currentThread() instanceof Worker) {
            work.accept(exchange);
        } else {
            exchange.dispatch(threads, Responses.answeringFailures(work::accept));
        }
    }

    /** Interrupts what is still running. */
    @Override
    public void close() {
        threads.shutdownNow();
    }

    private static final class Worker extends Thread {
        Worker(Runnable task, String name) {
            super(task, name);
        }
    }
}
