package dev.chatlist.adapter.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.read.ListAppender;
import dev.chatlist.adapter.http.observation.AccessLog;
import dev.chatlist.application.StorageUnavailableException;
import dev.chatlist.application.sync.StateToken;
import dev.chatlist.application.sync.SyncRequest;
import dev.chatlist.application.sync.Synced;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

/** Texts that come as {@code since} or {@code cursor}, however long and whatever is in them. No log has one. */
@Execution(ExecutionMode.SAME_THREAD)
class TokenTextTest {
    private static final int MEGABYTE = 1024 * 1024;

    /** In each text that a test sends. */
    private static final String MARK = "AQkwhisper";

    private static final List<Logger> LOGGERS = Stream.of("dev.chatlist", Failure.class.getName(), AccessLog.LOGGER)
            .map(name -> (Logger) LoggerFactory.getLogger(name))
            .toList();
    private static final ListAppender<ILoggingEvent> LOG = new ListAppender<>();

    private static TestApi api;

    private final List<String> received = new ArrayList<>();

    @BeforeAll
    static void start() {
        for (Logger logger : LOGGERS) {
            logger.setLevel(Level.TRACE);
            logger.addAppender(LOG);
        }
        // Its lines would drown those of other tests.
        LOGGERS.get(2).setAdditive(false);
        LOG.start();
        api = new TestApi(TestApi.settings(Set.of(), 4, 4), List.of(new AccessLog()));
    }

    @AfterAll
    static void stopAndAssertThatNoTokenWasLogged() {
        api.close();
        for (Logger logger : LOGGERS) {
            logger.detachAppender(LOG);
            logger.setLevel(null);
        }
        LOGGERS.get(2).setAdditive(true);
        List<Level> levels = LOG.list.stream().map(ILoggingEvent::getLevel).toList();
        assertTrue(levels.containsAll(List.of(Level.INFO, Level.WARN, Level.ERROR)), levels::toString);
        for (ILoggingEvent line : LOG.list) {
            String text = line.getFormattedMessage()
                    + line.getKeyValuePairs()
                    + line.getMDCPropertyMap()
                    + (line.getThrowableProxy() == null ? "" : ThrowableProxyUtil.asString(line.getThrowableProxy()));
            assertFalse(text.contains(MARK), text);
        }
    }

    @BeforeEach
    void receive() {
        api.syncMyChats = (caller, request, limit, maxBytes) -> {
            received.add(token(request));
            return new Synced<>(List.of(), List.of(), List.of(), true, null, new StateToken("s"), 0);
        };
    }

    private static String token(SyncRequest request) {
        return request instanceof SyncRequest.Delta delta
                ? delta.since().value()
                : ((SyncRequest.Walk) request).cursor().value();
    }

    @ParameterizedTest
    @CsvSource({
        "cursor, 8193, a string of at most 8192 characters",
        "cursor, 9000, a string of at most 8192 characters",
        "cursor, 16000, a string of at most 8192 characters",
        "since, 2049, a string of 1 to 2048 characters",
        "since, 9000, a string of 1 to 2048 characters"
    })
    void oneThatIsTooLongIs400AndNamesTheKeyAndTheLimit(String key, int length, String range) throws Exception {
        HttpResponse<String> answer = api.myChats(body(key, longText(length)));

        assertEquals(400, answer.statusCode());
        assertEquals(failure("%s must be %s, it has %s".formatted(key, range, length), 400), answer.body());
        assertEquals(List.of(), received);
    }

    @ParameterizedTest
    @CsvSource({"cursor, 8192", "since, 2048"})
    void theLongestAreReceived(String key, int length) throws Exception {
        assertEquals(200, api.myChats(body(key, longText(length))).statusCode());
        assertEquals(List.of(longText(length)), received);
    }

    /** The rest of the body is read and dropped, and the connection goes on. */
    @ParameterizedTest
    @ValueSource(strings = {"cursor", "since"})
    void oneOfTenMegabytesIs413AndTheConnectionStaysOpen(String key) throws Exception {
        String tooLong = body(key, longText(10 * MEGABYTE));
        String good = body(key, MARK);
        try (Socket socket = api.connect()) {
            send(socket, tooLong);
            String refused = TestApi.answer(socket);
            assertTrue(refused.startsWith("HTTP/1.1 413 "), refused);
            assertTrue(refused.endsWith(failure("the body must not be longer than 16384 bytes", 413)), refused);
            send(socket, good);
            assertTrue(TestApi.answer(socket).startsWith("HTTP/1.1 200 "));
        }
        assertEquals(List.of(MARK), received);
    }

