package dev.chatlist.adapter.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.io.IOException;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.slf4j.LoggerFactory;

/** Which threads handle requests, how many run at once, and how the server closes. */
@Timeout(60)
class ConcurrencyTest {
    private static final String BODY = "{\"page\":1,\"size\":20}";

    private final ExecutorService clients = Executors.newCachedThreadPool();
    private final Logger logger = (Logger) LoggerFactory.getLogger(ChatListHttpServer.class);
    private final ListAppender<ILoggingEvent> log = new ListAppender<>();

    @BeforeEach
    void record() {
        logger.addAppender(log);
        log.start();
    }

    @AfterEach
    void assertThatNoServerStoppedWithRequestsRunning() {
        clients.shutdownNow();
        logger.detachAppender(log);
        assertEquals(List.of(), log.list);
    }

    @Test
    void useCasesAndTheProbeRunOnWorkersEvenForPipelinedRequestsAndLateBodies() throws Exception {
        Queue<String> threads = new ConcurrentLinkedQueue<>();
        Runnable note = () -> threads.add(Thread.currentThread().getName());
        try (TestApi api = new TestApi()) {
            api.listMyChats = (caller, request) -> {
                note.run();
                return List.of();
            };
            api.listMyRoomIds = caller -> {
                note.run();
                return List.of();
            };
            api.databaseProbe = () -> {
                note.run();
                return "ok";
            };

            api.get("/readyz");
            api.myRooms();
            api.myChats(BODY);
            try (Socket socket = api.connect()) {
                send(socket, myChats(api) + BODY + myChats(api) + BODY + myChats(api));
                TestApi.answer(socket);
                TestApi.answer(socket);
                send(socket, BODY);
                TestApi.answer(socket);
            }
        }
        assertEquals(6, threads.size());
        assertTrue(
                threads.stream().allMatch(name -> name.matches("chatlist-http-(worker|probe)-[0-9]+")),
                threads.toString());
    }

    @Test
    void whenWorkersAndQueueAreFullRequestsAre503AndProbesAreStillAnswered() throws Exception {
        CountDownLatch running = new CountDownLatch(2);
        CountDownLatch release = new CountDownLatch(1);
        try (TestApi api = new TestApi(TestApi.settings(Set.of(), 2, 1))) {
            api.listMyRoomIds = caller -> {
                running.countDown();
                await(release);
                return List.of();
            };
            List<Future<HttpResponse<String>>> taken = new ArrayList<>();
            taken.add(clients.submit(api::myRooms));
            taken.add(clients.submit(api::myRooms));
            await(running);
            // One of these two takes the only place in the queue; the other is refused.
            CountDownLatch refused = new CountDownLatch(1);
            Callable<HttpResponse<String>> call = () -> {
                HttpResponse<String> answer = api.myRooms();
                refused.countDown();
                return answer;
            };
            taken.add(clients.submit(call));
            taken.add(clients.submit(call));
            await(refused);

            assertEquals(200, api.get("/livez").statusCode());
            assertEquals(200, api.get("/readyz").statusCode());
            release.countDown();
            List<Integer> statuses = new ArrayList<>();
            for (Future<HttpResponse<String>> answer : taken) {
                statuses.add(answer.get().statusCode());
                if (answer.get().statusCode() == 503) {
                    assertTooBusy(answer.get());
                }
            }
            assertEquals(List.of(200, 200, 200, 503), statuses.stream().sorted().toList());
        }
    }

    private static void assertTooBusy(HttpResponse<String> answer) {
        String msg = "the server is too busy or about to stop, try again in a moment";
        assertEquals("{\"msg\":\"%s\",\"code\":503,\"data\":[],\"message\":\"%1$s\"}".formatted(msg), answer.body());
        assertEquals(Optional.of("1"), answer.headers().firstValue("Retry-After"));
    }

    @Test
    void anArrivingBodyOccupiesNoWorker() throws Exception {
        try (TestApi api = new TestApi(TestApi.settings(Set.of(), 1, 8));
                Socket slow = api.connect();
                Socket slower = api.connect()) {
            send(slow, myChats(api) + BODY.substring(0, 5));
            send(slower, myChats(api));

            for (int i = 0; i < 20; i++) {
                assertEquals(200, api.myChats(BODY).statusCode());
            }
            send(slow, BODY.substring(5));
            send(slower, BODY);
            assertTrue(TestApi.answer(slow).startsWith("HTTP/1.1 200 "));
            assertTrue(TestApi.answer(slower).startsWith("HTTP/1.1 200 "));
        }
    }

    @Test
    void aClientThatDisconnectsOccupiesNoWorker() throws Exception {
        CountDownLatch running = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        try (TestApi api = new TestApi(TestApi.settings(Set.of(), 1, 4))) {
            api.listMyRoomIds = caller -> {
                running.countDown();
                await(release);
                return List.of();
            };
            Socket runs = api.connect();
            send(runs, "GET /my_rooms HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " + api.token + "\r\n\r\n");
            await(running);
            Socket waits = api.connect();
            send(waits, "GET /my_rooms HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " + api.token + "\r\n\r\n");
            Socket sends = api.connect();
            send(sends, myChats(api) + "{");
            runs.close();
            waits.close();
            sends.close();
            release.countDown();

            assertEquals(200, api.myRooms().statusCode());
        }
    }

    @Test
    void closingLetsARunningRequestFinishAndRefusesNewOnes() throws Exception {
        CountDownLatch running = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        TestApi api = new TestApi();
        api.listMyRoomIds = caller -> {
            running.countDown();
            await(release);
            return List.of();
        };
        try (Socket idle = api.connect()) {
            send(idle, "GET /livez HTTP/1.1\r\nHost: x\r\n\r\n");
            TestApi.answer(idle);
            Future<HttpResponse<String>> answer = clients.submit(api::myRooms);
            await(running);

            Future<?> closing = clients.submit(api::close);
            String refusal;
            do {
                send(idle, "GET /livez HTTP/1.1\r\nHost: x\r\n\r\n");
                refusal = TestApi.answer(idle);
            } while (refusal.startsWith("HTTP/1.1 200 "));

            assertTrue(refusal.startsWith("HTTP/1.1 503 "), refusal);
            assertTrue(refusal.contains("\r\nRetry-After: 1\r\n"), refusal);
            assertTrue(refusal.contains("\"code\":503,\"data\":null,"), refusal);
            assertFalse(closing.isDone());
            release.countDown();
            assertEquals(200, answer.get().statusCode());
            closing.get();
        }
        assertThrows(IOException.class, api::connect);
        api.close();
    }

    @Test
    void startingOnAPortInUseFailsWithTheAddress() {
        try (TestApi api = new TestApi()) {
            HttpSettings taken = new HttpSettings(
                    "127.0.0.1",
                    api.server.port(),
                    Set.of(),
                    200,
                    1024,
                    1,
                    1,
                    16,
                    Duration.ofSeconds(10),
                    Duration.ofSeconds(5),
                    1 << 20,
                    0);

            IllegalStateException e = assertThrows(IllegalStateException.class, () -> new TestApi(taken));
            assertEquals("can't listen on 127.0.0.1:" + api.server.port(), e.getMessage());
        }
    }

    private static String myChats(TestApi api) {
        return "POST /my_chats HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s\r\nContent-Length: %d\r\n\r\n"
                .formatted(api.token, BODY.length());
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
