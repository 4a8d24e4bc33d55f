package dev.chatlist.bootstrap;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.chatlist.bootstrap.WorldWriter.World;
import dev.chatlist.bootstrap.process.StopSignal;
import dev.chatlist.bootstrap.settings.GivenSettings;
import dev.chatlist.bootstrap.settings.Setting;
import dev.chatlist.bootstrap.settings.Settings;
import dev.chatlist.bootstrap.settings.SettingsReader;
import dev.chatlist.bootstrap.settings.SettingsReader.Purpose;
import dev.chatlist.domain.UserId;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.postgresql.ds.PGSimpleDataSource;
import picocli.CommandLine;
import picocli.CommandLine.ParseResult;

/**
 * The client that docs/api.md shows. It holds the whole list each time that the writers pause, as a fresh walk and the
 * numbered pages show it: by default at ten moments, in a small world. These properties make it more:
 *
 * <ul>
 *   <li>{@code -Dchatlist.client.moments=100}: how many times the writers pause
 *   <li>{@code -Dchatlist.client.seconds=300}: how long they write in all; by default they write a number of transactions
 *   <li>{@code -Dchatlist.client.world=FILE.ndjson.gz}: a file of chat events to import first
 *   <li>{@code -Dchatlist.client.page=200}: the size of a page
 *   <li>{@code -Dchatlist.seed=1}: the seed of all random choices; threads take part, so it repeats a run roughly
 * </ul>
 */
@Timeout(value = 4, unit = TimeUnit.HOURS)
class ListClientTest {
    private static final int WRITERS = 4;
    private static final int TRANSACTIONS = 10;
    private static final int MOMENTS = Integer.getInteger("chatlist.client.moments", 10);
    private static final int SECONDS = Integer.getInteger("chatlist.client.seconds", 0);
    private static final int PAGE = Integer.getInteger("chatlist.client.page", 5);
    private static final String WORLD = System.getProperty("chatlist.client.world", "");
    private static final long SEED = Long.getLong("chatlist.seed", System.nanoTime());

    /** How many moments there are for one after which all states and cursors are of no use. */
    private static final int EPOCH = 3;

    private static final Path DRIVER = Path.of("src/test/resources/dev/chatlist/bootstrap/keep-lists.mjs");
    private static final Path CHATS_JS = Path.of("src/main/resources/dev/chatlist/bootstrap/inbox/chats.js");

    /** The compiler reports an expected error that isn't there. */
    private static final String ERRORS = """
            import { type Chat, keepList } from "./client.js";
            declare const chat: Chat;
            // @ts-expect-error
            chat.title;
            // @ts-expect-error
            chat.latest_msg.id;
            // @ts-expect-error
            export const rounded: number = chat.created_at;
            // @ts-expect-error
            keepList("", () => "", { size: 1, page: 1 });
            export const exact: bigint = chat.members.map((member) => member.created_at)[0] ?? 0n;
            """;

    @TempDir
    static Path directory = Path.of("");

    @BeforeAll
    static void compileTheClient() throws Exception {
        assumeTrue(isInstalled("node"));
        String documentation = Files.readString(Path.of("../docs/api.md"));
        Matcher code = Pattern.compile("(?s)```ts\n(.*?)```").matcher(documentation);
        assertTrue(code.find());
        Files.writeString(directory.resolve("client.ts"), code.group(1));
        Files.writeString(directory.resolve("errors.ts"), ERRORS);
        Files.writeString(directory.resolve("openapi.ts"), TypeScript.types(Path.of("../docs/openapi.yaml")));
        TypeScript.compile(directory);
    }

    @Test
    void theClientHoldsTheWholeListEachTimeThatTheWritersPause() throws Exception {
        if (!WORLD.isEmpty()) {
            run("import", WORLD);
        }
        Settings settings = settings();
        try (ChatListApplication service = ChatListApplication.open(settings)) {
            service.start("test", Map.of());
            DataSource database = database(service.server());
            World world = World.of(database);
            try (Writers writers = new Writers(database, world);
                    Clients clients = new Clients(service.url(), tokens(settings, world.busiest()))) {
                long written = 0;
                for (int moment = 1; moment <= MOMENTS; moment++) {
                    written += writers.write(moment % EPOCH == 0);
                    assertEquals("equal", clients.compare(), "moment %s, seed %s".formatted(moment, SEED));
                }
                JsonNode counts = clients.end();
                System.out.println("written %s, %s".formatted(written, counts));
                for (String count : List.of("walks", "deltas", "resets", "removed", "failures")) {
                    assertTrue(counts.get(count).intValue() > 0, counts::toString);
                }
            }
        }
    }

