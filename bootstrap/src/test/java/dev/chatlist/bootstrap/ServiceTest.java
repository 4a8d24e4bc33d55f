package dev.chatlist.bootstrap;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.chatlist.adapter.persistence.embedded.EmbeddedPostgres;
import dev.chatlist.bootstrap.process.StopSignal;
import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PipedReader;
import java.io.PipedWriter;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Runs the commands with real sockets and the embedded database. */
@Timeout(300)
class ServiceTest {
    private static final String WORLD = """
            {"type":"user","user_id":"ada","nick_name":"Ada","created_at":1}
            {"type":"user","user_id":"bob","nick_name":"Bob","created_at":2}
            {"type":"room","room_id":"r1","creator_id":"ada","created_at":10}
            {"type":"room","room_id":"r2","creator_id":"bob","created_at":20}
            {"type":"join","room_id":"r1","user_id":"ada","at":11}
            {"type":"join","room_id":"r2","user_id":"bob","at":21}
            {"type":"join","room_id":"r2","user_id":"ada","at":22}
            {"type":"message","id":"m1","to_room_id":"r2","from_uid":"bob","msg_contents":"Hi","created_at":30}
            """;

    private static final String LATER = """
            {"type":"message","id":"m2","to_room_id":"r1","from_uid":"bob","msg_contents":"Ho","created_at":40}
            """;

    @TempDir
    Path directory = Path.of("");

    @Test
    void importedAndInsertedMessagesAreServedAtOnceAndAfterARestart() throws Exception {
        assertTrue(run(WORLD, "import", "-").startsWith("standard input: 8 events in "));
        String token = run("", "token", "ada").strip();
        try (Service service = new Service("serve", "--port=0")) {
            assertEquals(List.of("r2: Hi", "r1: null"), service.chats(token));
            assertEquals(List.of("r1", "r2"), service.rooms(token));

            run(LATER, "import", "-");
            assertEquals(List.of("r1: Ho", "r2: Hi"), service.chats(token));

            insertMessageWithSql("m3", "r2", "psql says hi");
            assertEquals(List.of("r2: psql says hi", "r1: Ho"), service.chats(token));
            assertEquals(0, service.stop());
        }
        try (Service service = new Service("serve", "--port=0")) {
            assertEquals(List.of("r2: psql says hi", "r1: Ho"), service.chats(token));
        }
    }

    @Test
    void aDemoPrintsATokenAndRecordsItsWorldOnce() throws Exception {
        int rooms;
        try (Service demo = new Service("demo", "--port=0")) {
            assertTrue(demo.said.contains("You are Ada, user_id \"ada\""), demo.said);
            String token = demo.said
                    .lines()
                    .filter(line -> line.startsWith("eyJ"))
                    .findFirst()
                    .orElseThrow();
            assertTrue(demo.said.contains("Authorization: Bearer " + token), demo.said);
            rooms = demo.rooms(token).size();
            assertEquals(20, demo.chats(token).size());
            assertEquals(0, demo.stop());
        }
        try (Service demo = new Service("demo", "--port=0")) {
            assertEquals(rooms, demo.rooms(run("", "token", "ada").strip()).size());
        }
    }

