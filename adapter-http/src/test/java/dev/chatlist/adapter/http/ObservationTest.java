package dev.chatlist.adapter.http;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.util.stream.Collectors.toMap;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.chatlist.adapter.http.observation.AccessLog;
import dev.chatlist.adapter.http.observation.HttpMetrics;
import dev.chatlist.adapter.http.observation.RequestObserver;
import dev.chatlist.application.StorageUnavailableException;
import dev.chatlist.domain.RoomId;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

class ObservationTest {
    private static final String TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
    private static final String BODY = "{\"page\":1,\"size\":5}";
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final List<RequestObserver.Ended> ended = Collections.synchronizedList(new ArrayList<>());
    private final ListAppender<ILoggingEvent> log = new ListAppender<>() {
        @Override
        protected void append(ILoggingEvent event) {
            // Otherwise the properties would be those of the thread that asks first.
            event.prepareForDeferredProcessing();
            super.append(event);
        }
    };
    private final Logger root = (Logger) LoggerFactory.getLogger(Logger.ROOT_LOGGER_NAME);
    private final Logger ours = (Logger) LoggerFactory.getLogger("dev.chatlist");
    /** It doesn't pass its lines on to the root, in tests. */
    private final Logger failures = (Logger) LoggerFactory.getLogger(Failure.class);

    private final Logger access = (Logger) LoggerFactory.getLogger(AccessLog.LOGGER);
    private final @Nullable Level levelBefore = ours.getLevel();
    private final TestApi api = new TestApi(
            TestApi.settings(Set.of(), 1, 1, 1000, Duration.ofMillis(500)),
            List.of(new HttpMetrics(registry), new AccessLog(), ended::add));

    @BeforeEach
    void collectLog() {
        log.start();
        root.addAppender(log);
        failures.addAppender(log);
        access.setLevel(Level.INFO);
        ours.setLevel(Level.INFO);
    }

    @AfterEach
    void close() {
        api.close();
        root.detachAppender(log);
        failures.detachAppender(log);
        access.setLevel(null);
        ours.setLevel(levelBefore);
    }

    /** An observer may be told a moment after the client has its answer. */
    private void awaitEnded(int requests) throws InterruptedException {
        Instant deadline = Instant.now().plus(PATIENCE);
        while (ended.size() < requests && Instant.now().isBefore(deadline)) {
            Thread.sleep(5);
        }
        assertEquals(requests, ended.size(), ended::toString);
    }

    private Map<String, Long> timed() {
        return new TreeMap<>(registry.find("http.server.requests").timers().stream()
                .collect(toMap(
                        timer -> "%s %s %s %s"
                                .formatted(
                                        timer.getId().getTag("method"),
                                        timer.getId().getTag("uri"),
                                        timer.getId().getTag("status"),
                                        timer.getId().getTag("outcome")),
                        Timer::count)));
    }

    private Map<String, Double> refused(String name) {
        return new TreeMap<>(registry.find(name).counters().stream()
                .filter(counter -> counter.count() > 0)
                .collect(toMap(counter -> String.valueOf(counter.getId().getTag("reason")), Counter::count)));
    }

    @Test
    void everyRequestIsCountedOnce() throws Exception {
        for (int n = 0; n < 3; n++) {
            assertEquals(200, api.myChats(BODY).statusCode());
        }
        assertEquals(400, api.myChats("{").statusCode());
        assertEquals(200, api.myRooms().statusCode());
        assertEquals(401, api.get("/my_rooms").statusCode());
        assertEquals(404, api.get("/secret-room").statusCode());
        assertEquals(405, api.get("/my_chats").statusCode());
        assertEquals(
                405,
                api.send(api.request("/my_rooms").method("BREW", BodyPublishers.noBody()))
                        .statusCode());
        assertEquals(200, api.get("/readyz").statusCode());
        api.databaseProbe = () -> {
            throw new StorageUnavailableException("away", new IOException());
        };
        assertEquals(503, api.get("/readyz").statusCode());
        assertTrue(api.raw("GET / HTTP/1.1\r\n\r\n").startsWith("HTTP/1.1 400"));
        assertTrue(api.raw("GET / HTTP/1.1\r\nHost: x").startsWith("HTTP/1.1 408"));
        assertTrue(api.raw("POST /my_chats HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\nAuthorization: Bearer "
                        + api.token + "\r\n\r\n{")
                .startsWith("HTTP/1.1 408"));
        awaitEnded(14);
        assertEquals(
                Map.ofEntries(
                        Map.entry("POST /my_chats 200 SUCCESS", 3L),
                        Map.entry("POST /my_chats 400 CLIENT_ERROR", 1L),
                        Map.entry("GET /my_rooms 200 SUCCESS", 1L),
                        Map.entry("GET /my_rooms 401 CLIENT_ERROR", 1L),
                        Map.entry("GET UNKNOWN 404 CLIENT_ERROR", 1L),
                        Map.entry("GET /my_chats 405 CLIENT_ERROR", 1L),
                        Map.entry("UNKNOWN /my_rooms 405 CLIENT_ERROR", 1L),
                        Map.entry("GET /readyz 200 SUCCESS", 1L),
                        Map.entry("GET /readyz 503 SERVER_ERROR", 1L),
                        Map.entry("UNKNOWN UNKNOWN 400 CLIENT_ERROR", 1L),
                        Map.entry("UNKNOWN UNKNOWN 408 CLIENT_ERROR", 1L),
                        Map.entry("POST /my_chats 408 CLIENT_ERROR", 1L)),
                timed());
        assertEquals(Map.of("storage", 1.0, "slow_request", 2.0), refused("chatlist.requests.refused"));
    }

