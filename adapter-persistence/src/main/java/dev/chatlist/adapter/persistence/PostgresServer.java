package dev.chatlist.adapter.persistence;

import static dev.chatlist.adapter.persistence.EmbeddedPostgres.reason;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.file.StandardCopyOption.ATOMIC_MOVE;
import static java.nio.file.StandardCopyOption.REPLACE_EXISTING;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.IntSupplier;

/**
 * The server of one data directory: created, started, found, stopped. That nobody else does so at the same time is
 * for {@link EmbeddedPostgres} to see to.
 *
 * <p>The {@link ServerUser user} who runs it owns the data directory, yet perhaps can't reach it, below a directory
 * that only root may enter. So its programs are started <em>in</em> that directory and know it as {@value #HERE}.
 */
final class PostgresServer {
    /** How long the server may take to recover from a crash, or to write everything down when it stops. */
    static final Duration PATIENCE = Duration.ofMinutes(2);

    private static final String HERE = "/proc/self/cwd";
    private static final int MAX_STARTS = 5;

    /** What postgresql.conf says from the start; durable by default (fsync, synchronous_commit, checksums). */
    private static final List<String> SETTINGS = List.of(
            "listen_addresses=127.0.0.1",
            "unix_socket_directories=",
            // Two processes of ours with full pools, and somebody with psql.
            "max_connections=50",
            // Imports would otherwise checkpoint every few seconds.
            "max_wal_size=2GB",
            // To compile a query costs more than our queries do;
            "jit=off",
            // so do parallel workers, for which default containers lack the shared memory.
            "max_parallel_workers_per_gather=0",
            // Data lie in memory or on solid-state disks.
            "random_page_cost=1.1",
            // So that statements needn't name our schema.
            "search_path=chatlist, public",
            "timezone=UTC",
            "log_timezone=UTC");

    private static final long MEGABYTE = 1 << 20;

    private final Path data;
    private final ServerUser user;
    private final PostgresBinaries binaries;

    PostgresServer(URL archive, Path directory, String searchPath) throws IOException {
        data = directory.resolve("postgresql");
        user = ServerUser.of(data, searchPath);
        binaries = PostgresBinaries.unpacked(archive, user, directory);
    }

    boolean isCreated() {
        return Files.exists(data);
    }

    /** Creates the data in another directory first: whoever is killed while at it leaves nothing that looks done. */
    void create(String superuser, String password) throws IOException {
        Path fresh = data.resolveSibling(data.getFileName() + ".new");
        PostgresBinaries.deleteRecursively(fresh);
        Files.createDirectory(
                fresh, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        user.own(fresh);
        // The password comes by a pipe. To be opened by name, as a file, it must be the user's own: hence cat.
        List<String> initdb = new ArrayList<>(List.of("sh", "-c", "cat | \"$0\" \"$@\" --pwfile=/dev/stdin"));
        initdb.addAll(List.of(binaries.program("initdb"), "-D", HERE, "-U", superuser, "--auth=scram-sha-256"));
        // By code point, for ever; another order would change with the system's libraries and break indexes.
        initdb.addAll(List.of("-E", "UTF8", "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"));
        SETTINGS.forEach(setting -> initdb.add("--set=" + setting));
        initdb.add("--set=shared_buffers=%dMB".formatted(sharedBuffersMegabytes(memoryBytes())));
        user.run(fresh, password, initdb.toArray(String[]::new));
        Files.move(fresh, data, ATOMIC_MOVE);
    }

    /**
     * A quarter of what is advised where a server has the machine for itself; the service's own cache comes first. What
     * isn't there is read from the system's cache, checked and copied: a tenth of the work of pages that the service
     * hasn't in memory. The system gives it only as it fills.
     */
    static long sharedBuffersMegabytes(long memoryBytes) {
        return Math.max(128, Math.min(8192, memoryBytes / MEGABYTE / 16));
    }

    /** The machine's, or the container's if that has less. */
    private static long memoryBytes() {
        return ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getTotalMemorySize();
    }

    /**
     * Starts the server, which must not run, and waits until it answers.
     *
     * @param freePort where to listen; asked again if another program was faster to take the port
     * @throws IOException if it doesn't start; the message says why, in the server's words
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
                boolean portTaken = reason(e).contains("could not create any TCP/IP sockets") && tries < MAX_STARTS;
                // Children of a server that was killed end a little later.
                boolean childrenLeft =
                        reason(e).contains("is still in use") && System.nanoTime() - begun < PATIENCE.toNanos();
                if (!portTaken && !childrenLeft) {
                    throw e;
                }
                EmbeddedPostgres.pause();
            }
        }
    }

    /** Its data directory holds the log of this run and of the one before. */
    private void start(int port) throws IOException {
        Files.deleteIfExists(pidFile());
        Path log = data.resolve("server.log");
        if (Files.exists(log)) {
            Files.move(log, data.resolve("server.log.1"), REPLACE_EXISTING);
        }
        try {
            control("start", "-l", "server.log", "-o", "-p " + port);
        } catch (IOException e) {
            if (postmaster().isPresent()) {
                throw new IOException("the server still recovers from a crash; try again in a while", e);
            }
            String said = Files.exists(log) ? Files.readString(log, ISO_8859_1) : reason(e);
            String withoutTimes = said.replaceAll("(?m)^[^\\[\n]*\\[\\d+] ", "");
            throw new IOException("the server did not start: " + ServerUser.endOf(withoutTimes), e);
        }
    }

    private void requireSameVersion() throws IOException {
        String version = Files.readString(data.resolve("PG_VERSION")).strip();
        if (!version.equals(binaries.majorVersion())) {
            throw new IOException("its data were written by PostgreSQL %s, this is %s; move them with pg_dump"
                    .formatted(version, binaries.version()));
        }
    }

    /**
     * The server's process, if it runs; perhaps it doesn't answer yet, or no longer.
     *
     * <p>{@code postmaster.pid} names process and port, but outlives both when the machine or the container goes
     * down. Then the number may be any process's, even our own. So it counts only if that process is a
     * {@code postgres} whose working directory is this data directory, which a copy of the directory isn't.
     */
    Optional<Postmaster> postmaster() throws IOException {
        List<String> lines;
        try {
            lines = Files.readAllLines(pidFile(), ISO_8859_1);
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
        // They are written all at once, the process's number first and its port fourth.
        if (lines.size() < 4) {
            return Optional.empty();
        }
        String isServer = "[ /proc/$0/cwd -ef . ] && [ \"$(cat /proc/$0/comm)\" = postgres ]";
        boolean runs = user.succeeds(data, "sh", "-c", isServer, lines.get(0).strip());
        return runs
                ? Optional.of(Postmaster.of(lines.get(0).strip(), lines.get(3).strip()))
                : Optional.empty();
    }

    /** Stops the server if it runs: ends its connections, and waits for the process to end. */
    void stop() throws IOException {
        if (postmaster().isPresent()) {
            control("stop", "-m", "fast");
        }
    }

    private void control(String action, String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(binaries.program("pg_ctl"), action, "-D", HERE));
        command.addAll(List.of("-w", "-t", String.valueOf(PATIENCE.toSeconds())));
        command.addAll(List.of(arguments));
        user.run(data, "", command.toArray(String[]::new));
    }

    private Path pidFile() {
        return data.resolve("postmaster.pid");
    }

    @Override
    public String toString() {
        return "PostgreSQL " + binaries.version();
    }
}
