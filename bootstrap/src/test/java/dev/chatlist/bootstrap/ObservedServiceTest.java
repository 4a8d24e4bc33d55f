package dev.chatlist.bootstrap;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.stream.Collectors.toCollection;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What an operator sees of the running program: metrics and logs. Each test runs a process of its own. */
class ObservedServiceTest {
    private static final String TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
    private static final HttpClient CLIENT = HttpClient.newHttpClient();

    @TempDir
    Path directory = Path.of("");

    /** A service, whose log goes to a file. */
    private final class Service implements AutoCloseable {
        private final Process process;
        private final String url;

        Service(String... flags) throws IOException {
            List<String> arguments =
                    new ArrayList<>(List.of("serve", "--port=0", "--data-dir=" + directory.resolve("data")));
            arguments.addAll(List.of(flags));
            process = new ProcessBuilder(ProgramCommand.of(List.of(ProgramCommand.PRODUCT_LOGGING), arguments))
                    .redirectError(directory.resolve("log").toFile())
                    .start();
            BufferedReader out = process.inputReader(UTF_8);
            String line = out.readLine();
            assertTrue(line != null && line.startsWith("Chatlist answers on "), this::log);
            url = line.replace("Chatlist answers on ", "");
        }

        HttpResponse<String> myRooms(String... headers) throws IOException, InterruptedException {
            HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(url + "/my_rooms"));
            return CLIENT.send(
                    headers.length == 0
                            ? request.build()
                            : request.headers(headers).build(),
                    BodyHandlers.ofString());
        }

        HttpResponse<String> manage(String path) throws IOException, InterruptedException {
            Matcher address =
                    Pattern.compile("Metrics are on (http://.*)/metrics").matcher(log());
            assertTrue(address.find(), this::log);
            return CLIENT.send(
                    HttpRequest.newBuilder(URI.create(address.group(1) + path)).build(), BodyHandlers.ofString());
        }

        String log() {
            try {
                return Files.readString(directory.resolve("log"));
            } catch (IOException e) {
                return e.toString();
            }
        }

        /** Waits for a line, which is written a moment after the answer was sent. */
        String awaitLine(String part) throws InterruptedException {
            Instant deadline = Instant.now().plusSeconds(30);
            while (Instant.now().isBefore(deadline)) {
                for (String line : log().lines().toList()) {
                    if (line.contains(part)) {
                        return line;
                    }
                }
                Thread.sleep(10);
            }
            return fail("no line has " + part + ": " + log());
        }

