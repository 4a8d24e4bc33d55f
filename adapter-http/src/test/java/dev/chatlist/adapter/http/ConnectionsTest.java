package dev.chatlist.adapter.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.EOFException;
import java.io.IOException;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** How many connections there may be, who gets one when all are taken, and what is answered where no handler runs. */
@Timeout(30)
class ConnectionsTest {
    private static final int MAX = 16;
    private static final String ORIGIN = "https://app.example.com";
    private static final String LIVE = "GET /livez HTTP/1.1\r\nHost: x\r\n\r\n";

    private final List<Socket> sockets = new ArrayList<>();

    @AfterEach
    void closeSockets() throws IOException {
        for (Socket socket : sockets) {
            socket.close();
        }
    }

    private static TestApi api() {
        return new TestApi(TestApi.settings(Set.of(), 4, MAX, MAX, Duration.ofSeconds(10)));
    }

    private Socket connect(TestApi api) throws IOException {
        Socket socket = api.connect();
        sockets.add(socket);
        return socket;
    }

    @Test
    void aNewConnectionTakesThePlaceOfTheOneThatIsSilentLongest() throws Exception {
        try (TestApi api = api()) {
            for (int i = 0; i < 10 * MAX; i++) {
                connect(api);
            }
            Socket last = connect(api);
            send(last, LIVE);
            assertTrue(TestApi.answer(last).startsWith("HTTP/1.1 200 "));
            assertEquals(200, api.myRooms().statusCode());
            assertEquals(-1, sockets.get(0).getInputStream().read());
        }
    }

    @Test
    void aConnectionWithARunningRequestKeepsItsPlace() throws Exception {
        CountDownLatch release = new CountDownLatch(1);
        CountDownLatch running = new CountDownLatch(1);
        try (TestApi api = api()) {
            api.listMyRoomIds = caller -> {
                running.countDown();
                await(release);
                return List.of();
            };
            Socket runs = connect(api);
            send(runs, "GET /my_rooms HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " + api.token + "\r\n\r\n");
            await(running);
            for (int i = 0; i < 3 * MAX; i++) {
                connect(api);
            }
            Socket last = connect(api);
            send(last, LIVE);
            assertTrue(TestApi.answer(last).startsWith("HTTP/1.1 200 "));
            release.countDown();
            assertTrue(TestApi.answer(runs).startsWith("HTTP/1.1 200 "));
        }
    }

    @Test
    void aConnectionIsRefusedWhileAllOthersRunRequests() throws Exception {
        CountDownLatch release = new CountDownLatch(1);
        CountDownLatch running = new CountDownLatch(4);
        try (TestApi api = api()) {
            api.listMyRoomIds = caller -> {
                running.countDown();
                await(release);
                return List.of();
            };
            for (int i = 0; i < MAX; i++) {
                // Each has been answered once, so that it is open when the next one comes.
                Socket socket = connect(api);
                send(socket, LIVE);
                TestApi.answer(socket);
            }
            for (Socket socket : sockets) {
                send(socket, "GET /my_rooms HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " + api.token + "\r\n\r\n");
            }
            await(running);
            String refusal;
            int placesTaken = -1;
            do {
                // Until all requests have arrived, it takes the place of one that waits.
                placesTaken++;
                try (Socket another = api.connect()) {
                    send(another, LIVE);
                    refusal = TestApi.answer(another);
                }
            } while (refusal.startsWith("HTTP/1.1 200 "));

            assertTrue(refusal.startsWith("HTTP/1.1 503 "), refusal);
            assertTrue(refusal.contains("\r\nRetry-After: 1\r\n"), refusal);
            assertTrue(refusal.contains("{\"msg\":\"there are too many connections, try again in a moment\""), refusal);
            release.countDown();
            int lost = 0;
            for (Socket socket : sockets) {
                try {
                    assertTrue(TestApi.answer(socket).startsWith("HTTP/1.1 200 "));
                } catch (EOFException e) {
                    lost++;
                }
            }
            assertTrue(lost <= placesTaken, lost + " connections were closed for " + placesTaken);
        }
    }

    @Test
    void theAnswerToAMalformedRequestIsReadableByAConfiguredOrigin() throws Exception {
        try (TestApi api = new TestApi(TestApi.settings(Set.of(ORIGIN), 4, 4))) {
            for (String fault : List.of("Host : x\r\n", "Host: x\r\nHost: x\r\n", "Host: x\r\nContent-Length: x\r\n")) {
                String answer = api.raw("GET /livez HTTP/1.1\r\nOrigin: %s\r\n%s\r\n".formatted(ORIGIN, fault));
                assertTrue(answer.startsWith("HTTP/1.1 400 "), answer);
                assertTrue(answer.contains("\r\nAccess-Control-Allow-Origin: " + ORIGIN + "\r\n"), answer);
                assertTrue(answer.contains("\r\nVary: Origin\r\n"), answer);
            }
            String other = api.raw("GET /livez HTTP/1.1\r\nOrigin: https://evil.example.com\r\n\r\n");
            assertTrue(!other.contains("Access-Control"), other);
        }
    }

    @Test
    void http10KeepAliveIsConfirmed() throws Exception {
        try (TestApi api = new TestApi()) {
            String answer = api.raw("GET /livez HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n");

            assertTrue(answer.contains("\r\nConnection: keep-alive\r\n"), answer);
        }
    }

    /** An answer is lost when its connection is closed with unread bytes: the client sees a reset. */
    @Test
    void aRefusedBodyIsReadBeforeTheConnectionIsClosed() throws Exception {
        try (TestApi api = new TestApi()) {
            for (String header :
                    List.of("Transfer-Encoding: chunked", "Content-Length: 8000000\r\nConnection: close")) {
                Socket socket = connect(api);
                send(socket, "POST /my_chats HTTP/1.1\r\nHost: x\r\n" + header + "\r\n\r\n" + "x".repeat(8_000_000));

                String answer = TestApi.answer(socket);
                assertTrue(answer.startsWith("HTTP/1.1 4"), answer);
                assertEquals(-1, socket.getInputStream().read());
            }
        }
    }

    private static void send(Socket socket, String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(UTF_8));
    }

    private static void await(CountDownLatch latch) {
        try {
            assertTrue(latch.await(20, TimeUnit.SECONDS));
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