    @Test
    void aPortInUseIsReportedInOneLine() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            StringWriter err = new StringWriter();
            int port = taken.getLocalPort();
            assertEquals(1, execute("", new StringWriter(), err, new StopSignal(), "serve", "--port=" + port));
            assertEquals(
                    "chatlist: can't listen on 127.0.0.1:%d: Address already in use%n".formatted(port), err.toString());
        }
    }

    @Test
    void theServiceFailsWhenTheEmbeddedServerEndsAndRecoversInTheNextRun() throws Exception {
        run(WORLD, "import", "-");
        String token = run("", "token", "ada").strip();
        try (Service service = new Service("serve", "--port=0")) {
            String pid = Files.readAllLines(pidFile()).get(0);
            ProcessHandle.of(Long.parseLong(pid)).orElseThrow().destroyForcibly();
            assertEquals(1, service.exitCode.join());
            String said = service.err.toString();
            assertTrue(said.startsWith("chatlist: the embedded PostgreSQL in " + directory + " has ended"), said);
            assertEquals(1, said.lines().count(), said);
        }
        try (Service service = new Service("serve", "--port=0")) {
            assertEquals(List.of("r1", "r2"), service.rooms(token));
        }
    }

    @Test
    void sigtermEndsTheWaitForADatabaseAtOnce() throws Exception {
        try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            String url = "--jdbc-url=jdbc:postgresql://127.0.0.1:%d/x".formatted(silent.getLocalPort());
            silent.setSoTimeout(60_000);
            for (String command : List.of("serve", "import -")) {
                String[] arguments = (command + " --port=0 --db-user=u --db-connect-timeout=1m " + url).split(" ", -1);
                Process process = process(arguments);
                // The driver has connected and waits for an answer.
                silent.accept();
                long begun = System.nanoTime();
                process.toHandle().destroy();
                String said = new String(process.getErrorStream().readAllBytes(), UTF_8);
                assertEquals(command.equals("serve") ? 0 : 1, process.waitFor(), said);
                assertTrue(System.nanoTime() - begun < 5_000_000_000L, said);
                assertEquals("chatlist: stopped before the database was open%n".formatted(), said);
            }
        }
    }

    @Test
    void sigtermEndsTheWaitForAnotherProcessThatStartsTheServerAtOnce() throws Exception {
        Path lock = directory.resolve("start.lock");
        try (FileChannel start = FileChannel.open(lock, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            assertTrue(start.lock().isValid());
            Process process = process("serve", "--port=0");
            while (!hasOpened(process, lock)) {
                Thread.sleep(50);
            }
            Thread.sleep(500);
            long begun = System.nanoTime();
            process.toHandle().destroy();
            String said = new String(process.getErrorStream().readAllBytes(), UTF_8);
            assertEquals(0, process.waitFor(), said);
            assertTrue(System.nanoTime() - begun < 5_000_000_000L, said);
            assertEquals("chatlist: stopped before the database was open%n".formatted(), said);
        }
    }

    @Test
    @Tag("faults")
    void aWaitAtTheStartSaysWhatItWaitsFor() throws Exception {
        try (FileChannel start = FileChannel.open(
                directory.resolve("start.lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            assertTrue(start.lock().isValid());
            Process process = process("serve", "--port=0");
            try (BufferedReader err = process.errorReader(UTF_8)) {
                String line = err.readLine();
                assertTrue(
                        line.endsWith("Waiting for another process that starts or stops PostgreSQL in " + directory),
                        line);
            } finally {
                process.toHandle().destroy();
            }
        }
    }

    /** PostgreSQL doesn't know IST, which the driver would tell it. */
    @Test
    void anyTimeZoneOfTheJvmWillDoAndLogsAreInIt() throws Exception {
        Process process = process(List.of("-Duser.timezone=IST"), "import", "-", "--max-text-bytes=1024");
        process.getOutputStream().close();
        String said = new String(process.getErrorStream().readAllBytes(), UTF_8);
        assertEquals(0, process.waitFor(), said);
        assertTrue(said.lines().anyMatch(line -> line.matches("[-0-9]+T[0-9:.]+\\+05:30 INFO .*")), said);
    }

    private static boolean hasOpened(Process process, Path file) throws IOException {
        try (Stream<Path> open = Files.list(Path.of("/proc", String.valueOf(process.pid()), "fd"))) {
            for (Path link : (Iterable<Path>) open::iterator) {
                if (Files.exists(link) && Files.isSameFile(link, file)) {
                    return true;
                }
            }
            return false;
        }
    }

    @Test
    void aRefusedUserIsReportedInOneLine() throws Exception {
        try (EmbeddedPostgres server = EmbeddedPostgres.open(directory)) {
            StringWriter err = new StringWriter();
            Path wrong = Files.writeString(directory.resolve("wrong"), "wrong");
            String[] arguments = {
                "serve",
                "--port=0",
                "--jdbc-url=" + server.jdbcUrl(),
                "--db-user=chatlist",
                "--db-password-file=" + wrong
            };
            assertEquals(1, execute("", new StringWriter(), err, new StopSignal(), arguments));
            assertTrue(
                    err.toString()
                            .startsWith(
                                    "chatlist: can't connect to the database: FATAL: password authentication failed"),
                    err.toString());
            assertEquals(1, err.toString().lines().count(), err.toString());
        }
    }

    @Test
    void aNewerSchemaIsRefusedInOneLine() throws Exception {
        run(WORLD, "import", "-");
        executeSql(
                "INSERT INTO flyway_schema_history SELECT 100, '2', description, type, 'V2__next.sql', checksum,"
                        + " installed_by, installed_on, execution_time, success FROM flyway_schema_history WHERE version = '1'");
        StringWriter err = new StringWriter();
        assertEquals(1, execute("", new StringWriter(), err, new StopSignal(), "serve", "--port=0"));
        assertEquals(
                "chatlist: the tables in schema chatlist are those of a newer release, which has also applied"
                        + " V2__next.sql; start that release%n".formatted(),
                err.toString());
    }

    @Test
    void readinessFailsForTheDrainTimeWhileRequestsAreServed() throws Exception {
        run(WORLD, "import", "-");
        String token = run("", "token", "ada").strip();
        try (Service service = new Service("serve", "--port=0", "--drain-time=2s")) {
            assertEquals(200, service.status("/readyz"));
            service.stop.request();
            while (service.status("/readyz") == 200) {
                Thread.onSpinWait();
            }
            assertEquals(503, service.status("/readyz"));
            assertEquals(200, service.status("/livez"));
            assertEquals(List.of("r1", "r2"), service.rooms(token));
            assertEquals(0, service.exitCode.join());
        }
    }

    @Test
    void sigtermStopsAnImportThatWaitsForItsPipe() throws Exception {
        Process process = process("import", "-");
        // Far more than a pipe holds: when the last byte is written, the import has read most of them.
        process.getOutputStream().write("\n".repeat(1 << 20).getBytes(UTF_8));
        process.getOutputStream().flush();
        assertTrue(Files.exists(pidFile()));
        // Process.destroy would close the process's streams as well.
        process.toHandle().destroy();
        String said = new String(process.getErrorStream().readAllBytes(), UTF_8);
        assertEquals(1, process.waitFor());
        assertTrue(
                said.endsWith("chatlist: standard input: stopped (nothing of this file was applied)%n".formatted()),
                said);
        assertTrue(Files.notExists(pidFile()));
    }

    @Test
    void aFailureIsOneLineAndADebugLogHasItsStackTrace() throws Exception {
        String[] command = {"import", "-", "--jdbc-url=jdbc:postgresql://h:port/d", "--db-user=u"};
        Process process = process(command);
        String said = new String(process.getErrorStream().readAllBytes(), UTF_8);
        assertEquals(1, process.waitFor());
        assertTrue(said.startsWith("chatlist: ") && said.lines().count() == 1, said);

        Process debugged = process(Stream.concat(Stream.of(command), Stream.of("--log-level=debug"))
                .toArray(String[]::new));
        List<String> lines = new String(debugged.getErrorStream().readAllBytes(), UTF_8)
                .lines()
                .toList();
        assertTrue(
                lines.get(0).matches(".* DEBUG CommandEnd - the command failed \\| [\\w.]+Exception: .* \\| at .*"),
                lines.get(0));
        assertEquals(said.strip(), lines.get(lines.size() - 1));
    }

    /** Starts a command with the product's logging. Its standard input stays open. */
    private Process process(String... arguments) throws IOException {
        return process(List.of(), arguments);
    }

    private Process process(List<String> jvmFlags, String... arguments) throws IOException {
        List<String> flags = new ArrayList<>(jvmFlags);
        flags.add(ProgramCommand.PRODUCT_LOGGING);
        ProcessBuilder builder = new ProcessBuilder(ProgramCommand.of(flags, List.of(arguments)));
        builder.environment().put("CHATLIST_DATA_DIR", directory.toString());
        return builder.start();
    }

    private Path pidFile() {
        return directory.resolve("postgresql/postmaster.pid");
    }

    private void executeSql(String sql) throws SQLException {
        try (EmbeddedPostgres server = EmbeddedPostgres.open(directory);
                Connection connection =
                        DriverManager.getConnection(server.jdbcUrl(), server.user(), server.password());
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private void insertMessageWithSql(String id, String room, String contents) throws SQLException {
        try (EmbeddedPostgres server = EmbeddedPostgres.open(directory);
                Connection connection =
                        DriverManager.getConnection(server.jdbcUrl(), server.user(), server.password());
                PreparedStatement insert = connection.prepareStatement(
                        "INSERT INTO messages (id, to_room_id, from_uid, msg_contents, created_at)"
                                + " VALUES (?, ?, 'bob', ?, 50)")) {
            insert.setString(1, id);
            insert.setString(2, room);
            insert.setString(3, contents);
            insert.executeUpdate();
        }
    }

    private String run(String stdin, String... arguments) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        assertEquals(0, execute(stdin, out, err, new StopSignal(), arguments), err::toString);
        return out.toString();
    }

    private int execute(String stdin, Writer out, Writer err, StopSignal stop, String... arguments) {
        InputStream in = new ByteArrayInputStream(stdin.getBytes(UTF_8));
        return Main.commandLine(new Commands(Map.of("CHATLIST_DATA_DIR", directory.toString()), in, stop))
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .execute(arguments);
    }

    /** A running {@code serve} or {@code demo}. Its constructor waits until the command announces its URL. */
    private final class Service implements AutoCloseable {
        private final StopSignal stop = new StopSignal();
        private final StringWriter err = new StringWriter();
        private final CompletableFuture<Integer> exitCode;
        private final String url;
        final String said;

        Service(String... arguments) throws IOException {
            PipedWriter pipe = new PipedWriter();
            BufferedReader out = new BufferedReader(new PipedReader(pipe, 1 << 16));
            exitCode = CompletableFuture.supplyAsync(
                    () -> {
                        try (pipe) {
                            return execute("", pipe, err, stop, arguments);
                        } catch (IOException e) {
                            throw new UncheckedIOException(e);
                        }
                    },
                    // Not in the common pool: the command blocks its thread until the end.
                    service -> new Thread(service, arguments[0]).start());
            StringBuilder lines = new StringBuilder();
            String line = out.readLine();
            while (line != null && !line.startsWith("Chatlist answers on ")) {
                lines.append(line).append('\n');
                line = out.readLine();
            }
            said = lines.toString();
            url = requireNonNull(line, err::toString).replace("Chatlist answers on ", "");
        }

        List<String> chats(String token) throws IOException, InterruptedException {
            List<String> chats = new ArrayList<>();
            String body = "{\"page\": 1, \"size\": 20}";
            for (JsonNode chat : data("/my_chats", token, BodyPublishers.ofString(body), "POST")) {
                chats.add(chat.get("room_id").textValue() + ": "
                        + chat.get("latest_msg").path("msg_contents").textValue());
            }
            return chats;
        }

        List<String> rooms(String token) throws IOException, InterruptedException {
            List<String> rooms = new ArrayList<>();
            data("/my_rooms", token, BodyPublishers.noBody(), "GET").forEach(room -> rooms.add(room.textValue()));
            return rooms;
        }

        private JsonNode data(String path, String token, BodyPublisher body, String method)
                throws IOException, InterruptedException {
            HttpRequest request = HttpRequest.newBuilder(URI.create(url + path))
                    .header("Authorization", "Bearer " + token)
                    .header("Content-Type", "application/json")
                    .method(method, body)
                    .build();
            String answer = HttpClient.newHttpClient()
                    .send(request, BodyHandlers.ofString())
                    .body();
            JsonNode envelope = new ObjectMapper().readTree(answer);
            assertEquals(0, envelope.get("code").intValue(), answer);
            return envelope.get("data");
        }

        int status(String path) throws IOException, InterruptedException {
            HttpRequest request = HttpRequest.newBuilder(URI.create(url + path)).build();
            return HttpClient.newHttpClient()
                    .send(request, BodyHandlers.discarding())
                    .statusCode();
        }

        int stop() {
            stop.request();
            return exitCode.join();
        }

        @Override
        public void close() {
            stop();
        }
    }
}
