package dev.chatlist.adapter.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.net.SocketException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.slf4j.LoggerFactory;

/** Each line of {@code raw-requests.txt}: the answers, their form, and what the connection is good for afterwards. */
@Execution(ExecutionMode.SAME_THREAD)
class RawRequestsTest {
    private static final String LIVE = "GET /livez HTTP/1.1\r\nHost: x\r\n\r\n";
    private static final String BODY = "{\"page\":1,\"size\":20}";
    private static final Pattern ROW = Pattern.compile("(\\S+) +(open|closed) +(.*?)(?: +# .*)?");
    private static final Pattern REPEATED = Pattern.compile("\\{([^{}]+)\\*(\\d+)}");
    private static final Pattern BYTE = Pattern.compile("\\\\x([0-9a-f]{2})");
    private static final Pattern LENGTH = Pattern.compile("(?i)\r\ncontent-length: (\\d+)\r\n");

    private static TestApi api;
    private static final Logger ROOT = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    private static final ListAppender<ILoggingEvent> LOG = new ListAppender<>();

    /** A line of the file. */
    record Row(List<Integer> statuses, boolean isOpen, String text) {
        @Override
        public String toString() {
            return statuses + " " + (isOpen ? "open" : "closed") + " " + text;
        }
    }

    @BeforeAll
    static void start() {
        ROOT.addAppender(LOG);
        LOG.start();
        api = new TestApi();
    }

    /** The root logger takes warnings and errors. */
    @AfterAll
    static void stopAndAssertThatNothingWasLogged() {
        api.close();
        ROOT.detachAppender(LOG);
        assertEquals(List.of(), LOG.list);
    }

    static List<Row> rows() throws IOException, URISyntaxException {
        Path file = Path.of(Objects.requireNonNull(RawRequestsTest.class.getResource("/raw-requests.txt"))
                .toURI());
        return Files.readAllLines(file).stream()
                .filter(line -> !line.isEmpty() && !line.startsWith("#"))
                .map(RawRequestsTest::row)
                .toList();
    }

    private static Row row(String line) {
        Matcher row = ROW.matcher(line);
        assertTrue(row.matches(), line);
        List<Integer> statuses =
                Stream.of(row.group(1).split(",")).map(Integer::valueOf).toList();
        return new Row(statuses, row.group(2).equals("open"), row.group(3));
    }

    @Test
    void thereAreAtLeastAHundred() throws Exception {
        assertTrue(rows().size() > 100);
    }

    @ParameterizedTest
    @MethodSource("rows")
    void isAnsweredAsListed(Row row) throws Exception {
        byte[] request = bytes(row.text);
        boolean isHead = row.text.contains("HEAD ");
        try (Socket socket = api.connect()) {
            Thread sender = new Thread(() -> send(socket, request));
            sender.start();
            List<Integer> statuses = new ArrayList<>();
            for (int i = 0; i < row.statuses.size(); i++) {
                statuses.add(answer(socket.getInputStream(), isHead));
            }
            assertEquals(row.statuses, statuses);
            sender.join();
            if (row.isOpen) {
                send(socket, LIVE.getBytes(UTF_8));
                assertEquals(200, answer(socket.getInputStream(), false));
            } else {
                assertEquals(-1, socket.getInputStream().read(), "there is more than the answer");
            }
        }
    }

    private static byte[] bytes(String text) {
        String whole = text.replace("{H}", "Host: x⏎")
                .replace("{T}", "Authorization: Bearer " + api.token + "⏎")
                .replace("{L}", "Content-Length: " + BODY.length() + "⏎")
                .replace("{B}", BODY);
        whole = REPEATED.matcher(whole)
                .replaceAll(some -> Matcher.quoteReplacement(some.group(1).repeat(Integer.parseInt(some.group(2)))));
        whole = whole.replace("⏎", "\r\n")
                .replace("\\r", "\r")
                .replace("\\n", "\n")
                .replace("\\t", "\t")
                .replace("\\0", "\0");
        return BYTE.matcher(whole).replaceAll(RawRequestsTest::character).getBytes(ISO_8859_1);
    }

    private static String character(MatchResult hex) {
        return Matcher.quoteReplacement(String.valueOf((char) Integer.parseInt(hex.group(1), 16)));
    }

    private static void send(Socket socket, byte[] bytes) {
        try {
            OutputStream out = socket.getOutputStream();
            out.write(bytes);
            out.flush();
        } catch (SocketException e) {
            // The server has closed the connection before it has read all; the answer is there nevertheless.
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Reads one answer, checks its form and returns its status. */
    private static int answer(InputStream in, boolean isHead) throws IOException {
        StringBuilder head = new StringBuilder();
        for (int c; head.indexOf("\r\n\r\n") < 0; head.append((char) c)) {
            c = in.read();
            assertTrue(c >= 0, () -> "closed after: " + head);
        }
        assertTrue(head.toString().startsWith("HTTP/1."), head.toString());
        int status = Integer.parseInt(head.substring(9, 12));
        if (status == 100) {
            return status;
        }
        assertTrue(head.indexOf("\r\nContent-Type: application/json\r\n") > 0, head.toString());
        Matcher length = LENGTH.matcher(head);
        assertTrue(length.find(), head.toString());
        if (!isHead) {
            String body = new String(in.readNBytes(Integer.parseInt(length.group(1))), UTF_8);
            String code = "\",\"code\":%d,\"data\":".formatted(status == 200 ? 0 : status);
            assertTrue(body.startsWith("{\"msg\":\"") && body.contains(code) && body.endsWith("}"), head + body);
        }
        return status;
    }
}
