package dev.chatlist.adapter.http;

import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The threads that may block: they verify tokens and run use cases. A bounded number of requests waits for a free
 * thread, and Undertow answers any further request with 503. A request occupies no worker while its body arrives or its
 * answer is sent.
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

    /** A handler that runs {@code next} on a worker. */
    HttpHandler running(HttpHandler next) {
        return exchange -> run(exchange, next);
    }

    /**
     * Runs the handler on a worker, at once if this thread is one. Any other thread belongs to Undertow, either an IO
     * thread or the worker that starts pipelined requests.
     */
    void run(HttpServerExchange exchange, HttpHandler handler) {
        if (Thread.currentThread() instanceof Worker) {
            handle(exchange, handler);
        } else {
            exchange.dispatch(threads, dispatched -> handle(dispatched, handler));
        }
    }

    private static void handle(HttpServerExchange exchange, HttpHandler handler) {
        try {
            handler.handleRequest(exchange);
        } catch (Throwable e) {
            Responses.failed(exchange, e);
        }
    }

    /** Interrupts running requests. */
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
