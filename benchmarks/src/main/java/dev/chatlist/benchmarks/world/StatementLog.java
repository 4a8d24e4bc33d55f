package dev.chatlist.benchmarks.world;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Pattern;

/**
 * Counts the statements that a service sends, in the log of the server. Logging takes time, so nothing else is measured
 * while it is open. Statements within triggers aren't logged.
 */
public final class StatementLog implements AutoCloseable {
    private static final Pattern STATEMENT = Pattern.compile("LOG: {2}(execute|statement)\\b[^:]*: (?<text>.*)");
    private static final String MESSAGE = "INSERT INTO messages ";
    private static final long RELOAD_NANOS = 500_000_000;

    private final WorldDatabase database;
    private final Path log;
    private long read;

    /** Begins to log. */
    public StatementLog(WorldDatabase database) throws SQLException, IOException {
        this.database = database;
        log = database.directory().resolve("postgresql").resolve("server.log");
        set(database, "'all'");
        read = Files.size(log);
    }

    /** The statements that were logged since the last call, without those of writers of messages. */
    public long count() throws IOException {
        String text;
        try (InputStream in = Files.newInputStream(log)) {
            in.skipNBytes(read);
            byte[] bytes = in.readAllBytes();
            read += bytes.length;
            text = new String(bytes, UTF_8);
        }
        return text.lines()
                .map(STATEMENT::matcher)
                .filter(line -> line.find() && !line.group("text").startsWith(MESSAGE))
                .count();
    }

    /** Ends what a benchmark that was killed has left on. */
    static void stop(WorldDatabase database) throws SQLException {
        set(database, "DEFAULT");
    }

    /** The server's processes learn of a setting one by one, and nothing tells when they have. */
    private static void set(WorldDatabase database, String statements) throws SQLException {
        database.execute("ALTER SYSTEM SET log_statement = " + statements);
        database.execute("SELECT pg_reload_conf()");
        long until = System.nanoTime() + RELOAD_NANOS;
        while (System.nanoTime() < until) {
            LockSupport.parkNanos(until - System.nanoTime());
        }
    }

    @Override
    public void close() throws SQLException {
        stop(database);
    }
}
