package dev.chatlist.adapter.persistence.embedded;

import dev.chatlist.adapter.persistence.DatabaseSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;

/**
 * A real server on a directory of its own that a test can break: kill, stop, freeze, copy, or let another server take
 * over from. It keeps its port when it starts again.
 *
 * <p>Its processes die like those of any server, but its files need no protection from the machine's own failures. What
 * it has in memory reaches its files late: a crash loses all that no commit has forced out, as it may on a busy server.
 */
public final class FaultyServer implements AutoCloseable {
    private static final List<String> SETTINGS = List.of(
            "fsync = off",
            "shared_buffers = 128MB",
            "wal_buffers = 16MB",
            "wal_writer_delay = 10s",
            "wal_writer_flush_after = 1GB",
            "checkpoint_timeout = 1h",
            "max_connections = 120",
            "wal_receiver_status_interval = 1s",
            "wal_retrieve_retry_interval = 100ms",
            "log_min_messages = warning");

    /** How long any single thing may take here before the test is stuck. */
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final Path directory;
    private final int port = EmbeddedPostgres.freePort();
    private final PostgresServer server;
    private final Superuser superuser;
    private Optional<Postmaster> postmaster = Optional.empty();

    private FaultyServer(Path directory) throws IOException {
        this.directory = directory;
        server = new PostgresServer(PostgresBinaries.archive(), directory, ServerUser.searchPath());
        superuser = new Superuser(new DataDirectory(directory));
    }

    /** A running server with an empty database. */
    public static FaultyServer create() throws IOException {
        FaultyServer created = new FaultyServer(Files.createTempDirectory("chatlist-faulty"));
        created.server.create(Superuser.NAME, created.superuser.newPassword());
        created.configure(SETTINGS);
        created.start();
        return created;
    }

    /** A server with the data of this one, which must be stopped; stopped as well. */
    public FaultyServer copy() throws IOException {
        FaultyServer copy = new FaultyServer(Files.createTempDirectory("chatlist-faulty"));
        copy(directory, copy.directory);
        return copy;
    }

    private static void copy(Path from, Path to) throws IOException {
        run("cp", "-a", from + "/.", to.toString());
    }

    /** A stopped server with a base backup of this one, which runs on. */
    public FaultyServer backUp() throws SQLException, IOException {
        FaultyServer backup = new FaultyServer(Files.createTempDirectory("chatlist-faulty"));
        String label;
        try (Connection connection = connect()) {
            queryOn(connection, "SELECT pg_backup_start('backup', true)");
            copy(directory, backup.directory);
            label = queryOn(connection, "SELECT labelfile FROM pg_backup_stop(false)");
        }
        // As far as the end of the backup.
        copy(data().resolve("pg_wal"), backup.data().resolve("pg_wal"));
        Files.delete(backup.data().resolve("postmaster.pid"));
        backup.write("backup_label", label);
        return backup;
    }

    /** Puts the files of a copy back in place of those of this server; both are stopped. */
    public void putBack(FaultyServer copy) throws IOException {
        PostgresBinaries.deleteRecursively(directory);
        Files.createDirectory(directory);
        copy(copy.directory, directory);
    }

    /**
     * Has this server, which must be a stopped backup, recover to a point and begin a timeline there when it starts.
     *
     * @param point a restore point
     * @param log a stopped server that has written the log up to that point
     */
    public void recoverTo(String point, FaultyServer log) throws IOException {
        copy(log.data().resolve("pg_wal"), data().resolve("pg_wal"));
        // There is no archive, and the server wants to know a command all the same.
        configure(List.of(
                "restore_command = false",
                "recovery_target_name = '" + point + "'",
                "recovery_target_action = promote"));
        write("recovery.signal", "");
    }

    /**
     * Makes this server, which must be a stopped copy, a standby.
     *
     * @param primaryPort where the primary, or a proxy before it, listens
     */
    public void follow(int primaryPort) throws IOException {
        configure(List.of("primary_conninfo = 'host=127.0.0.1 port=%d user=%s password=%s'"
                .formatted(primaryPort, user(), password())));
        write("standby.signal", "");
    }

    /** The file belongs to the server's user. */
    private void write(String file, String text) throws IOException {
        Path path = Files.writeString(data().resolve(file), text);
        run("chown", "--reference=" + data(), path.toString());
    }

    private void configure(List<String> settings) throws IOException {
        Files.write(data().resolve("postgresql.conf"), settings, StandardOpenOption.APPEND);
    }

    public void start() throws IOException {
        postmaster = Optional.of(server.start(() -> port));
        if (!isStandby()) {
            superuser.createDatabaseIfMissing(port);
        }
    }

    private boolean isStandby() {
        return Files.exists(data().resolve("standby.signal"));
    }

    /** Ends all connections and writes everything to the files. */
    public void stop() throws IOException {
        server.stop();
        postmaster = Optional.empty();
    }

    /** As an operator does in a hurry: the next start recovers as after a crash. */
    public void stopImmediately() throws IOException {
        List<ProcessHandle> all = processes();
        signal("QUIT", all.get(0).pid());
        awaitEnd(all);
    }

