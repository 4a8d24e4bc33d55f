package dev.chatlist.adapter.http;

import dev.chatlist.domain.PageRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * How the API is served.
 *
 * @param host the address to listen on
 * @param port the port to listen on; 0 takes a free one
 * @param corsOrigins the web origins that may read answers, each as browsers send it ({@code https://app.example.com}),
 *     or {@code *} for all of them; empty for none
 * @param maxPageSize the greatest {@code size} that a request may ask for, 1 to {@value PageRequest#MAX_SIZE}
 * @param maxBodyBytes the longest request body
 * @param maxConcurrentRequests how many requests may occupy a thread, and so a database connection, at once
 * @param maxQueuedRequests how many more may wait for that; any further is refused at once
 * @param encodedCacheBytes how much of what users and chats look like on the wire is kept; 0 for nothing
 */
public record HttpSettings(
        String host,
        int port,
        Set<String> corsOrigins,
        int maxPageSize,
        int maxBodyBytes,
        int maxConcurrentRequests,
        int maxQueuedRequests,
        long encodedCacheBytes) {
    /** Enough for 100,000 chats of 1 KB beside their members. */
    public static final long DEFAULT_ENCODED_CACHE_BYTES = 128L * 1024 * 1024;

    static final int LARGEST_MAX_BODY_BYTES = 1024 * 1024;

    private static final Pattern ORIGIN =
            Pattern.compile("[a-z][a-z0-9+.-]*://([a-z0-9._-]+|\\[[0-9a-f:.]+])(:[0-9]{1,5})?");

    /** @throws IllegalArgumentException if something is out of range; the message names all that is */
    public HttpSettings {
        corsOrigins = Set.copyOf(corsOrigins);
        List<String> faults = new ArrayList<>();
        if (host.isBlank()) {
            faults.add("host must not be blank");
        }
        requireRange(faults, "port", port, 0, 65535);
        requireRange(faults, "max_page_size", maxPageSize, 1, PageRequest.MAX_SIZE);
        requireRange(faults, "max_body_bytes", maxBodyBytes, 64, LARGEST_MAX_BODY_BYTES);
        requireRange(faults, "max_concurrent_requests", maxConcurrentRequests, 1, 10_000);
        requireRange(faults, "max_queued_requests", maxQueuedRequests, 1, 1_000_000);
        if (encodedCacheBytes < 0) {
            faults.add("encoded_cache_bytes must be 0 or more, it is " + encodedCacheBytes);
        }
        faults.addAll(faultsOf(corsOrigins));
        requireNone(faults);
    }

    /** Loopback, port 8080, no web origins, pages of up to 200, bodies of up to 16 KiB, 128 MiB of encoded chats. */
    public static HttpSettings defaults() {
        return new HttpSettings("127.0.0.1", 8080, Set.of(), 200, 16 * 1024, 32, 256, DEFAULT_ENCODED_CACHE_BYTES);
    }

    /**
     * The same origins, if all are fit for {@link #corsOrigins}.
     *
     * @throws IllegalArgumentException if one isn't; the message names all that aren't
     */
    public static Set<String> requireOrigins(Set<String> origins) {
        requireNone(faultsOf(origins));
        return origins;
    }

    private static List<String> faultsOf(Set<String> origins) {
        return origins.stream()
                .filter(origin -> !origin.equals("*") && !ORIGIN.matcher(origin).matches())
                .map(origin -> "a CORS origin must be * or look like https://app.example.com, it is " + origin)
                .toList();
    }

    private static void requireNone(List<String> faults) {
        if (!faults.isEmpty()) {
            throw new IllegalArgumentException(String.join("; ", faults));
        }
    }

    private static void requireRange(List<String> faults, String name, int value, int min, int max) {
        if (value < min || value > max) {
            faults.add("%s must be %d to %d, it is %d".formatted(name, min, max, value));
        }
    }
}
