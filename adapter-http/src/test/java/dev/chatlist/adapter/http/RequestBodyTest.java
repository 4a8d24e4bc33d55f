package dev.chatlist.adapter.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.verify;
import static org.mockito.Mockito.verifyNoInteractions;

import dev.chatlist.adapter.http.request.ChatsRequestJson;
import dev.chatlist.adapter.http.request.InvalidBodyException;
import dev.chatlist.domain.PageRequest;
import java.io.OutputStream;
import java.net.Socket;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which bodies {@code POST /my_chats} accepts, and the message for every other. */
class RequestBodyTest {
    private static final int LIMIT = 16 * 1024;
    private static final String GOOD = "{\"page\":2,\"size\":20}";

    private static TestApi api;

    private final TestApi.Chats listMyChats = mock();

    @BeforeAll
    static void start() {
        api = new TestApi();
    }

    @BeforeEach
    void attach() {
        api.listMyChats = listMyChats;
    }

    @AfterAll
    static void stop() {
        api.close();
    }

    static Stream<Arguments> faults() {
        String object = "the body must be a JSON object like {\\\"page\\\":1,\\\"size\\\":20}, ";
        String page = "page must be an integer, 1 or more, it is ";
        String size = "size must be an integer from 1 to 200, it is ";
        return Stream.of(
                Arguments.of("", object + "it is empty"),
                Arguments.of(" ", object + "it is empty"),
                Arguments.of("[{\"page\":1,\"size\":20}]", object + "it is an array"),
                Arguments.of("\"page\"", object + "it is the string \\\"page\\\""),
                Arguments.of("1", object + "it is 1"),
                Arguments.of("null", object + "it is null"),
                Arguments.of("{\"page\":1,\"size\":20} x", object + "it is not: "),
                Arguments.of("{\"page\":1,\"size\":20} {}", object + "there is more text after it"),
                Arguments.of("{\"page\":1,\"size\":20", object + "it is not: "),
                Arguments.of("{'page':1,\"size\":20}", object + "it is not: "),
                Arguments.of("{\"page\":01,\"size\":20}", object + "it is not: "),
                Arguments.of("{\"page\":1,\"size\":20,}", object + "it is not: "),
                Arguments.of("{\"page\":NaN,\"size\":20}", object + "it is not: "),
                Arguments.of("{\"page\":1,\"page\":1,\"size\":20}", object + "it is not: Duplicate field 'page'"),
                Arguments.of("{\"page\":1,\"size\":20,\"x\":1,\"x\":1}", object + "it is not: Duplicate field 'x'"),
                Arguments.of("{\"page\":1,\"size\":20,\"x\":{\"y\":1,\"y\":1}}", object + "it is not: Duplicate field"),
                Arguments.of("{}", "page is missing, it must be an integer, 1 or more"),
                Arguments.of("{\"size\":20}", "page is missing, it must be an integer, 1 or more"),
                Arguments.of("{\"page\":1}", "size is missing, it must be an integer from 1 to 200"),
                Arguments.of("{\"PAGE\":1,\"size\":20}", "page is missing, it must be an integer, 1 or more"),
                Arguments.of("{\"page\":0,\"size\":20}", page + "0"),
                Arguments.of("{\"page\":-1,\"size\":20}", page + "-1"),
                Arguments.of("{\"page\":-0,\"size\":20}", page + "-0"),
                Arguments.of("{\"page\":-99999999999999999999,\"size\":20}", page + "-99999999999999999999"),
                Arguments.of("{\"page\":\"1\",\"size\":20}", page + "the string \\\"1\\\""),
                Arguments.of("{\"page\":1.0,\"size\":20}", page + "1.0"),
                Arguments.of("{\"page\":1e2,\"size\":20}", page + "1e2"),
                Arguments.of("{\"page\":\"\\ud800\",\"size\":20}", page + "the string \\\"?\\\""),
                Arguments.of(
                        "{\"page\":\"%s🦍\",\"size\":20}".formatted("x".repeat(39)),
                        page + "the string \\\"%s?…\\\"".formatted("x".repeat(39))),
                Arguments.of("{\"\\ud800\":1}", object + "it is not: Broken surrogate pair"),
                Arguments.of(
                        "{\"%s\":1,\"%1$s\":1}".formatted("x".repeat(5_000)),
                        object + "it is not: Duplicate field '" + "x".repeat(183) + "…"),
                Arguments.of("{\"page\":true,\"size\":20}", page + "true"),
                Arguments.of("{\"page\":null,\"size\":20}", page + "null"),
                Arguments.of("{\"page\":[1],\"size\":20}", page + "an array"),
                Arguments.of("{\"page\":{},\"size\":20}", page + "an object"),
                Arguments.of("{\"page\":1,\"size\":0}", size + "0"),
                Arguments.of("{\"page\":1,\"size\":201}", size + "201"),
                Arguments.of("{\"page\":1,\"size\":-20}", size + "-20"),
                Arguments.of("{\"page\":1,\"size\":4294967297}", size + "4294967297"),
                Arguments.of("{\"page\":1,\"size\":18446744073709551617}", size + "18446744073709551617"),
                Arguments.of("{\"page\":1,\"size\":20.0}", size + "20.0"),
                Arguments.of("{\"page\":1,\"size\":\"20\"}", size + "the string \\\"20\\\""),
                Arguments.of("{\"page\":1,\"size\":" + "9".repeat(10_000) + "}", size + "9".repeat(40) + "…"));
    }

