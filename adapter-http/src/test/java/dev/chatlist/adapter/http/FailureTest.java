package dev.chatlist.adapter.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.chatlist.adapter.http.auth.AuthSettings;
import dev.chatlist.adapter.http.auth.AuthSettings.JwksUrl;
import dev.chatlist.application.StorageUnavailableException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

/** Every failure in the contract. */
class FailureTest {
    private static TestApi api;

    private final Logger logger = (Logger) LoggerFactory.getLogger(Failure.class);
    private final ListAppender<ILoggingEvent> log = new ListAppender<>();

    @BeforeAll
    static void start() {
        api = new TestApi();
    }

    @AfterAll
    static void stop() {
        api.close();
    }

    @BeforeEach
    void record() {
        logger.addAppender(log);
        log.start();
    }

    @AfterEach
    void stopRecording() {
        logger.detachAppender(log);
        api.listMyChats = (caller, request) -> List.of();
        api.listMyRoomIds = caller -> List.of();
        api.databaseProbe = () -> "ok";
    }

    @ParameterizedTest
    @ValueSource(strings = {"/", "/my_chats/", "/my_chats/1", "//my_chats", "/MY_CHATS", "/livez/", "/my_rooms2"})
    void anyOtherPathIs404EvenWithoutToken(String path) throws Exception {
        assertFailure(404, "there is nothing at this path, try POST /my_chats or GET /my_rooms", "null", api.get(path));
    }