    /** Kills every process at once. */
    public void kill() throws IOException {
        List<ProcessHandle> all = processes();
        all.forEach(ProcessHandle::destroyForcibly);
        awaitEnd(all);
    }

    private void awaitEnd(List<ProcessHandle> processes) throws IOException {
        for (ProcessHandle process : processes) {
            try {
                process.onExit().get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
            } catch (InterruptedException | ExecutionException | TimeoutException e) {
                throw new IOException("process " + process.pid() + " doesn't end", e);
            }
        }
        postmaster = Optional.empty();
    }

    private List<ProcessHandle> processes() {
        ProcessHandle main =
                postmaster.flatMap(running -> ProcessHandle.of(running.pid())).orElseThrow();
        return Stream.concat(Stream.of(main), main.descendants()).toList();
    }

    /** Kills the process of one connection, which makes the server end all others and recover. */
    public void killBackend() throws SQLException, IOException {
        try (Connection victim = connect()) {
            signal("KILL", pidOf(victim));
            awaitRecovery();
        }
    }

    private void awaitRecovery() throws SQLException {
        long begun = System.nanoTime();
        while (true) {
            try (Connection connection = connect()) {
                // The crash ends all connections, so one that still answers a little later was opened after it.
                Thread.sleep(50);
                queryOn(connection, "SELECT 1");
                return;
            } catch (SQLException e) {
                if (System.nanoTime() - begun > PATIENCE.toNanos()) {
                    throw e;
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new SQLException(e);
            }
        }
    }

    /** The process of a connection that is busy with a statement that contains this text; 0 if there is none. */
    public long busyWith(String text) throws SQLException {
        return Long.parseLong(query(
                "SELECT coalesce(max(pid), 0) FROM pg_stat_activity WHERE state = 'active' AND pid <> pg_backend_pid()"
                        + " AND query LIKE '%" + text + "%'"));
    }

    public long pidOf(Connection connection) throws SQLException {
        return Long.parseLong(queryOn(connection, "SELECT pg_backend_pid()"));
    }

    /** Stops the process in its tracks, with all its connections open. */
    public void freeze(long pid) throws IOException {
        signal("STOP", pid);
    }

    public void thaw(long pid) throws IOException {
        signal("CONT", pid);
    }

    private static void signal(String name, long pid) throws IOException {
        run("sh", "-c", "kill -s " + name + " " + pid);
    }

    /** Waits until a standby follows and has all that this server has written. */
    public void awaitStandby() throws Exception {
        await("SELECT count(*) > 0 AND bool_and(state = 'streaming' AND replay_lsn = pg_current_wal_flush_lsn())"
                + " FROM pg_stat_replication");
    }

    /** From now on, no commit is acknowledged before the standby has it. */
    public void commitSynchronously() throws Exception {
        execute("ALTER SYSTEM SET synchronous_standby_names = '*'", "SELECT pg_reload_conf()");
        await("SELECT bool_or(sync_state = 'sync') FROM pg_stat_replication");
    }

    public void await(String condition) throws Exception {
        long begun = System.nanoTime();
        while (!query(condition).equals("true")) {
            if (System.nanoTime() - begun > PATIENCE.toNanos()) {
                throw new TimeoutException(condition);
            }
            Thread.sleep(20);
        }
    }

    /** Makes this standby a primary, and returns when it takes writes. */
    public void promote() throws SQLException {
        execute("SELECT pg_promote()");
    }

    public void execute(String... statements) throws SQLException {
        try (Connection connection = connect();
                Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        }
    }

    /** The single value of the query's first row. */
    public String query(String sql) throws SQLException {
        try (Connection connection = connect()) {
            return queryOn(connection, sql);
        }
    }

    private static String queryOn(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            rows.next();
            return String.valueOf(rows.getObject(1));
        }
    }

    public Connection connect() throws SQLException {
        return DriverManager.getConnection(
                Superuser.jdbcUrl(port) + "?loginTimeout=10&currentSchema=chatlist", user(), password());
    }

    public int port() {
        return port;
    }

    /** For an instance that reaches this server by a port, its own or a proxy's. */
    public DatabaseSettings settings(int port, int poolSize) {
        return new DatabaseSettings(
                Superuser.jdbcUrl(port),
                user(),
                password(),
                DatabaseSettings.DEFAULT_SCHEMA,
                poolSize,
                Duration.ofSeconds(3),
                Duration.ofSeconds(5),
                DatabaseSettings.UNLIMITED);
    }

    private String user() {
        return Superuser.NAME;
    }

    private String password() {
        try {
            return superuser.password();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private Path data() {
        return directory.resolve("postgresql");
    }

    private static void run(String... command) throws IOException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
        try {
            if (process.waitFor() != 0) {
                throw new IOException(String.join(" ", command) + ": " + output);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new java.io.InterruptedIOException();
        }
    }

    @Override
    public void close() throws IOException {
        if (postmaster.isPresent()) {
            kill();
        }
        PostgresBinaries.deleteRecursively(directory);
    }
}
