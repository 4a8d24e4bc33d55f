package dev.chatlist.adapter.persistence;

import static java.nio.file.StandardCopyOption.ATOMIC_MOVE;
import static java.nio.file.StandardCopyOption.REPLACE_EXISTING;
import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Properties;
import java.util.Set;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A PostgreSQL server of our own in a directory, for whoever brings none. Its data survive whatever ends us.
 *
 * <p><b>The directory</b> holds {@code postgresql}, the server's data directory with its {@code postgresql.conf} (ours
 * to fill once, the user's to change) and {@code server.log}; {@code db-password}, readable by its owner alone; and
 * two lock files, which hold nothing.
 *
 * <p><b>Who stops it.</b> The server is a process apart, which several of ours use at once: an import while the
 * service runs. Each holds {@code in-use.lock} shared, and the last to leave, the one who can have it exclusively,
 * stops the server. Opening and closing hold {@code start.lock}, so that nobody starts what another is stopping. The
 * system frees the locks of a process that was killed, and the server which that one left running is adopted by the
 * next. Locks belong to a process and not to its parts; {@link #USES} counts those.
 *
 * <p><b>Is it running?</b> {@code postmaster.pid} tells the process and the port, but outlives both when the machine
 * or the container goes down; then its number may be anybody's, even ours. So it counts only if that process is a
 * {@code postgres} whose working directory is this very data directory. If it isn't, while somebody holds
 * {@code in-use.lock}, the server runs where we can't see it, in another container on the same volume, and starting
 * a second one would ruin the data.
 *
 * <p><b>Root.</b> PostgreSQL refuses to run as root, so root runs it as {@link ServerUser somebody else}, who owns
 * the data directory but perhaps can't reach it, below a directory that only root may enter. Hence its programs are
 * started <em>in</em> the data directory and know it as {@value #HERE}.
 */
public final class EmbeddedPostgres implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(EmbeddedPostgres.class);

    /** The user, and the database. */
    private static final String NAME = "chatlist";

    private static final String HERE = "/proc/self/cwd";

    /** Recovery after a crash reads up to max_wal_size of log. */
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private static final int MAX_STARTS = 5;

    /** What initdb writes into postgresql.conf; durable by default (fsync and synchronous_commit). */
    private static final List<String> SETTINGS = List.of(
            "listen_addresses=127.0.0.1",
            "unix_socket_directories=",
            // Two of our processes with full pools, and somebody with psql.
            "max_connections=50",
            // The hot part of some million messages; taken from the system only as it fills.
            "shared_buffers=256MB",
            // Imports would otherwise checkpoint every few seconds.
            "max_wal_size=2GB",
            // Compiling a query costs more than our queries do.
            "jit=off",
            // The same for parallel workers, and default containers have little of the shared memory they need.
            "max_parallel_workers_per_gather=0",
            // Data lie in memory or on solid-state disks.
            "random_page_cost=1.1",
            // Our tables are found without naming their schema.
            "search_path=chatlist, public",
            "timezone=UTC",
            "log_timezone=UTC");

    /** This process's use of each data directory. */
    private static final Map<Path, Use> USES = new HashMap<>();

    private final Path directory;
    private final Path data;
    private final ServerUser user;
    private final PostgresBinaries binaries;
    private final String jdbcUrl;
    private final String password;
    private boolean closed;

    /**
     * Starts the server of a directory, or joins those who use it; creates both where there are none. Waits until it
     * answers, for minutes if it must recover from a crash.
     *
     * @throws UncheckedIOException if that can't be; the message is all that a user needs
     */
    public static EmbeddedPostgres open(Path dataDirectory) {
        return open(dataDirectory, ServerUser.searchPath(), EmbeddedPostgres::freePort);
    }

    static EmbeddedPostgres open(Path dataDirectory, String searchPath, IntSupplier freePort) {
        synchronized (USES) {
            try {
                Path directory = existing(dataDirectory).toRealPath();
                try (FileChannel start = lockFile(directory, "start.lock")) {
                    start.lock();
                    EmbeddedPostgres server = new EmbeddedPostgres(directory, searchPath, freePort);
                    enter(directory);
                    return server;
                }
            } catch (IOException e) {
                throw failure("can't open", dataDirectory, e);
            }
        }
    }

    private EmbeddedPostgres(Path directory, String searchPath, IntSupplier freePort) throws IOException {
        this.directory = directory;
        data = directory.resolve("postgresql");
        user = ServerUser.of(data, searchPath);
        binaries = PostgresBinaries.runnableBy(user, directory);
        OptionalInt running = adopt();
        int port = running.isPresent() ? running.getAsInt() : start(freePort);
        createDatabase(port);
        jdbcUrl = url(port, NAME);
        password = readPassword();
    }

    /** Names the database as well, and neither user nor password. */
    public String jdbcUrl() {
        return jdbcUrl;
    }

    /** A superuser: the server is all ours. */
    public String user() {
        return NAME;
    }

    public String password() {
        return password;
    }

    /** Leaves the server, and stops it if nobody else uses it. */
    @Override
    public void close() {
        synchronized (USES) {
            if (closed) {
                return;
            }
            closed = true;
            try (FileChannel start = lockFile(directory, "start.lock")) {
                start.lock();
                if (leave(directory) && running() != null) {
                    control("stop", "-m", "fast");
                }
            } catch (IOException e) {
                throw failure("can't close", directory, e);
            }
        }
    }

    @Override
    public String toString() {
        return "PostgreSQL %s in %s, %s, user %s".formatted(binaries.version(), directory, jdbcUrl, NAME);
    }

    private static void enter(Path directory) throws IOException {
        Use use = USES.get(directory);
        if (use == null) {
            FileChannel channel = lockFile(directory, "in-use.lock");
            USES.put(directory, new Use(channel, channel.lock(0, Long.MAX_VALUE, true)));
        } else {
            use.count++;
        }
    }

    /** Returns whether nobody is left. */
    private static boolean leave(Path directory) throws IOException {
        Use use = USES.get(directory);
        if (use == null || --use.count > 0) {
            return false;
        }
        USES.remove(directory);
        try (FileChannel channel = use.channel) {
            use.lock.release();
            return channel.tryLock() != null;
        }
    }

    /** The port of a server that runs already, once it answers; none if its process ends before that. */
    private OptionalInt adopt() throws IOException {
        long start = System.nanoTime();
        for (Postmaster found = running(); found != null; found = running()) {
            try {
                connect(found.port).close();
                LOG.info("Using the server that runs for {}", directory);
                return OptionalInt.of(found.port);
            } catch (SQLException e) {
                boolean refused = String.valueOf(e.getSQLState()).startsWith("28");
                if (refused || System.nanoTime() - start > PATIENCE.toNanos()) {
                    throw new IOException("the server runs, but doesn't let us in: " + e.getMessage(), e);
                }
            }
            pause();
        }
        return OptionalInt.empty();
    }

    private @Nullable Postmaster running() throws IOException {
        List<String> lines;
        try {
            lines = Files.readAllLines(data.resolve("postmaster.pid"));
        } catch (NoSuchFileException e) {
            return null;
        }
        // The lines are written together, the process's number first, its port fourth.
        if (lines.size() < 4) {
            return null;
        }
        Postmaster named = new Postmaster(
                lines.get(0).strip(), Integer.parseInt(lines.get(3).strip()));
        String isServer = "[ /proc/$0/cwd -ef . ] && [ \"$(cat /proc/$0/comm)\" = postgres ]";
        return user.succeedsForAnyone(data, "sh", "-c", isServer, named.pid) ? named : null;
    }

    private int start(IntSupplier freePort) throws IOException {
        requireUnused();
        if (!Files.exists(data)) {
            initialise();
        }
        requireSameVersion();
        user.own(data);
        for (int tries = 1; ; tries++) {
            int port = freePort.getAsInt();
            try {
                startOn(port);
                return port;
            } catch (IOException e) {
                // Another program may take the port before the server does.
                if (tries == MAX_STARTS || !reason(e).contains("could not create any TCP/IP sockets")) {
                    throw e;
                }
            }
        }
    }

    private void startOn(int port) throws IOException {
        Files.deleteIfExists(data.resolve("postmaster.pid"));
        Path log = data.resolve("server.log");
        if (Files.exists(log)) {
            Files.move(log, data.resolve("server.log.1"), REPLACE_EXISTING);
        }
        try {
            control("start", "-l", "server.log", "-o", "-p " + port);
        } catch (IOException e) {
            if (running() != null) {
                throw new IOException("the server still recovers from a crash; try again in a while", e);
            }
            throw new IOException("the server did not start: " + (Files.exists(log) ? endOf(log) : reason(e)), e);
        }
    }

    private void requireUnused() throws IOException {
        boolean used = USES.containsKey(directory);
        if (!used) {
            try (FileChannel channel = lockFile(directory, "in-use.lock")) {
                used = channel.tryLock() == null;
            }
        }
        if (used) {
            throw new IOException("somebody uses it, but no server can be seen from here: it has died, or runs in"
                    + " another container; end whatever uses the directory");
        }
    }

    /** Into another directory first: initdb may be killed at any time, and is then begun anew. */
    private void initialise() throws IOException {
        LOG.info("Creating a PostgreSQL {} database in {}", binaries.version(), directory);
        Path fresh = directory.resolve("postgresql.new");
        PostgresBinaries.deleteRecursively(fresh);
        Files.createDirectory(fresh, onlyOwner("rwx------"));
        user.own(fresh);
        // The password comes by a pipe, which must be the user's own to be opened by a name: hence cat.
        List<String> initdb = new ArrayList<>(List.of("sh", "-c", "cat | \"$0\" \"$@\" --pwfile=/dev/stdin"));
        initdb.addAll(List.of(binaries.program("initdb"), "-D", HERE, "-U", NAME, "--auth=scram-sha-256"));
        // Sorted by code point; a libc's or ICU's order would change with the system and break indices.
        initdb.addAll(List.of("-E", "UTF8", "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"));
        SETTINGS.forEach(setting -> initdb.add("--set=" + setting));
        user.run(fresh, newPassword(), initdb.toArray(String[]::new));
        Files.move(fresh, data, ATOMIC_MOVE);
    }

    private String newPassword() throws IOException {
        byte[] random = new byte[24];
        new SecureRandom().nextBytes(random);
        String newPassword = HexFormat.of().formatHex(random);
        Path file = directory.resolve("db-password");
        Files.deleteIfExists(file);
        Files.createFile(file, onlyOwner("rw-------"));
        Files.writeString(file, newPassword);
        return newPassword;
    }

    private void requireSameVersion() throws IOException {
        String version = Files.readString(data.resolve("PG_VERSION")).strip();
        if (!version.equals(binaries.majorVersion())) {
            throw new IOException("its data were written by PostgreSQL %s, this is %s; move them with pg_dump"
                    .formatted(version, binaries.version()));
        }
    }

    private void control(String action, String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(binaries.program("pg_ctl"), action, "-D", HERE));
        command.addAll(List.of("-w", "-t", String.valueOf(PATIENCE.toSeconds())));
        command.addAll(List.of(arguments));
        user.run(data, "", command.toArray(String[]::new));
    }

    private void createDatabase(int port) throws IOException {
        try (Connection connection = connect(port);
                Statement statement = connection.createStatement();
                ResultSet found = statement.executeQuery("SELECT FROM pg_database WHERE datname = '" + NAME + "'")) {
            if (!found.next()) {
                statement.execute("CREATE DATABASE " + NAME);
            }
        } catch (SQLException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    private Connection connect(int port) throws SQLException, IOException {
        Properties properties = new Properties();
        properties.setProperty("user", NAME);
        properties.setProperty("password", readPassword());
        properties.setProperty("loginTimeout", "10");
        return DriverManager.getConnection(url(port, "postgres"), properties);
    }

    private static String url(int port, String database) {
        return "jdbc:postgresql://127.0.0.1:%d/%s".formatted(port, database);
    }

    private String readPassword() throws IOException {
        return Files.readString(directory.resolve("db-password")).strip();
    }

    private static String endOf(Path log) throws IOException {
        List<String> lines = Files.readAllLines(log);
        return ServerUser.inOneLine(String.join("\n", lines.subList(Math.max(0, lines.size() - 4), lines.size())));
    }

    static int freePort() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException("no free port: " + e.getMessage(), e);
        }
    }

    private static Path existing(Path directory) throws IOException {
        return Files.isDirectory(directory) ? directory : Files.createDirectories(directory.toAbsolutePath());
    }

    private static FileChannel lockFile(Path directory, String name) throws IOException {
        return FileChannel.open(directory.resolve(name), CREATE, READ, WRITE);
    }

    private static FileAttribute<Set<PosixFilePermission>> onlyOwner(String permissions) {
        return PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions));
    }

    private static void pause() throws InterruptedIOException {
        try {
            Thread.sleep(100);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted");
        }
    }

    private static UncheckedIOException failure(String what, Path directory, IOException e) {
        return new UncheckedIOException(
                "%s the embedded PostgreSQL in %s: %s".formatted(what, directory, reason(e)), e);
    }

    static String reason(IOException e) {
        String message = String.valueOf(e.getMessage());
        return ServerUser.inOneLine(
                e instanceof FileSystemException ? e.getClass().getSimpleName() + ": " + message : message);
    }

    private static final class Use {
        final FileChannel channel;
        final FileLock lock;
        int count = 1;

        Use(FileChannel channel, FileLock lock) {
            this.channel = channel;
            this.lock = lock;
        }
    }

    private record Postmaster(String pid, int port) {}
}
