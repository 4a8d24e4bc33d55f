package dev.chatlist.adapter.http;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.chatlist.application.AnswerTooLargeException;
import dev.chatlist.domain.RoomId;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Answers take a bounded amount of memory, from reading their chats until the client has taken them. */
@Timeout(60)
class AnswerMemoryTest {
    private static final long MEGABYTE = 1 << 20;

    private final ExecutorService clients = Executors.newCachedThreadPool();
    private final List<Socket> slow = new ArrayList<>();

    @AfterEach
    void end() throws IOException {
        for (Socket socket : slow) {
            socket.close();
        }
        clients.shutdownNow();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2_000, 9_362, 9_363, 300_000})
    void anAnswerOfAnyLengthArrivesWhole(int rooms) throws Exception {
        try (TestApi api = new TestApi()) {
            api.listMyRoomIds = caller -> ids(rooms);
            for (int n = 0; n < 3; n++) {
                String body = api.myRooms().body();
                assertEquals(
                        "{\"msg\":\"ok\",\"code\":0,\"data\":[" + ("\"" + ID + "\",").repeat(rooms) + "]}",
                        body.replace("\"]}", "\",]}"));
            }
        }
    }

    @Test
    void aSlowReaderOccupiesNoThreadAndGetsTheWholeAnswer() throws Exception {
        try (TestApi api = new TestApi()) {
            api.listMyRoomIds = caller -> ids(1_000_000);
            for (int n = 0; n < 4; n++) {
                slow.add(ask(api));
            }
            api.listMyRoomIds = caller -> ids(1);
            assertEquals(200, api.myRooms().statusCode());
            for (Socket socket : slow) {
                assertEquals(1_000_000L * (ID.length() + 3) - 1 + 31, lengthOfBody(socket));
            }
        }
    }

    @Test
    void whileSlowReadersHoldAllMemoryOthersAre503AndThenServed() throws Exception {
        try (TestApi api = new TestApi(TestApi.settings(Duration.ofMillis(500), 64 * MEGABYTE))) {
            api.listMyRoomIds = caller -> ids(600_000);
            HttpResponse<String> refused;
            do {
                slow.add(ask(api));
                refused = api.myRooms();
            } while (refused.statusCode() == 200 && slow.size() < 50);
            assertEquals(503, refused.statusCode());
            assertTrue(slow.size() >= 2, slow.size() + " answers of 15 MB fill 64 MB");
            api.listMyRoomIds = caller -> ids(1);
            assertEquals(200, api.myRooms().statusCode(), "usual answers find some");

            api.listMyRoomIds = caller -> ids(600_000);
            for (Socket socket : slow) {
                socket.close();
            }
            do {
                refused = api.myRooms();
            } while (refused.statusCode() == 503);
            assertEquals(200, refused.statusCode());
        }
    }

    @Test
    void largeAnswersTakeTurns() throws Exception {
        AtomicLong reading = new AtomicLong();
        AtomicLong most = new AtomicLong();
        long size = 20 * MEGABYTE;
        try (TestApi api = new TestApi(TestApi.settings(Duration.ofSeconds(20), 64 * MEGABYTE))) {
            api.boundedRoomIds = (caller, maxBytes) -> {
                if (maxBytes < size) {
                    throw new AnswerTooLargeException(size);
                }
                most.accumulateAndGet(reading.addAndGet(size), Math::max);
                pause();
                reading.addAndGet(-size);
                return ids(1);
            };
            List<Future<HttpResponse<String>>> answers = new ArrayList<>();
            for (int n = 0; n < 12; n++) {
                answers.add(clients.submit(api::myRooms));
            }
            for (Future<HttpResponse<String>> answer : answers) {
                assertEquals(200, answer.get().statusCode());
            }
        }
        assertTrue(most.get() <= 64 * MEGABYTE, most + " bytes at once");
    }

    /** A client's rooms change while their chats are read. */
    @ParameterizedTest
    @ValueSource(ints = {2, 20})
    void anAnswerThatGrowsMeanwhileIsReadAgainOnce(int megabytes) throws Exception {
        AtomicLong read = new AtomicLong();
        try (TestApi api = new TestApi(TestApi.settings(Duration.ofSeconds(20), 64 * MEGABYTE))) {
            api.boundedRoomIds = (caller, maxBytes) -> {
                long needed = megabytes * MEGABYTE / 10 * (10 + read.getAndIncrement());
                if (maxBytes < needed) {
                    throw new AnswerTooLargeException(needed);
                }
                return ids(1);
            };
            assertEquals(200, api.myRooms().statusCode());
        }
        assertEquals(2, read.get());
    }

    /** Its chats take two thirds of it, and others hold a little of the rest. */
    @Test
    void theLargestAnswerThatFitsIsServed() throws Exception {
        long largest = 48 * MEGABYTE;
        int ids = (int) (largest / 3 / (ID.length() + 3)) - 10_000;
        try (TestApi api = new TestApi(TestApi.settings(Duration.ofSeconds(20), 64 * MEGABYTE))) {
            api.listMyRoomIds = caller -> ids(580_000);
            slow.add(ask(api));
            api.boundedRoomIds = (caller, maxBytes) -> {
                long needed = largest / 3 * 2 - MEGABYTE;
                if (maxBytes < needed) {
                    throw new AnswerTooLargeException(needed);
                }
                return ids(ids);
            };
            assertEquals(200, api.myRooms().statusCode());
        }
    }

    /** It waits for one slow reader, and another one holds a part of the memory for large answers. */
    @Test
    void anAnswerThatWaitsForOthersNeedsNoMoreThanBefore() throws Exception {
        try (TestApi api = new TestApi(TestApi.settings(Duration.ofSeconds(20), 64 * MEGABYTE))) {
            api.listMyRoomIds = caller -> ids(500_000);
            slow.add(ask(api));
            api.listMyRoomIds = caller -> ids(1_300_000);
            slow.add(ask(api));
            api.listMyRoomIds = caller -> ids(1_100_000);
            Future<HttpResponse<String>> waiting = clients.submit(api::myRooms);
            Thread.sleep(500);
            slow.get(1).close();
            assertEquals(200, waiting.get().statusCode());
        }
    }

    @Test
    void anAnswerThatNeverFitsIs503AndSaysWhatWouldFit() throws Exception {
        try (TestApi api = new TestApi(TestApi.settings(Duration.ofSeconds(20), 64 * MEGABYTE))) {
            api.boundedRoomIds = (caller, maxBytes) -> {
                throw new AnswerTooLargeException(200 * MEGABYTE);
            };
            HttpResponse<String> answer = api.myRooms();
            assertEquals(503, answer.statusCode());
            assertTrue(answer.body().contains("a smaller size"), answer.body());
        }
    }

    /** Two looks of ten seconds. */
    @Test
    @Tag("faults")
    void whoTakesNothingIsCutOff() throws Exception {
        try (TestApi api = new TestApi()) {
            api.listMyRoomIds = caller -> ids(1_000_000);
            Socket socket = ask(api);
            slow.add(socket);
            Thread.sleep(25_000);
            assertTrue(lengthOfBody(socket) < 1_000_000L * ID.length());
        }
    }

    private static final String ID = "0123456789abcdef0123456";

    private static List<RoomId> ids(int count) {
        return Collections.nCopies(count, new RoomId(ID));
    }

    private static void pause() {
        try {
            Thread.sleep(50);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** A client with a small window that reads the head only. */
    private static Socket ask(TestApi api) throws IOException {
        Socket client = new Socket();
        client.setReceiveBufferSize(16 * 1024);
        client.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), api.server.port()));
        client.setSoTimeout(30_000);
        client.getOutputStream()
                .write(("GET /my_rooms HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: Bearer " + api.token
                                + "\r\n\r\n")
                        .getBytes(US_ASCII));
        readHead(client.getInputStream());
        return client;
    }

    private static void readHead(InputStream in) throws IOException {
        StringBuilder head = new StringBuilder();
        while (!head.toString().endsWith("\r\n\r\n")) {
            int next = in.read();
            assertTrue(next >= 0, head::toString);
            head.append((char) next);
        }
    }

    /** Reads to the end, which may be a reset. */
    private static long lengthOfBody(Socket socket) {
        long length = 0;
        byte[] buffer = new byte[64 * 1024];
        try {
            for (int count = socket.getInputStream().read(buffer);
                    count >= 0;
                    count = socket.getInputStream().read(buffer)) {
                length += count;
            }
        } catch (IOException e) {
            return length;
        }
        return length;
    }
}