    private static void run(String... arguments) {
        StringWriter said = new StringWriter();
        Commands commands =
                new Commands(Map.of("CHATLIST_DATA_DIR", data()), InputStream.nullInputStream(), new StopSignal());
        int status = Main.commandLine(commands)
                .setOut(new PrintWriter(said))
                .setErr(new PrintWriter(said))
                .execute(arguments);
        assertEquals(0, status, said::toString);
    }

    private static Settings settings() {
        ParseResult given = new CommandLine(Setting.mixin(Map.of())).parseArgs("--port=0", "--data-dir=" + data());
        return SettingsReader.read(Purpose.SERVICE, GivenSettings.of(given, Map.of(), Map.of()));
    }

    private static String data() {
        return directory.resolve("data").toString();
    }

    private static DataSource database(Settings.Server server) {
        PGSimpleDataSource database = new PGSimpleDataSource();
        database.setUrl(server.jdbcUrl());
        database.setUser(server.user());
        database.setPassword(server.password());
        // By default, writers that deadlock wait for a second.
        database.setOptions("-c deadlock_timeout=20ms");
        return database;
    }

    private static List<String> tokens(Settings settings, List<UserId> users) {
        return users.stream()
                .map(user -> settings.tokenIssuer().issue(user, Duration.ofDays(1), Instant.now()))
                .toList();
    }

    private static boolean isInstalled(String program) {
        return Stream.of(System.getenv("PATH").split(File.pathSeparator, -1))
                .anyMatch(place -> Files.isExecutable(Path.of(place, program)));
    }

    /** Four programs that write at the same time. */
    private static final class Writers implements AutoCloseable {
        private final DataSource database;
        private final ExecutorService threads = Executors.newFixedThreadPool(WRITERS + 1);
        private final List<WorldWriter> writers = new ArrayList<>();

        Writers(DataSource database, World world) throws SQLException {
            this.database = database;
            for (int n = 0; n < WRITERS; n++) {
                writers.add(new WorldWriter(database, world, SEED + n));
            }
            writers.get(0).begin();
        }

        /**
         * Writes until the next moment.
         *
         * @param beginsAnEpoch whether to make all states and cursors useless meanwhile
         * @return how many events were committed
         */
        long write(boolean beginsAnEpoch) throws Exception {
            long end = System.nanoTime() + Duration.ofSeconds(SECONDS).toNanos() / MOMENTS;
            List<Callable<Long>> tasks = new ArrayList<>();
            for (WorldWriter writer : writers) {
                tasks.add(() -> {
                    long written = 0;
                    for (int n = 0; SECONDS == 0 ? n < TRANSACTIONS : System.nanoTime() < end; n++) {
                        written += writer.write();
                    }
                    return written;
                });
            }
            if (beginsAnEpoch) {
                tasks.add(this::beginEpoch);
            }
            long written = 0;
            for (Future<Long> done : threads.invokeAll(tasks)) {
                written += done.get();
            }
            return written;
        }

        private long beginEpoch() throws SQLException {
            try (Connection connection = database.getConnection();
                    Statement statement = connection.createStatement()) {
                statement.execute("SELECT chatlist.renew_epoch()");
            }
            return 0;
        }

        @Override
        public void close() throws SQLException {
            threads.shutdownNow();
            for (WorldWriter writer : writers) {
                writer.close();
            }
        }
    }

    /** The process in which clients keep copies of the users' lists. */
    private static final class Clients implements AutoCloseable {
        private final Process process;
        private final BufferedReader said;

        Clients(String url, List<String> tokens) throws IOException {
            List<String> command = new ArrayList<>(List.of("node", DRIVER.toString()));
            command.add(directory.resolve("client.js").toUri().toString());
            command.add(CHATS_JS.toUri().toString());
            command.addAll(List.of(url, String.valueOf(PAGE), String.valueOf(SEED % Integer.MAX_VALUE)));
            command.addAll(tokens);
            process = new ProcessBuilder(command)
                    .redirectError(directory.resolve("err").toFile())
                    .start();
            said = process.inputReader(UTF_8);
        }

        String compare() throws IOException {
            process.outputWriter().append('\n').flush();
            return answer();
        }

        /** Returns what was counted. */
        JsonNode end() throws IOException {
            process.getOutputStream().close();
            return new ObjectMapper().readTree(answer());
        }

        private String answer() throws IOException {
            String line = said.readLine();
            return line != null ? line : Files.readString(directory.resolve("err"));
        }

        @Override
        public void close() {
            process.destroy();
        }
    }
}
