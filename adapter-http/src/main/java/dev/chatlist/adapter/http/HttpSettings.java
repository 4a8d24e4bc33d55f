package dev.chatlist.adapter.http;

import dev.chatlist.domain.PageRequest;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * How to serve the API.
 *
 * @param host the address to listen on
 * @param port the port to listen on, in {@link #PORT_RANGE}; 0 takes a free one
 * @param corsOrigins the web origins whose pages may read responses, each as browsers send it
 *     ({@code https://app.example.com}), or {@code *} for all origins; empty for none
 * @param maxPageSize the largest {@code size} that a request may ask for, in {@link #MAX_PAGE_SIZE_RANGE}
 * @param maxBodyBytes the longest request body in bytes, in {@link #MAX_BODY_BYTES_RANGE}
 * @param maxConcurrentRequests how many requests may run at once, each on a thread and a database connection, in
 *     {@link #MAX_CONCURRENT_REQUESTS_RANGE}
 * @param maxQueuedRequests how many further requests may wait, in {@link #MAX_QUEUED_REQUESTS_RANGE}; the rest are
 *     refused at once
 * @param maxConnections how many connections may be open at once, in {@link #MAX_CONNECTIONS_RANGE}; fewer if the
 *     process can't open so many files
 * @param receiveTimeout how long a request may take from its first byte to its last, from
 *     {@link #MIN_RECEIVE_TIMEOUT} to {@link #MAX_RECEIVE_TIMEOUT}
 * @param requestTimeout how long a complete request may wait for its answer, from {@link #MIN_REQUEST_TIMEOUT} to
 *     {@link #MAX_REQUEST_TIMEOUT}
 * @param responseBytes the memory for answers, from reading their chats until clients have taken them, in bytes;
 *     {@link #MIN_RESPONSE_BYTES} or more
 * @param encodedCacheBytes the memory for users and chats in encoded form, in bytes; 0 caches none
 */
public record HttpSettings(
        String host,
        int port,
        Set<String> corsOrigins,
        int maxPageSize,
        int maxBodyBytes,
        int maxConcurrentRequests,
        int maxQueuedRequests,
        int maxConnections,
        Duration receiveTimeout,
        Duration requestTimeout,
        long responseBytes,
        long encodedCacheBytes) {
    public static final Range PORT_RANGE = new Range(0, 65535);

    public static final Range MAX_PAGE_SIZE_RANGE = new Range(1, PageRequest.MAX_SIZE);

    public static final Range MAX_BODY_BYTES_RANGE = new Range(64, 1024 * 1024);

    public static final Range MAX_CONCURRENT_REQUESTS_RANGE = new Range(1, 10_000);

    public static final Range MAX_QUEUED_REQUESTS_RANGE = new Range(1, 1_000_000);

    public static final Range MAX_CONNECTIONS_RANGE = new Range(16, 1_000_000);

    public static final Duration MIN_RECEIVE_TIMEOUT = Duration.ofMillis(100);

    public static final Duration MAX_RECEIVE_TIMEOUT = Duration.ofMinutes(10);

    public static final Duration MIN_REQUEST_TIMEOUT = Duration.ofMillis(100);

    public static final Duration MAX_REQUEST_TIMEOUT = Duration.ofMinutes(10);

    public static final long MIN_RESPONSE_BYTES = 1024 * 1024;

    public static final long DEFAULT_RESPONSE_BYTES = 256L * 1024 * 1024;

    /** Enough for 100,000 chats of 1 KB and their members. */
    public static final long DEFAULT_ENCODED_CACHE_BYTES = 128L * 1024 * 1024;

    private static final Pattern ORIGIN =
            Pattern.compile("[a-z][a-z0-9+.-]*://([a-z0-9._-]+|\\[[0-9a-f:.]+])(:[0-9]{1,5})?");

    /** @throws IllegalArgumentException if a setting is invalid; the message names each invalid one */
    public HttpSettings {
        corsOrigins = Set.copyOf(corsOrigins);
        List<String> faults = new ArrayList<>();
        if (host.isBlank()) {
            faults.add("host must not be blank");
        }
        require(PORT_RANGE, "port", port, faults);
        require(MAX_PAGE_SIZE_RANGE, "max_page_size", maxPageSize, faults);
        require(MAX_BODY_BYTES_RANGE, "max_body_bytes", maxBodyBytes, faults);
        require(MAX_CONCURRENT_REQUESTS_RANGE, "max_concurrent_requests", maxConcurrentRequests, faults);
        require(MAX_QUEUED_REQUESTS_RANGE, "max_queued_requests", maxQueuedRequests, faults);
        require(MAX_CONNECTIONS_RANGE, "max_connections", maxConnections, faults);
        if (receiveTimeout.compareTo(MIN_RECEIVE_TIMEOUT) < 0 || receiveTimeout.compareTo(MAX_RECEIVE_TIMEOUT) > 0) {
            faults.add("receive_timeout must be %s ms to %s ms, it is %s ms"
                    .formatted(
                            MIN_RECEIVE_TIMEOUT.toMillis(), MAX_RECEIVE_TIMEOUT.toMillis(), receiveTimeout.toMillis()));
        }
        if (requestTimeout.compareTo(MIN_REQUEST_TIMEOUT) < 0 || requestTimeout.compareTo(MAX_REQUEST_TIMEOUT) > 0) {
            faults.add("request_timeout must be %s ms to %s ms, it is %s ms"
                    .formatted(
                            MIN_REQUEST_TIMEOUT.toMillis(), MAX_REQUEST_TIMEOUT.toMillis(), requestTimeout.toMillis()));
        }
        if (responseBytes < MIN_RESPONSE_BYTES) {
            faults.add("response_bytes must be %s or more, it is %s".formatted(MIN_RESPONSE_BYTES, responseBytes));
        }
        if (encodedCacheBytes < 0) {
            faults.add("encoded_cache_bytes must be 0 or more, it is " + encodedCacheBytes);
        }
        faults.addAll(faultsOf(corsOrigins));
        requireNone(faults);
    }

    /**
     * Checks that nobody else listens on the address, before work that would then be in vain.
     *
     * @throws IllegalStateException if the address can't be listened on
     */
    public void requireFreeAddress() {
        requireFreeAddress(host, port);
    }

    /**
     * Checks the same of any address.
     *
     * @throws IllegalStateException if the address can't be listened on
     */
    public static void requireFreeAddress(String host, int port) {
        // Doesn't listen: nobody must take this for the server.
        try (Socket socket = new Socket()) {
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(host, port));
        } catch (IOException | RuntimeException e) {
            throw cannotListen(host, port, e);
        }
    }

    static IllegalStateException cannotListen(String host, int port, Exception failure) {
        return new IllegalStateException("can't listen on %s:%s".formatted(host, port), failure);
    }

    /** Loopback, port 8080, no web origins, pages of up to 200, bodies of up to 16 KiB, 128 MiB of encoded chats. */
    public static HttpSettings defaults() {
        return new HttpSettings(
                "127.0.0.1",
                8080,
                Set.of(),
                200,
                16 * 1024,
                32,
                256,
                10_000,
                Duration.ofSeconds(10),
                Duration.ofSeconds(5),
                DEFAULT_RESPONSE_BYTES,
                DEFAULT_ENCODED_CACHE_BYTES);
    }

    /**
     * Returns the given origins if all of them are valid as {@link #corsOrigins}.
     *
     * @throws IllegalArgumentException if any is invalid; the message names each invalid one
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

    private static void require(Range range, String name, int value, List<String> faults) {
        if (!range.contains(value)) {
            faults.add("%s must be %s, it is %s".formatted(name, range, value));
        }
    }

    /** The values that a number may take, both ends included. */
    public record Range(int min, int max) {
        /** @throws IllegalArgumentException if the range is empty */
        public Range {
            if (min > max) {
                throw new IllegalArgumentException("min must be at most %s, it is %s".formatted(max, min));
            }
        }

        boolean contains(int value) {
            return min <= value && value <= max;
        }

        @Override
        public String toString() {
            return min + " to " + max;
        }
    }
}
