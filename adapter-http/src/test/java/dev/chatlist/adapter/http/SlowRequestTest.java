package dev.chatlist.adapter.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.Socket;
import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A request that isn't complete in time is cut off, however it stalls. The upper bounds are far above that time. */
@Timeout(20)
class SlowRequestTest {
    private static final String ORIGIN = "https://app.example.com";
    private static final String POST = "POST /my_chats HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n";

    private static TestApi api;

    @BeforeAll
    static void start() {
        api = new TestApi(TestApi.settings(Set.of(ORIGIN), 2, 8, 1000, Duration.ofMillis(200)));
    }

    @AfterAll
    static void stop() {
        api.close();
    }

    @Test
    void aStalledBodyIs408AndTheConnectionIsClosed() throws Exception {
        try (Socket socket = api.connect()) {
            send(socket, POST + "Origin: " + ORIGIN + "\r\nAuthorization: Bearer " + api.token + "\r\n\r\n{");

            String answer = TestApi.answer(socket);
            assertTrue(answer.startsWith("HTTP/1.1 408 "), answer);
            assertTrue(answer.contains("\r\nConnection: close\r\n"), answer);
            assertTrue(answer.contains("\r\nAccess-Control-Allow-Origin: " + ORIGIN + "\r\n"), answer);
            assertTrue(
                    answer.endsWith("{\"msg\":\"the request was not complete in time\",\"code\":408,\"data\":null,"
                            + "\"message\":\"the request was not complete in time\"}"),
                    answer);
            assertClosed(socket);
        }
    }

    @Test
    void aBodyAfter100ContinueIs408Too() throws Exception {
        try (Socket socket = api.connect()) {
            send(socket, POST + "Expect: 100-continue\r\nAuthorization: Bearer " + api.token + "\r\n\r\n");

            assertTrue(TestApi.answer(socket).startsWith("HTTP/1.1 100 "));
            assertTrue(TestApi.answer(socket).startsWith("HTTP/1.1 408 "));
            assertClosed(socket);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "POST /my_chats HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{",
                "POST /nothing HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{",
                "PUT /my_chats HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{",
                "GET /livez HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n"
            })
    void anAnswerThatNeedsNoBodyComesAtOnceAndThenTheConnectionIsClosed(String request) throws Exception {
        try (Socket socket = api.connect()) {
            send(socket, request);

            TestApi.answer(socket);
            assertClosed(socket);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "G",
                "GET /livez HTTP/1.1\r\nHost: x\r\nX: ",
                "GET /livez HTTP/1.1\r\nHost: x\r\n\r",
                "POST /my_chats HTTP/1.1\r\nContent-Length: 100\r\n\r\n{"
            })
    void anIncompleteHeadOrAHeadWithoutHostIsAnsweredAndClosed(String request) throws Exception {
        try (Socket socket = api.connect()) {
            send(socket, request);

            String answer = TestApi.answer(socket);
            assertTrue(answer.startsWith("HTTP/1.1 40"), answer);
            assertTrue(answer.contains("\"code\":40"), answer);
            assertClosed(socket);
        }
    }

    @Test
    void oneByteAtATimeDoesNotBuyMoreTime() throws Exception {
        String head = POST + "Authorization: Bearer " + api.token + "\r\n\r\n";
        for (String start : new String[] {"GET /livez HTTP/1.1\r\nHost: x\r\nX: ", head}) {
            try (Socket socket = api.connect()) {
                send(socket, start);
                long began = System.nanoTime();
                while (socket.getInputStream().available() == 0) {
                    send(socket, "x");
                    Thread.sleep(20);
                }
                assertTrue(System.nanoTime() - began < Duration.ofSeconds(5).toNanos());
                assertTrue(TestApi.answer(socket).startsWith("HTTP/1.1 408 "));
            }
        }
    }

    @Test
    void theNextRequestOnAConnectionHasItsOwnTime() throws Exception {
        try (Socket socket = api.connect()) {
            for (int i = 0; i < 4; i++) {
                send(socket, "GET /livez HTTP/1.1\r\nHost: x\r\n\r\n");
                assertTrue(TestApi.answer(socket).startsWith("HTTP/1.1 200 "));
                Thread.sleep(100);
            }
        }
    }

    @Test
    void aRunningRequestMayTakeLongerThanItsArrival() throws Exception {
        api.listMyRoomIds = caller -> {
            sleep(600);
            return java.util.List.of();
        };

        assertEquals(200, api.myRooms().statusCode());
    }

    @Test
    void closingDoesNotWaitForAnIncompleteRequest() throws Exception {
        TestApi other = new TestApi(TestApi.settings(Set.of(), 2, 8, 1000, Duration.ofMinutes(10)));
        try (Socket socket = other.connect()) {
            send(socket, POST + "Authorization: Bearer " + other.token + "\r\n\r\n{");
            // The connection is in the hands of a handler when a request after it is answered.
            other.get("/livez");
            long began = System.nanoTime();
            other.close();
            assertTrue(System.nanoTime() - began < Duration.ofSeconds(8).toNanos());
        }
    }

    private static void assertClosed(Socket socket) throws IOException {
        assertEquals(-1, socket.getInputStream().read());
    }

    private static void send(Socket socket, String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(UTF_8));
    }

    private static void sleep(long millis) {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
