package dev.chatlist.adapter.persistence;

import dev.chatlist.adapter.persistence.sql.StorageFailures;
import dev.chatlist.application.StorageUnavailableException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Opens a database that may be away at first. */
final class DatabaseWait {
    private static final Logger LOG = LoggerFactory.getLogger(DatabaseWait.class);
    private static final Duration PAUSE = Duration.ofMillis(500);
    private static final Duration LOG_INTERVAL = Duration.ofSeconds(5);

    private DatabaseWait() {}

    /**
     * Tries again while waiting may help. An interrupt ends the wait at once.
     *
     * @param closing for a database that nobody waits for any longer
     * @param patience how long to wait; zero to try once
     * @throws StorageUnavailableException if the database can't be opened in that time, or waiting doesn't help, or the
     *     thread was interrupted
     */
    static <T> T open(Supplier<T> opening, Consumer<T> closing, Duration patience) {
        long begun = System.nanoTime();
        Duration nextLog = Duration.ZERO;
        while (true) {
            try {
                return openInterruptibly(opening, closing);
            } catch (StorageUnavailableException e) {
                Duration waited = Duration.ofNanos(System.nanoTime() - begun);
                if (waited.compareTo(patience) >= 0 || !StorageFailures.mayPass(e)) {
                    throw e;
                }
                if (waited.compareTo(nextLog) >= 0) {
                    LOG.warn("Waiting for the database: {}", StorageFailures.reason(e));
                    nextLog = waited.plus(LOG_INTERVAL);
                }
            }
            try {
                Thread.sleep(PAUSE.toMillis());
            } catch (InterruptedException e) {
                throw interrupted();
            }
        }
    }

    /** The driver can't be interrupted while it waits for an answer. So it waits on a thread that can be left alone. */
    private static <T> T openInterruptibly(Supplier<T> opening, Consumer<T> closing) {
        CompletableFuture<T> opened = new CompletableFuture<>();
        Thread thread = new Thread(() -> open(opening, closing, opened), "chatlist-database-start");
        thread.setDaemon(true);
        thread.start();
        try {
            return awaited(opened);
        } catch (InterruptedException e) {
            if (!opened.cancel(false) && !opened.isCompletedExceptionally()) {
                closing.accept(opened.join());
            }
            thread.interrupt();
            throw interrupted();
        } catch (ExecutionException e) {
            throw e.getCause() instanceof RuntimeException failure ? failure : new IllegalStateException(e.getCause());
        }
    }

    /** Says every few seconds that it waits: a migration may take long, or wait for another one. */
    private static <T> T awaited(CompletableFuture<T> opened) throws InterruptedException, ExecutionException {
        while (true) {
            try {
                return opened.get(LOG_INTERVAL.toMillis(), TimeUnit.MILLISECONDS);
            } catch (TimeoutException e) {
                LOG.info("Waiting for the database to answer, or for its tables to be brought up to date");
            }
        }
    }

    private static <T> void open(Supplier<T> opening, Consumer<T> closing, CompletableFuture<T> opened) {
        try {
            T database = opening.get();
            if (!opened.complete(database)) {
                closing.accept(database);
            }
        } catch (Throwable e) {
            opened.completeExceptionally(e);
        }
    }

    private static StorageUnavailableException interrupted() {
        Thread.currentThread().interrupt();
        return new StorageUnavailableException("interrupted while the database was being opened");
    }
}
