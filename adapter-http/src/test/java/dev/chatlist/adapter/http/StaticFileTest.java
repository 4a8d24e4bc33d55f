package dev.chatlist.adapter.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Files beside the API's routes. */
class StaticFileTest {
    private static final String PAGE = "<p>שלום 🦦</p>".repeat(20_000);
    private static final String POLICY = "default-src 'none'; script-src 'self'";
    private static TestApi api;

    @BeforeAll
    static void start() {
        StaticFile page = new StaticFile("text/html; charset=utf-8", POLICY, false, PAGE.getBytes(UTF_8));
        StaticFile data = new StaticFile("application/json", POLICY, true, "{}".getBytes(UTF_8));
        api = new TestApi(TestApi.settings(Set.of("*"), 4, 4), Map.of("/", page, "/data.json", data, "/livez", page));
    }

    @AfterAll
    static void stop() {
        api.close();
    }

    @Test
    void aFileIsServedWholeWithItsTypeAndPolicy() throws Exception {
        HttpResponse<String> answer = api.get("/");

        assertEquals(200, answer.statusCode());
        assertEquals(PAGE, answer.body());
        assertEquals("text/html; charset=utf-8", header(answer, "Content-Type"));
        assertEquals(POLICY, header(answer, "Content-Security-Policy"));
        assertEquals("nosniff", header(answer, "X-Content-Type-Options"));
        assertEquals("no-referrer", header(answer, "Referrer-Policy"));
        assertEquals("no-cache", header(answer, "Cache-Control"));
    }

    @Test
    void headIsTheSameWithoutTheBody() throws Exception {
        Map<String, List<String>> get = api.get("/").headers().map();
        HttpResponse<String> head = api.send(api.anonymous("/").method("HEAD", BodyPublishers.noBody()));

        assertEquals(200, head.statusCode());
        assertEquals("", head.body());
        assertEquals(ofTheFile(get), ofTheFile(head.headers().map()));
    }

    @Test
    void anUnchangedFileIsNotSentAgain() throws Exception {
        String tag = header(api.get("/"), "ETag");
        HttpResponse<String> same = api.send(api.anonymous("/").header("If-None-Match", tag));
        HttpResponse<String> other = api.send(api.anonymous("/").header("If-None-Match", "W/\"other\""));

        assertEquals(304, same.statusCode());
        assertEquals("", same.body());
        assertEquals(tag, header(same, "ETag"));
        assertEquals(200, other.statusCode());
    }

    /** A star means any version, but {@code "*"} in quotes is a version like others. */
    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '\'',
            value = {
                "304,*",
                "304,' * '",
                "304,'W/\"other\", TAG'",
                "304,STRONG",
                "200,'\"*\"'",
                "200,W/\"*\"",
                "200,other"
            })
    void aVersionIsFoundAmongThoseThatTheClientHas(int status, String versions) throws Exception {
        String tag = header(api.get("/"), "ETag");
        String field = versions.replace("TAG", tag).replace("STRONG", tag.replace("W/", ""));

        assertEquals(
                status,
                api.send(api.anonymous("/").header("If-None-Match", field)).statusCode());
        assertEquals(
                status,
                api.send(api.anonymous("/").header("If-None-Match", "\"first\"").header("If-None-Match", field))
                        .statusCode());
    }

    /** The API is open to every origin here. */
    @ParameterizedTest
    @ValueSource(strings = {"/", "/data.json"})
    void pagesOfOtherOriginsCanNotReadAFile(String path) throws Exception {
        HttpResponse<String> answer = api.send(api.anonymous(path).header("Origin", "https://evil.example"));

        assertEquals(200, answer.statusCode());
        assertEquals(
                Set.of(),
                new TreeSet<>(answer.headers().map().keySet().stream()
                        .filter(name -> name.startsWith("access-control-"))
                        .toList()));
        assertEquals("same-origin", header(answer, "Cross-Origin-Resource-Policy"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "127.0.0.1:8080", "[::1]:8080", "192.168.1.7", "localhost:8080", "LOCALHOST"})
    void aFileOnlyByAddressIsServedToPagesOfAddresses(String host) throws Exception {
        String answer = api.raw("GET /data.json HTTP/1.1\r\nHost: %s\r\n\r\n".formatted(host));

        assertTrue(answer.startsWith("HTTP/1.1 200 "), answer);
        assertTrue(answer.endsWith("\r\n\r\n{}"), answer);
    }

    /** An attacker lets their own name lead to the victim's machine (DNS rebinding). An address has no name to change. */
    @ParameterizedTest
    @ValueSource(strings = {"evil.example:8080", "127.0.0.1.evil.example", "dead.beef", "localhost.evil.example", ""})
    void aFileOnlyByAddressIsRefusedToPagesOfNames(String host) throws Exception {
        String answer = api.raw("GET /data.json HTTP/1.1\r\nHost: %s\r\n\r\n".formatted(host));

        assertTrue(answer.startsWith("HTTP/1.1 404 "), answer);
        assertTrue(
                answer.contains("\"msg\":\"there is nothing at this path, try it by an IP address or as localhost\""),
                answer);
    }

    @Test
    void anyOtherMethodIs405() throws Exception {
        HttpRequest.Builder post = api.anonymous("/").POST(BodyPublishers.noBody());

        assertEquals(405, api.send(post).statusCode());
        assertEquals("GET, HEAD", header(api.send(post), "Allow"));
    }

    @Test
    void aFileNeverReplacesTheApi() throws Exception {
        assertEquals(
                "{\"msg\":\"ok\",\"code\":0,\"data\":null}", api.get("/livez").body());
    }

    private static Map<String, List<String>> ofTheFile(Map<String, List<String>> headers) {
        Map<String, List<String>> others = new TreeMap<>(headers);
        others.keySet().removeAll(List.of("date", "x-request-id"));
        return others;
    }

    private static String header(HttpResponse<?> answer, String name) {
        return answer.headers().firstValue(name).orElse("");
    }
}
