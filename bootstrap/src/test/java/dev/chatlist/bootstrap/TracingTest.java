package dev.chatlist.bootstrap;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.chatlist.adapter.http.auth.AuthSettings;
import dev.chatlist.adapter.http.auth.AuthSettings.Secret;
import dev.chatlist.adapter.http.auth.TokenIssuer;
import dev.chatlist.domain.UserId;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.trace.v1.Span;
import io.opentelemetry.proto.trace.v1.Span.SpanKind;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The program with the OpenTelemetry Java agent, and a collector that takes what it sends. */
@Tag("faults")
class TracingTest {
    private static final Path AGENT = Path.of("target", "opentelemetry-javaagent.jar");
    private static final String SECRET = "0123456789abcdef0123456789abcdef";
    private static final String TRACE = "4bf92f3577b34da6a3ce929d0e0e473";
    private static final String PARENT = "00f067aa0ba902b7";

    @TempDir
    Path directory = Path.of("");

    private final List<Span> spans = new CopyOnWriteArrayList<>();

    private void collect(HttpExchange exchange) throws IOException {
        boolean isGzip = "gzip".equals(exchange.getRequestHeaders().getFirst("Content-Encoding"));
        try (InputStream body = exchange.getRequestBody();
                InputStream in = isGzip ? new GZIPInputStream(body) : body) {
            ExportTraceServiceRequest.parseFrom(in).getResourceSpansList().stream()
                    .flatMap(resource -> resource.getScopeSpansList().stream())
                    .forEach(scope -> spans.addAll(scope.getSpansList()));
        }
        exchange.sendResponseHeaders(200, -1);
        exchange.close();
    }

    private List<Span> spansOf(String trace, SpanKind kind) {
        return spans.stream()
                .filter(span -> HexFormat.of()
                        .formatHex(span.getTraceId().toByteArray())
                        .equals(trace))
                .filter(span -> span.getKind() == kind)
                .toList();
    }

    @Test
    void aRequestIsASpanOfItsClientsTraceAndSoIsEachStatement() throws Exception {
        HttpServer collector = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        collector.createContext("/v1/traces", this::collect);
        collector.start();
        Path log = directory.resolve("log");
        ProcessBuilder builder = new ProcessBuilder(ProgramCommand.of(
                        List.of("-javaagent:" + AGENT.toAbsolutePath(), ProgramCommand.PRODUCT_LOGGING),
                        List.of("serve", "--port=0", "--access-log", "--data-dir=" + directory.resolve("data"))))
                .redirectError(log.toFile());
        builder.environment()
                .putAll(Map.of(
                        "CHATLIST_JWT_SECRET", SECRET,
                        "OTEL_EXPORTER_OTLP_ENDPOINT",
                                "http://127.0.0.1:%s"
                                        .formatted(collector.getAddress().getPort()),
                        "OTEL_METRICS_EXPORTER", "none",
                        "OTEL_LOGS_EXPORTER", "none",
                        "OTEL_BSP_SCHEDULE_DELAY", "100"));
        Process service = builder.start();
        try {
            BufferedReader out = service.inputReader(UTF_8);
            String line = out.readLine();
            assertNotNull(line, () -> read(log));
            String url = line.replace("Chatlist answers on ", "");
            // The first question reads more than a later one does.
            for (int n = 1; n <= 3; n++) {
                assertEquals(200, myChats(url, TRACE + n));
            }
            awaitSpans(TRACE + 3);
            List<Span> requests = spansOf(TRACE + 3, SpanKind.SPAN_KIND_SERVER);
            assertEquals(1, requests.size(), requests::toString);
            Span request = requests.get(0);
            assertEquals(
                    PARENT, HexFormat.of().formatHex(request.getParentSpanId().toByteArray()));
            List<Span> statements = spansOf(TRACE + 3, SpanKind.SPAN_KIND_CLIENT);
            assertEquals(1, statements.size(), statements::toString);
            assertEquals(request.getSpanId(), statements.get(0).getParentSpanId());
            assertTrue(statements.get(0).toString().contains("pg_current_snapshot"), statements::toString);
            assertTrue(read(log).contains(TRACE + 3 + "] - POST /my_chats 200"), () -> read(log));
        } finally {
            service.destroy();
            service.onExit().join();
            collector.stop(0);
        }
    }

    private static int myChats(String url, String trace) throws IOException, InterruptedException {
        String token = new TokenIssuer(AuthSettings.of(Secret.of(SECRET.getBytes(UTF_8))))
                .issue(new UserId("ada"), Duration.ofHours(1), Instant.now());
        HttpRequest request = HttpRequest.newBuilder(URI.create(url + "/my_chats"))
                .header("Authorization", "Bearer " + token)
                .header("traceparent", "00-" + trace + "-" + PARENT + "-01")
                .POST(BodyPublishers.ofString("{\"page\":1,\"size\":5}"))
                .build();
        return HttpClient.newHttpClient()
                .send(request, BodyHandlers.discarding())
                .statusCode();
    }

    /** The span of the request ends last, so all others of its trace have been sent before or with it. */
    private void awaitSpans(String trace) throws InterruptedException {
        Instant deadline = Instant.now().plusSeconds(30);
        while (spansOf(trace, SpanKind.SPAN_KIND_SERVER).isEmpty()) {
            if (Instant.now().isAfter(deadline)) {
                fail("no span of " + trace + " among " + spans);
            }
            Thread.sleep(10);
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            return e.toString();
        }
    }
}
