package dev.chatlist.adapter.http;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class HttpSettingsTest {
    @Test
    void theDefaultsAreThoseOfTheReadme() {
        HttpSettings defaults = HttpSettings.defaults();

        assertEquals("127.0.0.1", defaults.host());
        assertEquals(8080, defaults.port());
        assertEquals(Set.of(), defaults.corsOrigins());
        assertEquals(200, defaults.maxPageSize());
        assertEquals(16 * 1024, defaults.maxBodyBytes());
    }

    @Test
    void bothEndsOfEachRangeAreAllowed() {
        assertDoesNotThrow(() -> new HttpSettings(
                "::", 0, Set.of(), 1, 64, 1, 1, 16, Duration.ofMillis(100), Duration.ofMillis(100), 1 << 20, 0));
        assertDoesNotThrow(() -> new HttpSettings(
                "::",
                65535,
                Set.of(),
                1000,
                1048576,
                10_000,
                1_000_000,
                1_000_000,
                Duration.ofMinutes(10),
                Duration.ofMinutes(10),
                Long.MAX_VALUE,
                Long.MAX_VALUE));
    }

    @Test
    void oneExceptionNamesEveryInvalidSetting() {
        IllegalArgumentException e = assertThrows(
                IllegalArgumentException.class,
                () -> new HttpSettings(
                        " ",
                        65536,
                        Set.of("x"),
                        1001,
                        63,
                        0,
                        0,
                        15,
                        Duration.ofMillis(99),
                        Duration.ofMillis(99),
                        9,
                        -1));

        assertEquals(
                "host must not be blank; "
                        + "port must be 0 to 65535, it is 65536; "
                        + "max_page_size must be 1 to 1000, it is 1001; "
                        + "max_body_bytes must be 64 to 1048576, it is 63; "
                        + "max_concurrent_requests must be 1 to 10000, it is 0; "
                        + "max_queued_requests must be 1 to 1000000, it is 0; "
                        + "max_connections must be 16 to 1000000, it is 15; "
                        + "receive_timeout must be 100 ms to 600000 ms, it is 99 ms; "
                        + "request_timeout must be 100 ms to 600000 ms, it is 99 ms; "
                        + "response_bytes must be 1048576 or more, it is 9; "
                        + "encoded_cache_bytes must be 0 or more, it is -1; "
                        + "a CORS origin must be * or look like https://app.example.com, it is x",
                e.getMessage());
    }

    /** Whoever connects would take this for the server, and lose the connection. */
    @Test
    void noConnectionIsAcceptedWhileAnAddressIsChecked() throws Exception {
        int port = freePort();
        int clientPort = freePort();
        AtomicBoolean hasEnded = new AtomicBoolean();
        AtomicInteger accepted = new AtomicInteger();
        Thread client = new Thread(() -> {
            while (!hasEnded.get()) {
                try (Socket socket = new Socket()) {
                    socket.setReuseAddress(true);
                    // Otherwise it might take the port itself.
                    socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), clientPort));
                    socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
                    accepted.incrementAndGet();
                } catch (IOException e) {
                    // Refused.
                }
            }
        });
        client.start();
        for (int n = 0; n < 5_000; n++) {
            HttpSettings.requireFreeAddress("127.0.0.1", port);
        }
        hasEnded.set(true);
        client.join();
        assertEquals(0, accepted.get());
        try (ServerSocket other = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
            assertThrows(
                    IllegalStateException.class,
                    () -> HttpSettings.requireFreeAddress("127.0.0.1", other.getLocalPort()));
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