    @ParameterizedTest
    @MethodSource("faults")
    void aFaultIs400AndNamed(String body, String msg) throws Exception {
        HttpResponse<String> answer = api.myChats(body);

        assertEquals(400, answer.statusCode());
        assertTrue(answer.body().startsWith("{\"msg\":\"" + msg), answer.body());
        assertTrue(answer.body().contains("\",\"code\":400,\"data\":null,\"message\":\"" + msg), answer.body());
        verifyNoInteractions(listMyChats);
    }

    /** Each character of a set in each place of a good body. */
    @Test
    void noFaultIsNamedInTheWordsOfALibrary() {
        String signs = "'`{}[]:,\\\"/+-.01eEnNI\0\t\n#*é\uD800";
        for (int at = 0; at <= GOOD.length(); at++) {
            for (int i = 0; i < signs.length(); i++) {
                String body = GOOD.substring(0, at) + signs.charAt(i) + GOOD.substring(at);
                try {
                    ChatsRequestJson.parse(body.getBytes(UTF_8), 200);
                } catch (InvalidBodyException e) {
                    String message = String.valueOf(e.getMessage()).replace("'`'", "");
                    assertFalse(
                            message.matches("(?s).*(`|Feature|Source|[a-z]+\\.[a-z]+\\.).*"), body + ": " + message);
                }
            }
        }
        for (String body :
                List.of("{\"page\":NaN}", "{page:1}", "{'page':1}", "{\"page\":+1}", "{\"page\":.5}", "[1,]")) {
            InvalidBodyException e =
                    assertThrows(InvalidBodyException.class, () -> ChatsRequestJson.parse(body.getBytes(UTF_8), 200));
            assertFalse(String.valueOf(e.getMessage()).contains("`"), e.getMessage());
        }
    }

    @Test
    void textThatIsNotUtf8Is400() throws Exception {
        byte[] latin1 = {'{', '"', (byte) 0xe9, '"', ':', '1', '}'};
        byte[] overlong = {'{', '"', (byte) 0xc0, (byte) 0x80, '"', ':', '1', '}'};

        for (byte[] body : List.of(latin1, overlong)) {
            HttpResponse<String> answer = post(BodyPublishers.ofByteArray(body));

            assertEquals(400, answer.statusCode());
            assertTrue(answer.body().contains("it is not UTF-8"), answer.body());
        }
    }

    @Test
    void pageAndSizeReachTheUseCaseWithTheTokensUser() throws Exception {
        assertEquals(
                200,
                api.myChats("{\"user_id\":\"eve\",\"size\":200,\"page\":3}").statusCode());

        verify(listMyChats).listMyChats(TestApi.CALLER, new PageRequest(3, 200));
    }

    @ParameterizedTest
    @ValueSource(strings = {"999999999999999999", "9223372036854775807", "9223372036854775808", "9"})
    void aPageNumberBeyondLongIsReadAsTheGreatestLong(String digits) throws Exception {
        assertEquals(
                200, api.myChats("{\"page\":%s,\"size\":20}".formatted(digits)).statusCode());

        long expected = digits.length() < 19 ? Long.parseLong(digits) : Long.MAX_VALUE;
        verify(listMyChats).listMyChats(TestApi.CALLER, new PageRequest(expected, 20));
    }

