package dev.chatlist.adapter.persistence;

import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URL;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A PostgreSQL server of our own in a directory, for whoever brings none. Its data survive whatever ends us.
 *
 * <p><b>The directory</b> holds {@code postgresql}, the server's data directory, with its {@code postgresql.conf} (we
 * write it once, the user may change it) and {@code server.log}; {@code db-password}, readable by its owner alone; and
 * two lock files, which hold nothing.
 *
 * <p><b>Who starts and stops.</b> The server is a process apart, and several of ours use it at once: an import while
 * the service runs. Each holds {@code in-use.lock} shared. The last to leave is the one who can then have it
 * exclusively, and stops the server. Opening and closing hold {@code start.lock}, so that nobody starts what another
 * is stopping. Locks belong to a process, not to its parts; those {@link #USES} counts.
 *
 * <p><b>Who is killed</b> loses his locks to the system and leaves the server running. The next to open the directory
 * adopts it, with its port.
 *
 * <p><b>Not in sight.</b> Where somebody holds {@code in-use.lock} and no server is found, it may run in another
 * container on the same volume. A second server would ruin the data, so there opening fails.
 *
 * <p><b>The server's own end.</b> Nobody of ours stops a server that another uses, so one that ends while we use it was
 * killed, has crashed, or was stopped by hand. Nobody may start it anew before all who used it have left, since one
 * of them might see the old one. So it is for them to leave: {@link #onLoss}.
 */
public final class EmbeddedPostgres implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(EmbeddedPostgres.class);

    private static final long PAUSE_MILLIS = 50;
    private static final long WATCH_MILLIS = 500;

    /** The user, and the database. */
    private static final String NAME = "chatlist";

    /** This process's use of each directory. */
    private static final Map<Path, Use> USES = new HashMap<>();

    private final Path directory;
    private final PostgresServer server;
    private final Postmaster postmaster;
    private final String jdbcUrl;
    private final String password;
    private volatile boolean closed;

    /**
     * Starts the server of a directory, or joins those who use it; creates what isn't there. Waits until the server
     * answers, for a minute or two if it must recover from a crash.
     *
     * @throws UncheckedIOException if that can't be; the message is one line, and all that a user needs
     */
    public static EmbeddedPostgres open(Path dataDirectory) {
        return open(dataDirectory, ServerUser.searchPath(), EmbeddedPostgres::freePort);
    }

    static EmbeddedPostgres open(Path dataDirectory, String searchPath, IntSupplier freePort) {
        synchronized (USES) {
            try {
                URL archive = PostgresBinaries.archive();
                Path directory = existing(dataDirectory).toRealPath();
                try (FileChannel start = lockFile(directory, "start.lock")) {
                    start.lock();
                    PostgresServer server = new PostgresServer(archive, directory, searchPath);
                    EmbeddedPostgres opened = new EmbeddedPostgres(directory, server, freePort);
                    enter(directory);
                    return opened;
                }
            } catch (IOException e) {
                throw failure("can't open", dataDirectory, e);
            }
        }
    }

    private EmbeddedPostgres(Path directory, PostgresServer server, IntSupplier freePort) throws IOException {
        this.directory = directory;
        this.server = server;
        Optional<Postmaster> running = adopt();
        postmaster = running.isPresent() ? running.get() : start(freePort);
        createDatabase(postmaster.port());
        jdbcUrl = url(postmaster.port(), NAME);
        password = readPassword();
    }

    /** Names the database, and neither user nor password. */
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

    /**
     * Has an action run, once, if the server ends before this is closed. All that is left to do then is to close it,
     * and to open the directory anew, which recovers what was committed.
     */
    public void onLoss(Runnable action) {
        Thread watch = new Thread(() -> watch(action), "chatlist-postgresql-watch");
        watch.setDaemon(true);
        watch.start();
    }

    private void watch(Runnable action) {
        try {
            if (awaitLoss()) {
                action.run();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Returns whether the server ended, or false when this is closed. */
    boolean awaitLoss() throws InterruptedException {
        while (!closed) {
            if (postmaster.hasEnded()) {
                // Asked again: closing may be what ended it.
                return !closed;
            }
            Thread.sleep(WATCH_MILLIS);
        }
        return false;
    }

    /**
     * Leaves the server, which stops if nobody else uses it.
     *
     * @throws UncheckedIOException if it can't be stopped
     */
    @Override
    public void close() {
        synchronized (USES) {
            if (closed) {
                return;
            }
            closed = true;
            try (FileChannel start = lockFile(directory, "start.lock")) {
                start.lock();
                if (leave(directory)) {
                    server.stop();
                }
            } catch (IOException e) {
                throw failure("can't close", directory, e);
            }
        }
    }

    @Override
    public String toString() {
        return "%s in %s, %s, user %s".formatted(server, directory, jdbcUrl, NAME);
    }

    /** A server that runs already, once it answers; none if it ends before that. */
    private Optional<Postmaster> adopt() throws IOException {
        long start = System.nanoTime();
        for (var running = server.postmaster(); running.isPresent(); running = server.postmaster()) {
            try {
                connect(running.get().port()).close();
                LOG.debug("Using the {} that runs in {}", server, directory);
                return running;
            } catch (SQLException e) {
                boolean refused = String.valueOf(e.getSQLState()).startsWith("28");
                if (refused || System.nanoTime() - start > PostgresServer.PATIENCE.toNanos()) {
                    throw new IOException("the server runs, but doesn't let us in: " + e.getMessage(), e);
                }
                pause();
            }
        }
        return Optional.empty();
    }

    private Postmaster start(IntSupplier freePort) throws IOException {
        if (USES.containsKey(directory) || isUsedElsewhere()) {
            throw new IOException("somebody uses it, but its server isn't in sight: it has died, or runs in another"
                    + " container; end whoever uses the directory first");
        }
        if (!server.isCreated()) {
            LOG.info("Creating a database of {} in {}", server, directory);
            server.create(NAME, newPassword());
        }
        return server.start(freePort);
    }

    private void createDatabase(int port) throws IOException {
        try (Connection connection = connect(port);
                Statement statement = connection.createStatement();
                ResultSet found = statement.executeQuery("SELECT FROM pg_database WHERE datname = '" + NAME + "'")) {
            if (!found.next()) {
                statement.execute("CREATE DATABASE " + NAME);
            }
        } catch (SQLException e) {
            throw new IOException("the server doesn't give us a database: " + e.getMessage(), e);
        }
    }

    private Connection connect(int port) throws SQLException, IOException {
        return DriverManager.getConnection(url(port, "postgres") + "?loginTimeout=10", NAME, readPassword());
    }

    private static String url(int port, String database) {
        return "jdbc:postgresql://127.0.0.1:%d/%s".formatted(port, database);
    }

    private String readPassword() throws IOException {
        return Files.readString(passwordFile());
    }

    private String newPassword() throws IOException {
        byte[] random = new byte[24];
        new SecureRandom().nextBytes(random);
        Files.deleteIfExists(passwordFile());
        Files.createFile(
                passwordFile(), PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        FileOwner.inherit(passwordFile());
        Files.writeString(passwordFile(), HexFormat.of().formatHex(random));
        return readPassword();
    }

    private Path passwordFile() {
        return directory.resolve("db-password");
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

    /** Not to be asked while this process uses it: to close any channel on a file frees all our locks on it. */
    private boolean isUsedElsewhere() throws IOException {
        try (FileChannel channel = lockFile(directory, "in-use.lock")) {
            return channel.tryLock() == null;
        }
    }

    private static FileChannel lockFile(Path directory, String name) throws IOException {
        FileChannel channel = FileChannel.open(directory.resolve(name), CREATE, READ, WRITE);
        FileOwner.inherit(directory.resolve(name));
        return channel;
    }

    static Path existing(Path directory) throws IOException {
        return Files.isDirectory(directory) ? directory : Files.createDirectories(directory.toAbsolutePath());
    }

    static int freePort() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException("no free port: " + e.getMessage(), e);
        }
    }

    static void pause() throws InterruptedIOException {
        try {
            Thread.sleep(PAUSE_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while waiting for the server");
        }
    }

    private static UncheckedIOException failure(String what, Path directory, IOException e) {
        return new UncheckedIOException("%s PostgreSQL in %s: %s".formatted(what, directory, reason(e)), e);
    }

    /** In one line, and with the kind where that is all the exception says: "AccessDeniedException: /data". */
    static String reason(IOException e) {
        String kind = e instanceof FileSystemException ? e.getClass().getSimpleName() + ": " : "";
        return ServerUser.endOf(kind + e.getMessage());
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
}
