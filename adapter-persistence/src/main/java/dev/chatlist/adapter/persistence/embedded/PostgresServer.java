package dev.chatlist.adapter.persistence.embedded;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.file.StandardCopyOption.REPLACE_EXISTING;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.lang.management.ManagementFactory;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.IntSupplier;

/**
 * The server of one data directory. Callers must hold the directory's start lock.
 *
 * <p>The {@link ServerUser user} who runs the server owns its PGDATA directory, but may be unable to reach it: a
 * directory above it may be open to root only. So the programs start <em>in</em> PGDATA and call it {@value #HERE}.
 */
final class PostgresServer {
    /** How long recovery from a crash, or a stop with its last checkpoint, may take. */
    static final Duration PATIENCE = Duration.ofMinutes(2);

    /** A server writes its process file within milliseconds. */
    private static final Duration FIRST_SIGN = Duration.ofMillis(500);

    private static final String HERE = "/proc/self/cwd";
    private static final int MAX_STARTS = 5;
    private static final long PAUSE_MILLIS = 50;

    /** The first content of postgresql.conf. The defaults are durable already: fsync, synchronous_commit, checksums. */
    private static final List<String> SETTINGS = List.of(
            "listen_addresses=127.0.0.1",
            "unix_socket_directories=",
            // Enough for two processes of ours with full pools and a psql session.
            "max_connections=50",
            // With less, an import causes a checkpoint every few seconds.
            "max_wal_size=2GB",
            // Compiling one of our queries takes longer than running it.
            "jit=off",
            // So does starting parallel workers, for which default containers also lack the shared memory.
            "max_parallel_workers_per_gather=0",
            // The data are in memory or on solid-state disks.
            "random_page_cost=1.1",
            // Lets plain SQL omit our schema's name.
            "search_path=chatlist, public",
            "timezone=UTC",
            "log_timezone=UTC");

    private static final long MEGABYTE = 1 << 20;

    private final Path data;
    private final PgData pgData;
    private final ServerUser user;
    private final PostgresBinaries binaries;

    PostgresServer(URL archive, Path directory, String searchPath) throws IOException {
        data = directory.resolve("postgresql");
        pgData = new PgData(data);
        user = ServerUser.of(data, searchPath);
        binaries = PostgresBinaries.unpacked(archive, user, directory);
    }

    /** @throws IOException if that can't be found out. Creating the data again would replace the password. */
    boolean isCreated() throws IOException {
        return pgData.isCreated();
    }

    /** Creates the data under another name, then moves them: a killed process leaves no half-made data. */
    void create(String superuser, String password) throws IOException {
        Path fresh = pgData.prepare();
        Files.createDirectory(
                fresh, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        user.own(fresh);
        // initdb opens the pipe with the password by name, so its own user must own the pipe: hence cat.
        List<String> initdb = new ArrayList<>(List.of("sh", "-c", "cat | \"$0\" \"$@\" --pwfile=/dev/stdin"));
        initdb.addAll(List.of(binaries.program("initdb"), "-D", HERE, "-U", superuser, "--auth=scram-sha-256"));
        // Sorts by code point. A locale of the system could change with its libraries, which breaks indexes.
        initdb.addAll(List.of("-E", "UTF8", "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"));
        SETTINGS.forEach(setting -> initdb.add("--set=" + setting));
        initdb.add("--set=shared_buffers=%sMB".formatted(sharedBuffersMegabytes(memoryBytes())));
        user.run(fresh, password, initdb.toArray(String[]::new));
        pgData.fill(fresh);
    }

    /**
     * A sixteenth of the memory: a quarter of the usual advice for a dedicated machine, because the service has a cache
     * of its own. A block that isn't here is read from the OS's cache, verified and copied. That is a tenth of the work
     * for a request that the service can't answer from memory. The OS allocates the memory only as it fills.
     */
    static long sharedBuffersMegabytes(long memoryBytes) {
        return Math.max(128, Math.min(8192, memoryBytes / MEGABYTE / 16));
    }

    /** The memory of the machine, or of the container if that has less. */
    private static long memoryBytes() {
        return ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getTotalMemorySize();
    }

    /**
     * Starts the server, which must not be running, and waits until it answers.
     *
     * @param freePort supplies the port to listen on; called again if another program takes the port first
     * @throws IOException if the server doesn't start; the message is the server's own
     */
    Postmaster start(IntSupplier freePort) throws IOException {
        requireSameVersion();
        user.own(data);
        long begun = System.nanoTime();
        for (int tries = 1; ; tries++) {
            int port = freePort.getAsInt();
            try {
                start(port);
                return postmaster().orElseThrow(() -> new IOException("the server ended as soon as it had started"));
            } catch (IOException e) {
                boolean portTaken = Reason.of(e).contains("could not create any TCP/IP sockets") && tries < MAX_STARTS;
                // A killed server's children end a little after it.
                boolean childrenLeft =
                        Reason.of(e).contains("is still in use") && System.nanoTime() - begun < PATIENCE.toNanos();
                if (!portTaken && !childrenLeft) {
                    throw e;
                }
                pause();
            }
        }
    }

    /** Keeps the log of the previous run beside that of this one. */
    private void start(int port) throws IOException {
        Files.deleteIfExists(Postmaster.file(data));
        Path log = data.resolve("server.log");
        if (Files.exists(log)) {
            Files.move(log, data.resolve("server.log.1"), REPLACE_EXISTING);
        }
        try {
            control("start", "-l", "server.log", "-o", "-p " + port);
        } catch (InterruptedIOException e) {
            throw e;
        } catch (IOException e) {
            if (postmaster().isPresent()) {
                throw new IOException("the server is still recovering from a crash; try again in a while", e);
            }
            String said = Files.exists(log) ? Files.readString(log, ISO_8859_1) : Reason.of(e);
            String withoutTimes = said.replaceAll("(?m)^[^\\[\n]*\\[\\d+] ", "");
            throw new IOException("the server did not start: " + Reason.of(withoutTimes), e);
        }
    }

    private void requireSameVersion() throws IOException {
        String version = Files.readString(data.resolve("PG_VERSION")).strip();
        if (!version.equals(binaries.majorVersion())) {
            throw new IOException("its data were written by PostgreSQL %s, this is %s; move them with pg_dump"
                    .formatted(version, binaries.version()));
        }
    }

    /** The server's process, if the server runs. */
    Optional<Postmaster> postmaster() throws IOException {
        return Postmaster.find(data, user);
    }

    /** Stops the server if it runs: closes its connections and waits until the process has ended. */
    void stop() throws IOException {
        if (postmaster().isPresent()) {
            control("stop", "-m", "fast");
        }
    }

    /** Stops a server whose start was interrupted. It may not have written its process file yet. */
    void abandon() throws IOException {
        long begun = System.nanoTime();
        while (postmaster().isEmpty() && System.nanoTime() - begun < FIRST_SIGN.toNanos()) {
            pause();
        }
        stop();
    }

    private void control(String action, String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(binaries.program("pg_ctl"), action, "-D", HERE));
        command.addAll(List.of("-w", "-t", String.valueOf(PATIENCE.toSeconds())));
        command.addAll(List.of(arguments));
        user.run(data, "", command.toArray(String[]::new));
    }

    /** Waits before the next try. */
    static void pause() throws InterruptedIOException {
        try {
            Thread.sleep(PAUSE_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while waiting for the server");
        }
    }

    @Override
    public String toString() {
        return "PostgreSQL " + binaries.version();
    }
}
