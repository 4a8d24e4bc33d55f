package dev.chatlist.bootstrap;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.chatlist.adapter.persistence.embedded.EmbeddedPostgres;
import dev.chatlist.bootstrap.process.StopSignal;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Tag("faults")
@Timeout(value = 180, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ImportStopTest {
    private static final String ADA = "{\"type\":\"user\",\"user_id\":\"ada\",\"created_at\":0}";

    @TempDir
    Path directory = Path.of("");

    private final StringWriter err = new StringWriter();

    @Test
    void aStopEndsAnImportThatWaitsForAnotherWriter() throws Exception {
        assertEquals(0, importing(ADA, new StopSignal()), err::toString);
        StopSignal stop = new StopSignal();
        FutureTask<Integer> blocked = new FutureTask<>(() -> importing(ADA, stop));
        try (EmbeddedPostgres server = EmbeddedPostgres.open(directory);
                Connection writer = DriverManager.getConnection(server.jdbcUrl(), server.user(), server.password());
                Statement statement = writer.createStatement()) {
            writer.setAutoCommit(false);
            statement.execute("UPDATE users SET nick_name = 'another writer'");
            new Thread(blocked, "import").start();
            try (Connection watcher = DriverManager.getConnection(server.jdbcUrl(), server.user(), server.password())) {
                awaitOneWaiting(watcher);
            }
            stop.request();
            assertEquals(1, blocked.get(15, TimeUnit.SECONDS));
        }
        String stopped = "chatlist: standard input: stopped (nothing of this file was applied)%n".formatted();
        assertTrue(err.toString().endsWith(stopped), err.toString());
    }

    @Test
    void aStopEndsAnExportThatWaitsForAnotherProgramsLock() throws Exception {
        assertEquals(0, importing(ADA, new StopSignal()), err::toString);
        StopSignal stop = new StopSignal();
        Path file = directory.resolve("all.ndjson");
        FutureTask<Integer> blocked =
                new FutureTask<>(() -> run(InputStream.nullInputStream(), stop, "export", "" + file));
        try (EmbeddedPostgres server = EmbeddedPostgres.open(directory);
                Connection writer = DriverManager.getConnection(server.jdbcUrl(), server.user(), server.password());
                Statement statement = writer.createStatement()) {
            writer.setAutoCommit(false);
            statement.execute("LOCK TABLE messages");
            new Thread(blocked, "export").start();
            try (Connection watcher = DriverManager.getConnection(server.jdbcUrl(), server.user(), server.password())) {
                awaitOneWaiting(watcher);
            }
            stop.request();
            assertEquals(1, blocked.get(15, TimeUnit.SECONDS));
        }
        String stopped = "chatlist: %s: stopped (the export is incomplete)%n".formatted(file);
        assertTrue(err.toString().endsWith(stopped), err.toString());
        try (Stream<Path> files = Files.list(directory)) {
            assertEquals(
                    List.of(),
                    files.filter(left -> left.toString().contains("all")).toList());
        }
    }

    private static void awaitOneWaiting(Connection watcher) throws Exception {
        String waiting = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'";
        while (true) {
            assertFalse(Thread.currentThread().isInterrupted(), "it took too long");
            try (Statement statement = watcher.createStatement();
                    ResultSet rows = statement.executeQuery(waiting)) {
                rows.next();
                if (rows.getInt(1) > 0) {
                    return;
                }
            }
        }
    }

    private int importing(String events, StopSignal stop) {
        return run(new ByteArrayInputStream(events.getBytes(UTF_8)), stop, "import", "-");
    }

    private int run(InputStream in, StopSignal stop, String... arguments) {
        return Main.commandLine(new Commands(Map.of("CHATLIST_DATA_DIR", directory.toString()), in, stop))
                .setOut(new PrintWriter(new StringWriter()))
                .setErr(new PrintWriter(err, true))
                .execute(arguments);
    }
}
