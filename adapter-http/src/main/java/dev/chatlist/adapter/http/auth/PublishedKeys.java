package dev.chatlist.adapter.http.auth;

import dev.chatlist.adapter.http.auth.KeySetDownload.KeySet;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jose4j.jwk.JsonWebKey;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The keys that an issuer publishes, as the latest successful fetch found them. They stay in use until another fetch
 * succeeds, however old they are.
 *
 * <p>Fetches run one at a time, each on a thread of its own. A fetch begins when a request needs keys that are stale or
 * aren't known, and not before a pause after the previous one: anyone can send a token that names an unknown key. Stale
 * keys are replaced in the background.
 */
final class PublishedKeys {
    private static final Logger LOG = LoggerFactory.getLogger(PublishedKeys.class);

    /** How many requests at a time wait for keys that are newer than the known ones. Each occupies a worker. */
    private static final int MAX_WAITING = 4;

    /** For messages: the query may hold a key. */
    private final String address;

    private final KeySetDownload download;
    private final Timing timing;
    private final Semaphore waiting = new Semaphore(MAX_WAITING);
    private volatile @Nullable Known latest;

    /** The running fetch, else the previous one. */
    private volatile CompletableFuture<Known> fetch =
            CompletableFuture.failedFuture(new IOException("not fetched yet"));

    private long pausedUntil = System.nanoTime();

    /**
     * How long things take.
     *
     * @param deadline the longest time a fetch takes
     * @param patience the longest time a request waits for a fetch
     * @param lifetime how long keys are fresh, unless the issuer's answer says otherwise
     * @param pause the shortest time from the end of a fetch to the next fetch
     */
    record Timing(Duration deadline, Duration patience, Duration lifetime, Duration pause) {
        static final Timing DEFAULT = new Timing(
                Duration.ofSeconds(3), Duration.ofSeconds(1), Duration.ofMinutes(10), Duration.ofSeconds(10));
    }

    private record Known(List<JsonWebKey> keys, long staleFrom) {}

    PublishedKeys(URI url, Timing timing) {
        address = url.toString().replaceFirst("\\?.*", "?…");
        this.timing = timing;
        download = new KeySetDownload(url, timing.deadline());
    }

    /**
     * The known keys, at once. Only if no key is known yet, it waits for a fetch.
     *
     * @throws KeysUnavailableException if no key is known, even then
     */
    List<JsonWebKey> known() {
        Known known = latest;
        if (known == null) {
            return first();
        }
        if (System.nanoTime() - known.staleFrom >= 0) {
            fetchUnlessPaused();
        }
        return known.keys;
    }

    /** Keys that were fetched after the known ones if they can be had within a short wait, else the known ones. */
    List<JsonWebKey> newest() {
        fetchUnlessPaused();
        CompletableFuture<Known> fetch = this.fetch;
        if (!fetch.isDone() && waiting.tryAcquire()) {
            try {
                return await(fetch).keys;
            } catch (ExecutionException | TimeoutException e) {
                // The known keys are the newest.
            } finally {
                waiting.release();
            }
        }
        return known();
    }

    private List<JsonWebKey> first() {
        fetchUnlessPaused();
        try {
            return await(fetch).keys;
        } catch (ExecutionException | TimeoutException e) {
            throw unavailable(e);
        }
    }

    private Known await(CompletableFuture<Known> fetch) throws ExecutionException, TimeoutException {
        try {
            return fetch.get(timing.patience().toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw unavailable(e);
        }
    }

    private KeysUnavailableException unavailable(Throwable cause) {
        return new KeysUnavailableException("no keys from " + address, cause);
    }

    /** Begins a fetch, unless one is running or the previous one has ended within the pause. */
    private synchronized void fetchUnlessPaused() {
        if (fetch.isDone() && System.nanoTime() - pausedUntil >= 0) {
            CompletableFuture<Known> begun = new CompletableFuture<>();
            Thread thread = new Thread(() -> run(begun), "chatlist-jwks");
            thread.setDaemon(true);
            thread.start();
            fetch = begun;
        }
    }

    private void run(CompletableFuture<Known> fetch) {
        try {
            KeySet fetched = download.fetch();
            long lifetime = fetched.lifetime().orElse(timing.lifetime()).toNanos();
            Known known = new Known(fetched.keys(), System.nanoTime() + lifetime);
            latest = known;
            pause();
            fetch.complete(known);
        } catch (Throwable e) {
            LOG.warn(
                    "no keys from {}, {}: {}",
                    address,
                    latest == null ? "none is known" : "the known ones stay in use",
                    e.toString());
            pause();
            fetch.completeExceptionally(e);
        }
    }

    private synchronized void pause() {
        pausedUntil = System.nanoTime() + timing.pause().toNanos();
    }
}