    /** The longest body that an operator can allow. */
    @ParameterizedTest
    @CsvSource({"cursor, at most 8192", "since, 1 to 2048"})
    void oneOfAMegabyteIs400WhereBodiesMayBeAsLong(String key, String range) throws Exception {
        HttpSettings large = new HttpSettings(
                "127.0.0.1",
                0,
                Set.of(),
                200,
                MEGABYTE,
                4,
                4,
                1000,
                Duration.ofSeconds(10),
                Duration.ofSeconds(30),
                HttpSettings.DEFAULT_RESPONSE_BYTES,
                HttpSettings.DEFAULT_ENCODED_CACHE_BYTES);
        try (TestApi patient = new TestApi(large)) {
            HttpResponse<String> answer = patient.myChats(body(key, longText(1_000_000)));
            assertEquals(400, answer.statusCode());
            String msg = "%s must be a string of %s characters, it has 1000000".formatted(key, range);
            assertEquals(failure(msg, 400), answer.body());
        }
    }

    @Test
    void escapesAreReadAsJsonHasThem() throws Exception {
        List<List<String>> texts = List.of(
                List.of("\\u0041Qk", "AQk"),
                List.of("AQ\\/k\\\"\\\\", "AQ/k\"\\"),
                List.of("AQk\\u0000", "AQk\0"),
                List.of("\\u0000", "\0"),
                List.of("\\t\\n\\r\\b\\f", "\t\n\r\b\f"),
                List.of("\\ud83d\\ude00", "😀"),
                List.of("😀é\u2028", "😀é\u2028"),
                List.of("\\ud83d", "\ud83d"),
                List.of("\\ude00\\ud83d", "\ude00\ud83d"),
                List.of("\u007f%41&amp;<script>", "\u007f%41&amp;<script>"));
        for (List<String> text : texts) {
            for (String key : List.of("cursor", "since")) {
                received.clear();
                assertEquals(200, api.myChats(body(key, MARK + text.get(0))).statusCode(), text.get(0));
                assertEquals(List.of(MARK + text.get(1)), received);
            }
        }
    }

    /** Of six bytes each, they fit into a body: the limit is for characters. */
    @Test
    void anEscapedCharacterCountsOnce() throws Exception {
        assertEquals(200, api.myChats(body("since", "\\u0041".repeat(2048))).statusCode());
        HttpResponse<String> answer = api.myChats(body("since", "\\u0041".repeat(2049)));
        assertEquals(failure("since must be a string of 1 to 2048 characters, it has 2049", 400), answer.body());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\0",
                "\n",
                "\u0001",
                "\u001f",
                "\\x",
                "\\u12",
                "\\",
                "\u00ff",
                "\u00c0\u0080",
                "\u00ed\u00a0\u0080"
            })
    void whatIsNoJsonOrNoUtf8Is400(String text) throws Exception {
        for (String key : List.of("cursor", "since")) {
            byte[] body = body(key, "AQk" + text).getBytes(ISO_8859_1);
            HttpResponse<String> answer = api.send(api.request("/my_chats").POST(BodyPublishers.ofByteArray(body)));
            assertEquals(400, answer.statusCode(), answer::body);
        }
        assertEquals(List.of(), received);
    }

    /** A standby that lags behind a cursor is such an outage. */
    @Test
    void anOutageIs503WithASecondToWaitAndDoesNotShowTheToken() throws Exception {
        api.syncMyChats = (caller, request, limit, maxBytes) -> {
            throw new StorageUnavailableException("the standby lags behind the page before this one");
        };
        for (String key : List.of("cursor", "since")) {
            HttpResponse<String> answer = api.myChats(body(key, MARK));
            assertEquals(503, answer.statusCode());
            assertEquals(Optional.of("1"), answer.headers().firstValue("Retry-After"));
            assertEquals(failure("the chats can't be read right now, try again in a moment", 503), answer.body());
        }
    }

    @Test
    void anUnexpectedFailureDoesNotShowTheToken() throws Exception {
        api.syncMyChats = (caller, request, limit, maxBytes) -> {
            throw new IllegalStateException("expected by this test");
        };
        HttpResponse<String> answer = api.myChats(body("since", MARK));
        assertEquals(500, answer.statusCode());
        assertFalse(answer.body().contains(MARK), answer.body());
    }

    private static String body(String key, String json) {
        return "{\"size\":20,\"%s\":\"%s\"}".formatted(key, json);
    }

    private static String longText(int length) {
        return MARK + "A".repeat(length - MARK.length());
    }

    private static String failure(String msg, int code) {
        return "{\"msg\":\"%s\",\"code\":%s,\"data\":null,\"message\":\"%1$s\"}".formatted(msg, code);
    }

    private static void send(Socket socket, String body) throws IOException {
        OutputStream out = socket.getOutputStream();
        String head = "POST /my_chats HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s\r\nContent-Type: application/json"
                + "\r\nContent-Length: %s\r\n\r\n";
        out.write(head.formatted(api.token, body.length()).getBytes(UTF_8));
        out.write(body.getBytes(UTF_8));
        out.flush();
    }
}