        @Override
        public void close() {
            process.destroy();
            process.onExit().join();
        }
    }

    @Test
    void aRequestIsFollowedByItsIdThroughLogsOfJson() throws Exception {
        try (Service service = new Service("--access-log", "--log-format=json", "--log-level=debug")) {
            assertEquals(
                    401,
                    service.myRooms(
                                    "X-Request-Id", "order-66",
                                    "traceparent", "00-" + TRACE + "-00f067aa0ba902b7-01",
                                    "Authorization", "Bearer hush.hush.hush")
                            .statusCode());
            JsonNode access = new ObjectMapper().readTree(service.awaitLine("\"loggerName\":\"access\""));
            assertEquals("order-66", access.path("mdc").path("request_id").textValue(), access::toString);
            assertEquals(TRACE, access.path("mdc").path("trace_id").textValue(), access::toString);
            assertEquals(
                    "/my_rooms", access.path("kvpList").path(1).path("route").textValue(), access::toString);
            JsonNode why = new ObjectMapper().readTree(service.awaitLine("401, the token is not accepted"));
            assertEquals("order-66", why.path("mdc").path("request_id").textValue(), why::toString);
            for (String line : service.log().lines().toList()) {
                assertTrue(new ObjectMapper().readTree(line).isObject(), line);
            }
            assertFalse(service.log().contains("hush"), service::log);
        }
    }

    @Test
    void aLineOfTextNamesTheRequestAndItsTrace() throws Exception {
        try (Service service = new Service("--access-log=on")) {
            service.myRooms("X-Request-Id", "order-66", "traceparent", "00-" + TRACE + "-00f067aa0ba902b7-01");
            String id = service.myRooms().headers().firstValue("X-Request-Id").orElseThrow();
            assertTrue(
                    service.awaitLine("access [order-66")
                            .matches(".* INFO  access \\[order-66 " + TRACE
                                    + "] - GET /my_rooms 401 [0-9]+ B [0-9.]+ ms refused: missing"),
                    service::log);
            assertTrue(service.awaitLine("access [" + id).contains("access [" + id + "] - GET /my_rooms 401"));
        }
    }

    @Test
    void metricsAgreeWithWhatWasSent() throws Exception {
        try (Service service = new Service("--management-port=0")) {
            List<Integer> statuses = IntStream.range(0, 100)
                    .parallel()
                    .mapToObj(n -> send(service.url, n % 2 == 0 ? "/my_rooms" : "/nowhere"))
                    .toList();
            assertEquals(50, statuses.stream().filter(status -> status == 401).count());
            String metrics = await(service, "uri=\"/my_rooms\"", 50);
            assertEquals(50, count(metrics, "uri=\"UNKNOWN\""), metrics);
            assertTrue(metrics.contains("\nchatlist_tokens_refused_total{reason=\"missing\"} 50.0"), metrics);
            // Prometheus' own check complains of such names.
            assertFalse(metrics.contains("\nsystem_cpu_count") || metrics.contains("_ns_total"), metrics);
            requireDocumented(metrics);
            assertEquals(
                    "{\"msg\":\"chatlist (not from a jar)\",\"code\":0,\"data\":null}",
                    service.manage("/version").body());
            assertEquals(200, service.manage("/readyz").statusCode());
        }
    }

    @Test
    void metricsAreSetUpWithoutAWarning() throws Exception {
        try (Service service = new Service("--management-port=0")) {
            assertEquals(200, service.manage("/metrics").statusCode());
            assertFalse(service.log().contains("WARN  PrometheusMeterRegistry"), service::log);
        }
    }

    /** All metrics of ours are explained, and all that are explained or on the dashboard exist. */
    private static void requireDocumented(String metrics) throws IOException {
        Set<String> exposed = names("(?m)^[a-z_]+", metrics);
        String dashboard = Files.readString(Path.of("..", "docs", "grafana-dashboard.json"));
        Set<String> shown = names("[a-z]+_[a-z_]+(?=\\{)", dashboard);
        assertTrue(shown.size() > 10, shown::toString);
        assertTrue(exposed.containsAll(shown), shown::toString);
        Set<String> explained = new TreeSet<>();
        Files.readString(Path.of("..", "docs", "operations.md"))
                .lines()
                .filter(line -> line.startsWith("| `"))
                .forEach(line -> explained.addAll(names("(?<=`)[a-z]+_[a-z_]*(?=\\*?`)", line.split("\\|", -1)[1])));
        for (String name : names("(?m)^(chatlist|http_server)_[a-z_]+", metrics)) {
            assertTrue(explained.stream().anyMatch(name::startsWith), name);
        }
        for (String name : explained) {
            assertTrue(exposed.stream().anyMatch(metric -> metric.startsWith(name)), name);
        }
    }

    /** The first is logged while the settings are read. */
    @Test
    void everyLineOfTheLogIsJson() throws Exception {
        Path secret = Files.writeString(directory.resolve("secret"), "0123456789abcdef0123456789abcdef");
        Files.setPosixFilePermissions(secret, PosixFilePermissions.fromString("rw-r--r--"));
        try (Service service = new Service("--log-format=json", "--jwt-secret-file=" + secret)) {
            service.awaitLine("secret contains a secret that other users can read");
            service.log().lines().forEach(line -> assertTrue(line.startsWith("{") && line.endsWith("}"), line));
        }
    }

    @Test
    void aStackTraceIsOneLineWithoutASeparatorAtItsEnd() throws Exception {
        Process failing = new ProcessBuilder(ProgramCommand.of(
                        List.of(ProgramCommand.PRODUCT_LOGGING),
                        List.of(
                                "import",
                                "--log-level=debug",
                                directory.resolve("none").toString())))
                .redirectErrorStream(true)
                .start();
        List<String> lines = failing.inputReader(UTF_8).lines().toList();
        assertEquals(1, failing.waitFor());
        assertEquals(2, lines.size(), lines::toString);
        assertTrue(lines.get(0).matches(".* - the command failed \\| .*CommandFailure: .* \\| at .*\\)"), lines.get(0));
    }

    private static Set<String> names(String regex, String text) {
        return Pattern.compile(regex)
                .matcher(text)
                .results()
                .map(MatchResult::group)
                .collect(toCollection(TreeSet::new));
    }

    private static int send(String url, String path) {
        try {
            HttpRequest request = HttpRequest.newBuilder(URI.create(url + path))
                    .method("GET", BodyPublishers.noBody())
                    .build();
            return CLIENT.send(request, BodyHandlers.discarding()).statusCode();
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** A request may be counted a moment after its answer was sent. */
    private static String await(Service service, String tag, int expected) throws Exception {
        Instant deadline = Instant.now().plusSeconds(30);
        String metrics = service.manage("/metrics").body();
        while (count(metrics, tag) < expected && Instant.now().isBefore(deadline)) {
            metrics = service.manage("/metrics").body();
        }
        assertEquals(expected, count(metrics, tag), metrics);
        return metrics;
    }

    private static double count(String metrics, String tag) {
        return metrics.lines()
                .filter(line -> line.startsWith("http_server_requests_seconds_count{") && line.contains(tag))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' '))))
                .sum();
    }
}