    @Test
    void aPageNumberOf16000DigitsIsBeyondTheLastPage() throws Exception {
        assertEquals(
                200,
                api.myChats("{\"page\":%s,\"size\":20}".formatted("9".repeat(16_000)))
                        .statusCode());

        verify(listMyChats).listMyChats(TestApi.CALLER, new PageRequest(Long.MAX_VALUE, 20));
    }

    @Test
    void unknownKeysAreIgnoredAtAnyDepth() throws Exception {
        String deep = "[".repeat(7_000) + "]".repeat(7_000);

        assertEquals(
                200,
                api.myChats("{\"x\":%s,\"page\":1,\"\":null,\"size\":20}".formatted(deep))
                        .statusCode());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "application/json",
                "APPLICATION/JSON",
                "application/json; charset=utf-8",
                "application/json;charset=\"utf-8\"; v=1"
            })
    void aJsonContentTypeMayHaveAnyParameters(String contentType) throws Exception {
        HttpResponse<String> answer = api.send(
                api.request("/my_chats").header("Content-Type", contentType).POST(BodyPublishers.ofString(GOOD)));

        assertEquals(200, answer.statusCode());
    }

    @Test
    void aBodyOfExactlyTheLimitIsReadAndOneByteMoreIs413() throws Exception {
        String fits = GOOD + " ".repeat(LIMIT - GOOD.length());

        assertEquals(200, api.myChats(fits).statusCode());
        HttpResponse<String> answer = api.myChats(fits + " ");
        assertEquals(413, answer.statusCode());
        assertTrue(
                answer.body().startsWith("{\"msg\":\"the body must not be longer than 16384 bytes\",\"code\":413,"),
                answer.body());
    }

    @Test
    void aBodyOfMegabytesIsAnsweredWith413() throws Exception {
        assertEquals(413, api.myChats(" ".repeat(20 * 1024 * 1024)).statusCode());
    }

    @Test
    void aChunkedBodyIsAnsweredWith411() throws Exception {
        for (String body : List.of(GOOD, " ".repeat(20 * 1024 * 1024))) {
            HttpResponse<String> answer = post(BodyPublishers.fromPublisher(BodyPublishers.ofString(body)));

            assertEquals(411, answer.statusCode());
            assertTrue(
                    answer.body()
                            .startsWith("{\"msg\":\"the request must have a Content-Length instead of a "
                                    + "Transfer-Encoding\",\"code\":411,\"data\":null,"),
                    answer.body());
        }
    }

    @Test
    void aLengthThatIsTooLargeIsRefusedBeforeTheBodyComes() throws Exception {
        String answer = api.raw("POST /my_chats HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nAuthorization: Bearer "
                + api.token + "\r\nContent-Length: 10000000000\r\n\r\n");

        assertTrue(answer.startsWith("HTTP/1.1 413 "), answer);
    }

    @Test
    void theRestOfARefusedBodyIsNotReadAsARequest() throws Exception {
        String smuggled = "GET /livez HTTP/1.1\r\nHost: x\r\n\r\n";
        String body = " ".repeat(20 * 1024 * 1024) + smuggled;
        try (Socket socket = api.connect()) {
            OutputStream out = socket.getOutputStream();
            String head =
                    "POST /my_chats HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s\r\nContent-Length: %d\r\n\r\n";
            out.write(head.formatted(api.token, body.length()).getBytes(UTF_8));
            out.write(body.getBytes(UTF_8));
            out.write("GET /readyz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".getBytes(UTF_8));

            assertTrue(TestApi.answer(socket).startsWith("HTTP/1.1 413 "));
            assertTrue(TestApi.answer(socket).startsWith("HTTP/1.1 200 "));
            assertEquals(-1, socket.getInputStream().read());
        }
    }

    @Test
    void expect100ContinueIsAnswered() throws Exception {
        HttpResponse<String> answer =
                api.send(api.request("/my_chats").expectContinue(true).POST(BodyPublishers.ofString(GOOD)));

        assertEquals(200, answer.statusCode());
    }

    private static HttpResponse<String> post(BodyPublisher body) throws Exception {
        return api.send(api.request("/my_chats").POST(body));
    }
}
