package dev.chatlist.adapter.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CorsTest {
    private static final String APP = "https://app.example.com";
    private static final String OTHER = "https://evil.example.com";

    private static TestApi api;

    @BeforeAll
    static void start() {
        api = new TestApi(TestApi.settings(Set.of(APP, "http://localhost:3000"), 4, 4));
    }

    @AfterAll
    static void stop() {
        api.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"/my_chats", "/my_rooms"})
    void aPreflightIsAnsweredWithoutToken(String path) throws Exception {
        HttpResponse<String> answer = preflight(api, path, APP);

        assertEquals(200, answer.statusCode());
        assertEquals("{\"msg\":\"ok\",\"code\":0,\"data\":null}", answer.body());
        assertHeader(APP, answer, "Access-Control-Allow-Origin");
        assertHeader("GET, POST", answer, "Access-Control-Allow-Methods");
        assertHeader("Authorization, Content-Type, X-Request-Id, traceparent", answer, "Access-Control-Allow-Headers");
        assertHeader("3600", answer, "Access-Control-Max-Age");
        assertHeader("Origin, Accept-Encoding", answer, "Vary");
    }

    @ParameterizedTest
    @CsvSource({"GET, /my_rooms, 401", "GET, /nothing, 404", "GET, /my_chats, 405", "GET, /livez, 200"})
    void everyAnswerIsReadableByAConfiguredOrigin(String method, String path, int status) throws Exception {
        HttpResponse<String> answer =
                api.send(api.anonymous(path).header("Origin", APP).method(method, BodyPublishers.noBody()));

        assertEquals(status, answer.statusCode());
        assertReadableBy(APP, answer);
        assertHeader(path.startsWith("/my_") ? "Origin, Accept-Encoding" : "Origin", answer, "Vary");
    }

    @Test
    void a500IsReadableByTheConfiguredOrigin() throws Exception {
        api.listMyRoomIds = caller -> {
            throw new IllegalStateException("expected by this test");
        };

        HttpResponse<String> answer = api.send(api.request("/my_rooms").header("Origin", "http://localhost:3000"));

        assertEquals(500, answer.statusCode());
        assertReadableBy("http://localhost:3000", answer);
    }

    @Test
    void anotherOriginGetsNoCorsHeaders() throws Exception {
        HttpResponse<String> answer = api.send(api.anonymous("/livez").header("Origin", OTHER));

        assertEquals(200, answer.statusCode());
        assertEquals(List.of(), corsHeaders(answer.headers()));
        assertHeader("Origin", answer, "Vary");
    }

    @Test
    void anotherOriginsPreflightIs405() throws Exception {
        HttpResponse<String> answer = preflight(api, "/my_chats", OTHER);

        assertEquals(405, answer.statusCode());
        assertEquals(List.of(), corsHeaders(answer.headers()));
    }

    @Test
    void aCallWithoutOriginGetsNoCorsHeadersButVary() throws Exception {
        HttpResponse<String> answer = api.get("/livez");

        assertEquals(List.of(), corsHeaders(answer.headers()));
        assertHeader("Origin", answer, "Vary");
    }

    @Test
    void aStarAllowsEveryOriginAndDoesNotVaryByOrigin() throws Exception {
        try (TestApi open = new TestApi(TestApi.settings(Set.of("*"), 4, 4))) {
            HttpResponse<String> answer = open.send(open.anonymous("/my_rooms").header("Origin", OTHER));

            assertEquals(401, answer.statusCode());
            assertHeader("*", answer, "Access-Control-Allow-Origin");
            assertHeader("Accept-Encoding", answer, "Vary");
            assertEquals(200, preflight(open, "/my_chats", OTHER).statusCode());
        }
    }

    @Test
    void withoutConfiguredOriginsThereAreNoCorsHeaders() throws Exception {
        try (TestApi closed = new TestApi()) {
            HttpResponse<String> answer = preflight(closed, "/my_chats", APP);

            assertEquals(405, answer.statusCode());
            assertEquals(List.of(), corsHeaders(answer.headers()));
            assertHeader("Accept-Encoding", answer, "Vary");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"https://app.example.com", "http://localhost:3000", "http://[::1]:80", "app://localhost", "*"})
    void anOriginInTheFormThatBrowsersSendIsAccepted(String origin) {
        assertEquals(Set.of(origin), TestApi.settings(Set.of(origin), 1, 1).corsOrigins());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "null",
                "app.example.com",
                "https://app.example.com/",
                "https://App.example.com",
                "https://*.example.com"
            })
    void anOriginThatNoBrowserSendsIsRefused(String origin) {
        assertThrows(IllegalArgumentException.class, () -> TestApi.settings(Set.of(origin), 1, 1));
    }

    private static HttpResponse<String> preflight(TestApi api, String path, String origin) throws Exception {
        HttpRequest.Builder request = api.anonymous(path)
                .header("Origin", origin)
                .header("Access-Control-Request-Method", "POST")
                .header("Access-Control-Request-Headers", "authorization,content-type");
        return api.send(request.method("OPTIONS", BodyPublishers.noBody()));
    }

    private static void assertReadableBy(String origin, HttpResponse<String> answer) {
        assertHeader(origin, answer, "Access-Control-Allow-Origin");
        assertHeader("WWW-Authenticate, Retry-After, X-Request-Id", answer, "Access-Control-Expose-Headers");
    }

    private static void assertHeader(String expected, HttpResponse<String> answer, String name) {
        assertEquals(List.of(expected), answer.headers().allValues(name));
    }

    private static List<String> corsHeaders(HttpHeaders headers) {
        return headers.map().keySet().stream()
                .filter(name -> name.startsWith("access-control-"))
                .toList();
    }
}