    @ParameterizedTest
    @CsvSource({
        "/my_chats, POST, null, GET",
        "/my_chats, POST, null, PUT",
        "/my_chats, POST, null, OPTIONS",
        "/my_rooms, GET, [], POST",
        "/my_rooms, GET, [], DELETE",
        "/livez, 'GET, HEAD', null, POST",
        "/readyz, 'GET, HEAD', null, POST"
    })
    void anyOtherMethodIs405EvenWithoutToken(String path, String allowed, String data, String method) throws Exception {
        HttpResponse<String> answer =
                api.send(api.anonymous(path).method(method, BodyPublishers.ofString("not looked at")));

        assertFailure(405, "the method must be " + allowed.replace(", ", " or "), data, answer);
        assertEquals(Optional.of(allowed), answer.headers().firstValue("Allow"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"/my_chats", "/my_rooms"})
    void headIs405WithoutABody(String path) throws Exception {
        HttpResponse<String> answer = api.send(api.request(path).method("HEAD", BodyPublishers.noBody()));

        assertEquals(405, answer.statusCode());
        assertEquals("", answer.body());
    }

    @ParameterizedTest
    @ValueSource(strings = {"/livez", "/readyz"})
    void headOfAProbeIsAnsweredAsGetWithoutABody(String path) throws Exception {
        HttpResponse<String> answer = api.send(api.anonymous(path).method("HEAD", BodyPublishers.noBody()));

        assertEquals(200, answer.statusCode());
        assertEquals("", answer.body());
        assertEquals(
                api.get(path).headers().firstValue("Content-Length"),
                answer.headers().firstValue("Content-Length"));
    }

    @ParameterizedTest
    @CsvSource({"GET, /my_rooms, []", "POST, /my_chats, null"})
    void withoutTokenIs401(String method, String path, String data) throws Exception {
        HttpResponse<String> answer = api.send(api.anonymous(path).method(method, BodyPublishers.noBody()));

        assertFailure(401, "this call needs the header Authorization: Bearer <token>", data, answer);
        assertEquals(Optional.of("Bearer realm=\"chatlist\""), answer.headers().firstValue("WWW-Authenticate"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"Basic YWRhOmFkYQ==", "Bearer", "Bearer ", "bearertoken", "Token x"})
    void anotherSchemeIs401LikeNoToken(String header) throws Exception {
        HttpResponse<String> answer = api.send(api.anonymous("/my_rooms").header("Authorization", header));

        assertFailure(401, "this call needs the header Authorization: Bearer <token>", "[]", answer);
        assertEquals(Optional.of("Bearer realm=\"chatlist\""), answer.headers().firstValue("WWW-Authenticate"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"Bearer x", "Bearer a.b.c", "Bearer a b", "bearer é"})
    void aTokenThatIsNotAcceptedIs401(String header) throws Exception {
        assertInvalidToken(api.raw("GET /my_rooms HTTP/1.1\r\nHost: x\r\nAuthorization: " + header + "\r\n\r\n"));
    }

    @Test
    void severalTokensAre401() throws Exception {
        String header = "Authorization: Bearer " + api.token + "\r\n";

        assertInvalidToken(api.raw("GET /my_rooms HTTP/1.1\r\nHost: x\r\n" + header + header + "\r\n"));
    }

    @Test
    void aTokenOf100KilobytesIs401() throws Exception {
        String header = "Authorization: Bearer " + "a".repeat(100_000);

        assertInvalidToken(api.raw("GET /my_rooms HTTP/1.1\r\nHost: x\r\n" + header + "\r\n\r\n"));
    }

    private static void assertInvalidToken(String answer) {
        assertTrue(answer.startsWith("HTTP/1.1 401 "), answer);
        assertTrue(
                answer.contains("\r\nWWW-Authenticate: Bearer realm=\"chatlist\", error=\"invalid_token\"\r\n"),
                answer);
        assertTrue(answer.endsWith("\r\n\r\n" + envelope(401, "the token is not accepted", "[]")), answer);
    }

    @Test
    void anExpiredTokenIs401WithItsOwnMessage() throws Exception {
        String expired = api.issue(Duration.ofMinutes(1), Instant.now().minusSeconds(3600));

        HttpResponse<String> answer = api.send(api.anonymous("/my_rooms").header("Authorization", "Bearer " + expired));

        assertFailure(401, "the token has expired", "[]", answer);
        assertEquals(
                Optional.of("Bearer realm=\"chatlist\", error=\"invalid_token\""),
                answer.headers().firstValue("WWW-Authenticate"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"Bearer", "bearer", "BEARER", "Bearer "})
    void theSchemeIsReadInAnyCase(String scheme) throws Exception {
        HttpResponse<String> answer =
                api.send(api.anonymous("/my_rooms").header("Authorization", scheme + " " + api.token));

        assertEquals(200, answer.statusCode());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "text/plain",
                "application/json, text/plain",
                "application/jsonx",
                "application/x-www-form-urlencoded"
            })
    void anyOtherContentTypeIs415(String contentType) throws Exception {
        HttpResponse<String> answer = api.send(api.request("/my_chats")
                .header("Content-Type", contentType)
                .POST(BodyPublishers.ofString("{\"page\":1,\"size\":1}")));

        assertFailure(415, "the Content-Type must be application/json", "null", answer);
    }

    @Test
    void aCompressedBodyIs415() throws Exception {
        HttpResponse<String> answer = api.send(api.request("/my_chats")
                .header("Content-Encoding", "gzip")
                .POST(BodyPublishers.ofString("{\"page\":1,\"size\":1}")));

        assertFailure(415, "the body must be sent as it is, without a Content-Encoding", "null", answer);
    }

    @Test
    void theTokenIsCheckedBeforeTheBody() throws Exception {
        HttpResponse<String> answer = api.send(api.anonymous("/my_chats")
                .header("Content-Type", "text/plain")
                .POST(BodyPublishers.ofString("x".repeat(100_000))));

        assertEquals(401, answer.statusCode());
    }

    @Test
    void theContentTypeIsCheckedBeforeTheSize() throws Exception {
        HttpResponse<String> answer = api.send(api.request("/my_chats")
                .header("Content-Type", "text/plain")
                .POST(BodyPublishers.ofString("x".repeat(100_000))));

        assertEquals(415, answer.statusCode());
    }

    @Test
    void aStorageOutageIs503AndOneLineInTheLog() throws Exception {
        api.listMyChats = (caller, request) -> {
            throw new StorageUnavailableException("no connection", new IllegalStateException("pool\n  is empty"));
        };
        api.listMyRoomIds = caller -> {
            throw new StorageUnavailableException("no connection");
        };

        for (HttpResponse<String> answer : List.of(api.myChats("{\"page\":1,\"size\":1}"), api.myRooms())) {
            assertFailure(
                    503,
                    "the chats can't be read right now, try again in a moment",
                    answer.uri().getPath().equals("/my_rooms") ? "[]" : "null",
                    answer);
            assertEquals(Optional.of("1"), answer.headers().firstValue("Retry-After"));
        }
        assertEquals(Level.WARN, log.list.get(0).getLevel());
        assertTrue(
                log.list
                        .get(0)
                        .getFormattedMessage()
                        .endsWith("no connection <- " + "java.lang.IllegalStateException: pool is empty"),
                log.list.toString());
        assertEquals(null, log.list.get(0).getThrowableProxy());
    }

    @ParameterizedTest
    @CsvSource({"/my_chats, null", "/my_rooms, []"})
    void anUnexpectedExceptionIs500AndIsLoggedUnderTheIdThatTheClientGets(String path, String data) throws Exception {
        api.listMyChats = (caller, request) -> {
            throw new IllegalStateException("secret detail");
        };
        api.listMyRoomIds = caller -> {
            throw new StackOverflowError("secret detail");
        };

        HttpResponse<String> answer = path.equals("/my_rooms") ? api.myRooms() : api.myChats("{\"page\":1,\"size\":1}");

        Matcher id = Pattern.compile("error id is ([0-9a-f]{16})\"").matcher(answer.body());
        assertTrue(id.find(), answer.body());
        assertFailure(
                500, "something went wrong here, not with your request; the error id is " + id.group(1), data, answer);
        assertFalse(answer.body().contains("secret"), answer.body());
        ILoggingEvent line = log.list.get(0);
        assertEquals(Level.ERROR, line.getLevel());
        assertTrue(line.getFormattedMessage().contains(id.group(1)), line.getFormattedMessage());
        assertEquals("secret detail", line.getThrowableProxy().getMessage());
    }

    @Test
    void anUnreachableJwksEndpointIs503AndNot401() throws Exception {
        URI nobodyThere;
        try (ServerSocket free = new ServerSocket(0)) {
            nobodyThere = URI.create("http://127.0.0.1:%d/jwks".formatted(free.getLocalPort()));
        }
        try (TestApi other = new TestApi(TestApi.settings(Set.of(), 4, 4), AuthSettings.of(new JwksUrl(nobodyThere)))) {
            // Its header says RS256. The signature doesn't matter, because there is no key.
            String token = "eyJhbGciOiJSUzI1NiIsImtpZCI6IjEifQ.eyJzdWIiOiJhZGEifQ.AAAA";

            HttpResponse<String> answer =
                    other.send(other.anonymous("/my_rooms").header("Authorization", "Bearer " + token));

            assertFailure(503, "tokens can't be checked right now, try again in a moment", "[]", answer);
            assertEquals(Optional.of("1"), answer.headers().firstValue("Retry-After"));
        }
    }

    @Test
    void theProbesAnswerWithoutAToken() throws Exception {
        assertEquals(
                "{\"msg\":\"ok\",\"code\":0,\"data\":null}", api.get("/livez").body());
        assertEquals(
                "{\"msg\":\"ok\",\"code\":0,\"data\":null}", api.get("/readyz").body());
    }

    @Test
    void readinessIs503WhileTheDatabaseDoesNotAnswerAndLivenessDoesNotAsk() throws Exception {
        api.databaseProbe = () -> {
            throw new StorageUnavailableException("no connection");
        };

        assertFailure(503, "the chats can't be read right now, try again in a moment", "null", api.get("/readyz"));
        assertEquals(200, api.get("/livez").statusCode());
    }

    private static void assertFailure(int status, String msg, String data, HttpResponse<String> answer) {
        assertEquals(envelope(status, msg, data), answer.body());
        assertEquals(status, answer.statusCode());
        assertEquals(Optional.of("application/json"), answer.headers().firstValue("Content-Type"));
        assertEquals(Optional.of("no-store"), answer.headers().firstValue("Cache-Control"));
        assertEquals(Optional.of("nosniff"), answer.headers().firstValue("X-Content-Type-Options"));
    }

    private static String envelope(int status, String msg, String data) {
        return "{\"msg\":\"%s\",\"code\":%d,\"data\":%s,\"message\":\"%1$s\"}".formatted(msg, status, data);
    }
}