    @Test
    void everyReasonToRefuseATokenIsCounted() throws Exception {
        List<String> tokens = List.of(
                "nonsense",
                api.token.substring(0, api.token.length() - 2) + (api.token.endsWith("AA") ? "BA" : "AA"),
                "eyJhbGciOiJub25lIn0.e30.AA",
                api.issue(Duration.ofSeconds(1), Instant.now().minusSeconds(100)),
                api.issue(Duration.ofDays(50 * 365), Instant.now().plus(Duration.ofDays(80 * 365))));
        assertEquals(401, api.get("/my_rooms").statusCode());
        for (String token : tokens) {
            assertEquals(
                    401,
                    api.send(api.anonymous("/my_rooms").header("Authorization", "Bearer " + token))
                            .statusCode());
        }
        awaitEnded(6);
        assertEquals(
                Map.of("missing", 1.0, "malformed", 1.0, "signature", 1.0, "key", 1.0, "expired", 1.0, "claim", 1.0),
                refused("chatlist.tokens.refused"));
    }

    @Test
    void aFullQueueIsCounted() throws Exception {
        CountDownLatch running = new CountDownLatch(1);
        CountDownLatch hold = new CountDownLatch(1);
        api.listMyRoomIds = caller -> {
            running.countDown();
            awaitUninterruptibly(hold);
            return List.of();
        };
        CompletableFuture<HttpResponse<String>> first = CompletableFuture.supplyAsync(this::rooms);
        running.await();
        CompletableFuture<HttpResponse<String>> second = CompletableFuture.supplyAsync(this::rooms);
        api.server.bindTo(registry);
        Instant deadline = Instant.now().plus(PATIENCE);
        while (queued() < 1 && Instant.now().isBefore(deadline)) {
            Thread.sleep(5);
        }
        assertEquals(1, queued());
        assertEquals(503, rooms().statusCode());
        hold.countDown();
        assertEquals(200, first.join().statusCode());
        assertEquals(200, second.join().statusCode());
        awaitEnded(3);
        assertEquals(Map.of("queue_full", 1.0), refused("chatlist.requests.refused"));
        assertEquals(0, queued());
    }

    private double queued() {
        return registry.get("chatlist.requests.queued").gauge().value();
    }

