package dev.chatlist.adapter.persistence.embedded;

import dev.chatlist.adapter.persistence.sql.StorageFailures;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URL;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.Optional;
import java.util.function.IntSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An embedded PostgreSQL server on a {@link DataDirectory}, for installations without a server of their own. Committed
 * data survive a crash of the process, the server or the machine.
 *
 * <p><b>The directory</b> holds {@code postgresql}, the server's PGDATA directory, with {@code postgresql.conf}
 * (written once, then the user's to change) and {@code server.log}; {@code db-password}, readable by its owner alone;
 * and two empty lock files.
 *
 * <p><b>Starting and stopping.</b> The server is a separate process. Several processes of ours can use it at once, for
 * example an import while the service runs. Each of them holds a shared lock on {@code in-use.lock}. A process that
 * leaves tries to lock the file exclusively. If it succeeds, it was the last one, and stops the server. Opening and
 * closing hold {@code start.lock}, so that no process starts a server that another is stopping. A file lock belongs to
 * a whole process: {@link DirectoryLocks} counts the uses within it, and its threads open and close one at a time.
 *
 * <p><b>A killed process.</b> The OS frees a killed process's locks; the server runs on. The next process to open the
 * directory adopts the server and its port.
 *
 * <p><b>A server out of sight.</b> If a process holds {@code in-use.lock} but no server is found, the server may run in
 * another container on the same volume. A second server would ruin the data, so opening fails.
 *
 * <p><b>A server that ends.</b> We never stop a server that is in use. If one ends while we use it, it was killed, has
 * crashed, or was stopped by hand. It must not be started again until every process that used it has left, because one
 * of them might still reach the old server. {@link #onLoss} tells each process to leave.
 */
public final class EmbeddedPostgres implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(EmbeddedPostgres.class);

    private static final long WATCH_MILLIS = 500;

    /** Held while a thread opens or closes: all threads of a process share its file locks. */
    private static final Object TURN = new Object();

    private final Path path;
    private final DirectoryLocks locks;
    private final PostgresServer server;
    private final Postmaster postmaster;
    private final String password;
    private volatile boolean closed;

    /**
     * Starts the server of a directory, or joins its users if it runs. Creates the directory, the server's data and the
     * database if they are missing. Waits until the server answers; recovery from a crash can take a minute or two. If
     * the thread is interrupted, the wait ends, and the server is stopped unless other processes use it.
     *
     * <p>Like {@code Database.open}, this needs a default time zone that PostgreSQL knows.
     *
     * @throws UncheckedIOException if the server can't be used; the message is one line, fit to be shown to the user
     */
    public static EmbeddedPostgres open(Path dataDirectory) {
        return open(dataDirectory, ServerUser.searchPath(), EmbeddedPostgres::freePort);
    }

    static EmbeddedPostgres open(Path dataDirectory, String searchPath, IntSupplier freePort) {
        synchronized (TURN) {
            try {
                URL archive = PostgresBinaries.archive();
                new DataDirectory(dataDirectory).create();
                DataDirectory directory = new DataDirectory(dataDirectory.toRealPath());
                DirectoryLocks locks = new DirectoryLocks(directory);
                try (FileChannel start = locks.openStartLock();
                        WaitNotice notice = new WaitNotice(
                                "another process that starts or stops PostgreSQL in " + directory.path(),
                                WaitNotice.INTERVAL,
                                what -> LOG.info("Waiting for {}", what))) {
                    start.lock();
                    notice.waitFor("PostgreSQL in " + directory.path());
                    PostgresServer server = new PostgresServer(archive, directory.path(), searchPath);
                    try {
                        EmbeddedPostgres opened = new EmbeddedPostgres(directory, locks, server, freePort);
                        locks.enter();
                        return opened;
                    } catch (IOException | RuntimeException e) {
                        stopIfInterrupted(locks, server);
                        throw e;
                    }
                }
            } catch (IOException e) {
                throw failure("can't open", dataDirectory, e);
            }
        }
    }

    /** A server that is still recovering, or that a killed process left, must not outlast a start that was given up. */
    private static void stopIfInterrupted(DirectoryLocks locks, PostgresServer server) throws IOException {
        if (Thread.interrupted()) {
            try {
                if (!locks.isInUse()) {
                    server.abandon();
                }
            } finally {
                Thread.currentThread().interrupt();
            }
        }
    }

    private EmbeddedPostgres(DataDirectory directory, DirectoryLocks locks, PostgresServer server, IntSupplier freePort)
            throws IOException {
        this.path = directory.path();
        this.locks = locks;
        this.server = server;
        Superuser superuser = new Superuser(directory);
        Optional<Postmaster> running = adopt(superuser);
        postmaster = running.isPresent() ? running.get() : start(superuser, freePort);
        superuser.createDatabaseIfMissing(postmaster.port());
        password = superuser.password();
    }

    /** Returns the running server's process once the server answers; empty if none runs, or if it ends before that. */
    private Optional<Postmaster> adopt(Superuser superuser) throws IOException {
        long start = System.nanoTime();
        for (var running = server.postmaster(); running.isPresent(); running = server.postmaster()) {
            try {
                superuser.connect(running.get().port()).close();
                LOG.debug("Using the {} that runs in {}", server, path);
                return running;
            } catch (SQLException e) {
                if (!StorageFailures.mayPass(e) || System.nanoTime() - start > PostgresServer.PATIENCE.toNanos()) {
                    throw new IOException("the server runs, but doesn't let us in: " + e.getMessage(), e);
                }
                PostgresServer.pause();
            }
        }
        return Optional.empty();
    }

    private Postmaster start(Superuser superuser, IntSupplier freePort) throws IOException {
        if (locks.isInUse()) {
            throw new IOException("somebody uses it, but its server can't be found: it has died, or runs in another"
                    + " container; first end all processes that use the directory");
        }
        if (!server.isCreated()) {
            LOG.info("Creating a database of {} in {}", server, path);
            server.create(Superuser.NAME, superuser.newPassword());
        }
        return server.start(freePort);
    }

    /** Names the database, but neither user nor password. */
    public String jdbcUrl() {
        return Superuser.jdbcUrl(postmaster.port());
    }

    /** A superuser: the server serves nothing but Chatlist. */
    public String user() {
        return Superuser.NAME;
    }

    public String password() {
        return password;
    }

    /**
     * Runs an action, once, if the server ends before this is closed. The caller should then close this and open the
     * directory again, which recovers the committed data.
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

    /** Returns true once the server has ended, or false once this is closed. */
    boolean awaitLoss() throws InterruptedException {
        while (!closed) {
            if (postmaster.hasEnded()) {
                // Read again: closing may have ended the server.
                return !closed;
            }
            Thread.sleep(WATCH_MILLIS);
        }
        return false;
    }

    /**
     * Leaves the server, which stops if no process uses it any longer. An interrupted thread does the same.
     *
     * @throws UncheckedIOException if it can't be stopped
     */
    @Override
    public void close() {
        synchronized (TURN) {
            if (closed) {
                return;
            }
            closed = true;
            boolean interrupted = Thread.interrupted();
            try (FileChannel start = locks.openStartLock()) {
                start.lock();
                if (locks.leave()) {
                    server.stop();
                }
            } catch (IOException e) {
                throw failure("can't close", path, e);
            } finally {
                if (interrupted) {
                    Thread.currentThread().interrupt();
                }
            }
        }
    }

    @Override
    public String toString() {
        return "%s in %s, %s, user %s".formatted(server, path, jdbcUrl(), user());
    }

    static int freePort() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException("no free port: " + e.getMessage(), e);
        }
    }

    private static UncheckedIOException failure(String what, Path directory, IOException e) {
        return new UncheckedIOException("%s PostgreSQL in %s: %s".formatted(what, directory, Reason.of(e)), e);
    }
}