    private HttpResponse<String> rooms() {
        try {
            return api.myRooms();
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void awaitUninterruptibly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void send(Socket socket, String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(US_ASCII));
    }

    private static List<RoomId> roomsBeyondTheSocketsBuffers() {
        return IntStream.range(0, 500_000)
                .mapToObj(n -> new RoomId("room-of-some-length-" + n))
                .toList();
    }

    @Test
    void aClientThatLeftIsToldApart() throws Exception {
        CountDownLatch running = new CountDownLatch(1);
        CountDownLatch hold = new CountDownLatch(1);
        List<RoomId> rooms = roomsBeyondTheSocketsBuffers();
        api.listMyRoomIds = caller -> {
            running.countDown();
            awaitUninterruptibly(hold);
            return rooms;
        };
        try (Socket socket = api.connect()) {
            send(socket, "GET /my_rooms HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " + api.token + "\r\n\r\n");
            running.await();
            // Resets the connection when it is closed.
            socket.setSoLinger(true, 0);
        }
        hold.countDown();
        awaitEnded(1);
        assertEquals(Map.of("GET /my_rooms 499 CLIENT_ERROR", 1L), timed());
    }

    @Test
    void theClientsIdIsEchoedAndLogged() throws Exception {
        api.listMyRoomIds = caller -> {
            throw new StorageUnavailableException("away", new IOException());
        };
        HttpResponse<String> answer = api.send(api.request("/my_rooms")
                .header("X-Request-Id", "order-66!")
                .header("traceparent", "00-" + TRACE + "-00f067aa0ba902b7-01"));
        assertEquals(List.of("order-66!"), answer.headers().allValues("X-Request-Id"));
        awaitEnded(1);
        assertEquals(2, log.list.size(), log.list::toString);
        for (ILoggingEvent line : log.list) {
            assertEquals(
                    Map.of("request_id", "order-66!", "trace_id", TRACE), line.getMDCPropertyMap(), line::toString);
        }
        assertTrue(log.list.get(0).getFormattedMessage().startsWith("503, storage is unavailable"));
    }

    @Test
    void nothingOfARequestIsLeftForTheNextOne() throws Exception {
        api.send(api.request("/my_rooms").header("traceparent", "00-" + TRACE + "-00f067aa0ba902b7-01"));
        HttpResponse<String> answer = api.myRooms();
        awaitEnded(2);
        assertEquals(
                Map.of("request_id", answer.headers().firstValue("X-Request-Id").orElseThrow()),
                log.list.get(1).getMDCPropertyMap());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "two words", "tab\there", "café"})
    void anIdThatIsNotVisibleAsciiIsReplaced(String id) throws Exception {
        String answer = api.raw("GET /livez HTTP/1.1\r\nHost: x\r\nX-Request-Id: " + id + "\r\n\r\n");
        assertTrue(answer.matches("(?s).*\r\nX-Request-Id: [0-9a-f]{16}\r\n.*"), answer);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 128, 129})
    void anIdHasUpTo128Characters(int length) throws Exception {
        String id = "x".repeat(length);
        String echoed = api.send(api.request("/livez").header("X-Request-Id", id))
                .headers()
                .firstValue("X-Request-Id")
                .orElseThrow();
        assertEquals(length <= 128, id.equals(echoed), echoed);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
                "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
                "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
                "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
                "4bf92f3577b34da6a3ce929d0e0e4736",
                "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-",
                "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-more",
                "01-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01more",
                ""
            })
    void aMalformedTraceIsIgnored(String parent) throws Exception {
        api.send(api.request("/livez").header("traceparent", parent));
        awaitEnded(1);
        assertEquals(Set.of("request_id"), log.list.get(0).getMDCPropertyMap().keySet());
    }

    @ParameterizedTest
    @ValueSource(strings = {"00-%s-00f067aa0ba902b7-01", "01-%s-00f067aa0ba902b7-01", "01-%s-00f067aa0ba902b7-01-more"})
    void aTraceOfALaterVersionMayHaveMoreFields(String parent) throws Exception {
        api.send(api.request("/livez").header("traceparent", parent.formatted(TRACE)));
        awaitEnded(1);
        assertEquals(TRACE, log.list.get(0).getMDCPropertyMap().get("trace_id"));
    }

    /** The rest of the body never comes, so the server cuts the request off. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "POST /my_chats HTTP/1.1\r\n",
                "POST /nowhere HTTP/1.1\r\n",
                "GET /my_rooms HTTP/1.1\r\nAuthorization: Bearer %s\r\n",
                "GET /livez HTTP/1.1\r\n",
                "HEAD /livez HTTP/1.1\r\n"
            })
    void theTimeEndsWithTheAnswerEvenIfTheRequestDoesNot(String start) throws Exception {
        try (Socket socket = api.connect()) {
            long begun = System.nanoTime();
            send(socket, start.formatted(api.token) + "Host: x\r\nContent-Length: 10\r\n\r\n{}");
            // Such a short answer comes at once.
            assertEquals('H', socket.getInputStream().read());
            long answered = System.nanoTime();
            socket.getInputStream().readAllBytes();
            awaitEnded(1);
            assertTrue(ended.get(0).nanos() <= answered - begun, ended::toString);
        }
    }

    /** The answer's last bytes wait for the client to read the first. */
    @Test
    void theTimeOfAListEndsWithItsLastByte() throws Exception {
        List<RoomId> rooms = roomsBeyondTheSocketsBuffers();
        api.listMyRoomIds = caller -> rooms;
        try (Socket socket = api.connect()) {
            send(socket, "GET /my_rooms HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " + api.token + "\r\n\r\n");
            assertEquals('H', socket.getInputStream().read());
            long answering = System.nanoTime();
            Thread.sleep(100);
            long reading = System.nanoTime();
            TestApi.answer(socket);
            awaitEnded(1);
            assertTrue(ended.get(0).nanos() >= reading - answering, ended::toString);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "POST /my_chats HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s\r\nContent-Length: 9\r\n\r\n{",
                "GET / HTTP/1.1\r\nHost: x",
                "HEAD / HTTP/1.1\r\nHost: x",
                "GET / HTTP/1.1\r\n\r\n",
                "HEAD / HTTP/1.1\r\n\r\n",
                "HEAD /livez HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
                "GET /livez HTTP/1.1\r\nHost: x\r\n\r\n"
            })
    void theLengthIsThatOfTheBodyThatWasSent(String request) throws Exception {
        String answer = api.raw(request.formatted(api.token));
        awaitEnded(1);
        assertEquals(
                answer.length() - answer.indexOf("\r\n\r\n") - 4, ended.get(0).bytes(), answer);
    }

    @Test
    void theLengthOfARefusalOfALongHeadIsToldToo() throws Exception {
        theLengthIsThatOfTheBodyThatWasSent("GET / HTTP/1.1\r\nHost: x\r\nX: " + "x".repeat(300_000) + "\r\n\r\n");
    }

    @Test
    void anAnswerToALateBodyHasTheIdOfTheLog() throws Exception {
        String answer = api.raw("POST /my_chats HTTP/1.1\r\nHost: x\r\nX-Request-Id: order-66\r\nAuthorization: Bearer "
                + api.token + "\r\nContent-Length: 9\r\n\r\n{");
        assertTrue(answer.startsWith("HTTP/1.1 408 "), answer);
        assertTrue(answer.contains("\r\nX-Request-Id: order-66\r\n"), answer);
        awaitEnded(1);
        assertEquals("order-66", log.list.get(0).getMDCPropertyMap().get("request_id"));
    }

    @Test
    void a500QuotesTheIdOfItsRequest() throws Exception {
        api.listMyRoomIds = caller -> {
            throw new IllegalStateException("a bug");
        };
        HttpResponse<String> answer = api.myRooms();
        String id = answer.headers().firstValue("X-Request-Id").orElseThrow();
        assertTrue(answer.body().contains("the error id is " + id), answer::body);
        awaitEnded(1);
        assertTrue(log.list.get(0).getFormattedMessage().contains(id), log.list::toString);
        assertEquals(id, log.list.get(0).getMDCPropertyMap().get("request_id"));
    }

    @Test
    void theAccessLogHasALineForEachRequestWithoutItsToken() throws Exception {
        HttpResponse<String> answer = api.myChats(BODY);
        api.get("/my_rooms?token=" + api.token);
        awaitEnded(2);
        List<String> lines =
                log.list.stream().map(ILoggingEvent::getFormattedMessage).toList();
        assertTrue(
                lines.get(0)
                        .matches("POST /my_chats 200 %s B [0-9]+\\.[0-9]{3} ms"
                                .formatted(answer.body().length())),
                lines::toString);
        assertTrue(
                lines.get(1).matches("GET /my_rooms 401 [0-9]+ B [0-9]+\\.[0-9]{3} ms refused: missing"),
                lines::toString);
        assertFalse(log.list.toString().contains(api.token));
        assertEquals(
                List.of("method", "route", "status", "bytes", "duration_ms"),
                log.list.get(0).getKeyValuePairs().stream()
                        .map(pair -> pair.key)
                        .toList());
    }

    @Test
    void theManagementAddressHasWhatOperatorsNeed() throws Exception {
        api.server.serveManagement("127.0.0.1", 0, "chatlist 1", () -> "up 1\n");
        HttpResponse<String> metrics = manage("/metrics");
        assertEquals("up 1\n", metrics.body());
        assertEquals(
                "text/plain; version=0.0.4; charset=utf-8",
                metrics.headers().firstValue("Content-Type").orElseThrow());
        assertEquals(
                "{\"msg\":\"chatlist 1\",\"code\":0,\"data\":null}",
                manage("/version").body());
        assertEquals(200, manage("/livez").statusCode());
        assertEquals(200, manage("/readyz").statusCode());
        HttpResponse<String> chats = manage("/my_chats");
        assertEquals(404, chats.statusCode());
        assertTrue(chats.body().contains("try /metrics, /version, /livez or /readyz"), chats::body);
        assertEquals(404, api.get("/metrics").statusCode());
        assertEquals(404, api.get("/version").statusCode());
        awaitEnded(2);
        api.server.drain(Duration.ZERO);
        assertEquals(503, manage("/readyz").statusCode());
        assertEquals(200, manage("/metrics").statusCode());
    }

    @Test
    void probesAreAnsweredOnBothAddressesWhileTheDatabaseIsAway() throws Exception {
        api.server.serveManagement("127.0.0.1", 0, "chatlist 1", () -> "up 1\n");
        api.databaseProbe = () -> {
            throw new StorageUnavailableException("away", new IOException());
        };
        assertEquals(503, manage("/readyz").statusCode());
        assertEquals(503, api.get("/readyz").statusCode());
        assertEquals(200, manage("/livez").statusCode());
        assertNotEquals(api.server.port(), api.server.managementPort());
    }

    private HttpResponse<String> manage(String path) throws IOException, InterruptedException {
        return api.send(HttpRequest.newBuilder(
                URI.create("http://127.0.0.1:%s%s".formatted(api.server.managementPort(), path))));
    }
}
