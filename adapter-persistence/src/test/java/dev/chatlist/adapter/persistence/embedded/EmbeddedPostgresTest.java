package dev.chatlist.adapter.persistence.embedded;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.stream.Collectors.toSet;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.management.OperatingSystemMXBean;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SimpleTimeZone;
import java.util.TimeZone;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntSupplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Tests real servers and, where a process must die, real processes. Only the owner may enter the temporary directory,
 * so under root every test also shows that the server's user need not be able to reach its data.
 */
@Timeout(300)
class EmbeddedPostgresTest {
    @TempDir
    private static Path directory;

    @Test
    void aMountedDirectoryIsFilled(@TempDir Path mounted) throws Exception {
        Path data = Files.createDirectory(mounted.resolve("postgresql"));
        Files.createDirectory(data.resolve("lost+found"));
        // What a process that was killed meanwhile would leave.
        Files.createDirectories(data.resolve("chatlist.new/base"));
        Files.writeString(data.resolve("chatlist.new/PG_VERSION"), "18\n");
        Files.createDirectories(data.resolve("global/1"));
        try (EmbeddedPostgres server = EmbeddedPostgres.open(mounted)) {
            execute(server, "CREATE TABLE kept AS SELECT 42 AS n");
        }
        assertFalse(Files.exists(data.resolve("chatlist.new")));
        assertFalse(Files.exists(data.resolve("global/1")));
        assertTrue(Files.exists(data.resolve("lost+found")));
        try (EmbeddedPostgres server = EmbeddedPostgres.open(mounted)) {
            execute(server, "INSERT INTO kept VALUES (43)");
        }
    }

    /** Root starts Chatlist in a user's directory, in which a fresh volume belongs to root. */
    @Test
    void aFreshVolumeIsGivenToTheOwnerOfItsDirectory(@TempDir Path mounted) throws Exception {
        assumeTrue(ServerUser.uid() == 0);
        UserPrincipal daemon =
                mounted.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName("daemon");
        Files.setOwner(mounted, daemon);
        Path data = Files.createDirectory(mounted.resolve("postgresql"));
        EmbeddedPostgres.open(mounted).close();
        assertEquals(daemon, Files.getOwner(data));
    }

    @Test
    void aDirectoryWithOtherFilesIsRefusedAndKept(@TempDir Path mounted) throws Exception {
        Path data = Files.createDirectory(mounted.resolve("postgresql"));
        Files.writeString(data.resolve("thesis.tex"), "precious");
        // A process was killed while it made the data, and somebody has put the file there since.
        Files.createDirectories(data.resolve("chatlist.new/base"));
        UncheckedIOException refused = assertThrows(
                UncheckedIOException.class, () -> EmbeddedPostgres.open(mounted).close());
        assertTrue(String.valueOf(refused.getMessage()).endsWith("postgresql holds files, but no database"));
        assertEquals("precious", Files.readString(data.resolve("thesis.tex")));
    }

    @Test
    void dataSurviveCloseAndReopen() throws Exception {
        try (EmbeddedPostgres server = EmbeddedPostgres.open(directory)) {
            execute(server, "CREATE TABLE kept AS SELECT 42 AS n");
        }
        assertFalse(Files.exists(pidFile(directory)));
        try (EmbeddedPostgres server = EmbeddedPostgres.open(directory)) {
            assertEquals("42", query(server, "SELECT n FROM kept"));
        }
    }

    @Test
    void serverIsDurableAndSortsByCodePointAndSearchesOurSchema() throws Exception {
        try (EmbeddedPostgres server = EmbeddedPostgres.open(directory)) {
            assertEquals("on", query(server, "SHOW fsync"));
            assertEquals("on", query(server, "SHOW synchronous_commit"));
            assertEquals("on", query(server, "SHOW data_checksums"));
            assertEquals("chatlist, public", query(server, "SHOW search_path"));
            assertEquals("Zaé", query(server, "SELECT string_agg(c, '' ORDER BY c) FROM unnest('{é,a,Z}'::text[]) c"));
            assertEquals("é", query(server, "SELECT lower('É')"));
        }
    }

    @Test
    void serverCacheIsASixteenthOfTheMemoryWithinLimits() throws Exception {
        assertEquals(128, PostgresServer.sharedBuffersMegabytes(512L << 20));
        assertEquals(256, PostgresServer.sharedBuffersMegabytes(4L << 30));
        assertEquals(8192, PostgresServer.sharedBuffersMegabytes(1L << 40));
        OperatingSystemMXBean machine = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
        long expected = PostgresServer.sharedBuffersMegabytes(machine.getTotalMemorySize());
        try (EmbeddedPostgres server = EmbeddedPostgres.open(directory)) {
            assertEquals(
                    String.valueOf(expected),
                    query(server, "SELECT pg_size_bytes(current_setting('shared_buffers')) / 1048576"));
        }
    }

    @Test
    void serverNeedsThePasswordAndListensOnOneAddress() throws Exception {
        try (EmbeddedPostgres server = EmbeddedPostgres.open(directory)) {
            String url = server.jdbcUrl() + "?user=" + server.user();
            assertThrows(SQLException.class, () -> DriverManager.getConnection(url));
            assertThrows(SQLException.class, () -> DriverManager.getConnection(url + "&password=guess"));
            assertFalse(server.toString().contains(server.password()));
            assertEquals(
                    "rw-------",
                    PosixFilePermissions.toString(Files.getPosixFilePermissions(directory.resolve("db-password"))));

            // All of 127.0.0.0/8 is this machine. The server must answer on none of it but 127.0.0.1.
            int port = Integer.parseInt(server.jdbcUrl().replaceAll(".*:(\\d+)/.*", "$1"));
            assertThrows(ConnectException.class, () -> new Socket("127.0.0.2", port).close());
        }
    }

    /** The driver tells the server the time zone of the JVM. Waiting doesn't make the server know it. */
    @Test
    void anUnknownTimeZoneIsReportedWithoutWaiting() throws Exception {
        TimeZone before = TimeZone.getDefault();
        try (EmbeddedPostgres server = EmbeddedPostgres.open(directory)) {
            assertEquals("1", query(server, "SELECT 1"));
            TimeZone.setDefault(new SimpleTimeZone(0, "Nowhere"));
            Exception failure = assertTimeoutPreemptively(
                    Duration.ofSeconds(30),
                    () -> assertThrows(UncheckedIOException.class, () -> EmbeddedPostgres.open(directory)));
            assertTrue(String.valueOf(failure.getMessage()).contains("\"TimeZone\": \"Nowhere\""), failure::getMessage);
        } finally {
            TimeZone.setDefault(before);
        }
    }

    @Test
    void serverOfAKilledProcessIsAdopted() throws Exception {
        Process killed = otherProcess();
        String url = urlPrintedBy(killed);
        killed.destroyForcibly().waitFor();

        try (EmbeddedPostgres server = EmbeddedPostgres.open(directory)) {
            assertEquals(url, server.jdbcUrl());
            assertEquals("1", query(server, "SELECT 1"));
        }
        assertFalse(Files.exists(pidFile(directory)));
    }

    @Test
    void lastProcessToLeaveStopsTheServer() throws Exception {
        EmbeddedPostgres server = EmbeddedPostgres.open(directory);
        Process other = otherProcess();
        assertEquals(server.jdbcUrl(), urlPrintedBy(other));

        server.close();
        assertEquals("1", query(server, "SELECT 1"));

        other.getOutputStream().close();
        assertEquals(0, other.waitFor());
        assertFalse(Files.exists(pidFile(directory)));
    }

    @Test
    void lastUserWithinAProcessStopsTheServer() throws Exception {
        EmbeddedPostgres first = EmbeddedPostgres.open(directory);
        EmbeddedPostgres last = EmbeddedPostgres.open(directory);
        first.close();
        first.close();
        assertEquals("1", query(last, "SELECT 1"));
        last.close();
        assertFalse(Files.exists(pidFile(directory)));
    }

    @Test
    void allUsersOfALostServerAreToldEvenIfAnotherProcessStartedIt() throws Exception {
        Process killed = otherProcess();
        urlPrintedBy(killed);
        try (EmbeddedPostgres server = EmbeddedPostgres.open(directory);
                EmbeddedPostgres same = EmbeddedPostgres.open(directory)) {
            CountDownLatch lost = new CountDownLatch(2);
            server.onLoss(lost::countDown);
            same.onLoss(lost::countDown);
            killed.destroyForcibly().waitFor();
            assertEquals("1", query(server, "SELECT 1"));
            assertEquals(2, lost.getCount());

            killServer();
            lost.await();
        }
        try (EmbeddedPostgres server = EmbeddedPostgres.open(directory)) {
            assertEquals("1", query(server, "SELECT 1"));
        }
    }

    @Test
    void usersThatHaveLeftAreNotToldOfALoss() throws Exception {
        EmbeddedPostgres first = EmbeddedPostgres.open(directory);
        EmbeddedPostgres last = EmbeddedPostgres.open(directory);
        FutureTask<Boolean> firstLoses = inTheBackground(first::awaitLoss);
        FutureTask<Boolean> lastLoses = inTheBackground(last::awaitLoss);
        first.close();
        assertFalse(firstLoses.get());
        last.close();
        assertFalse(lastLoses.get());
        assertFalse(Files.exists(pidFile(directory)));
    }

    @Test
    void serverWaitsForTheChildrenOfAKilledOne() throws Exception {
        EmbeddedPostgres killed = EmbeddedPostgres.open(directory);
        long child = postmaster().children().findFirst().orElseThrow().pid();
        signal("STOP", child);
        killServer();
        killed.close();

        AtomicInteger tries = new AtomicInteger();
        IntSupplier ports = () -> {
            if (tries.incrementAndGet() == 2) {
                signal("CONT", child);
                assertTrue(serverLog().contains("is still in use"));
            }
            return EmbeddedPostgres.freePort();
        };
        try (EmbeddedPostgres server = EmbeddedPostgres.open(directory, ServerUser.searchPath(), ports)) {
            assertEquals("1", query(server, "SELECT 1"));
        } finally {
            if (tries.get() < 2) {
                signal("CONT", child);
            }
        }
        assertTrue(tries.get() >= 2);
    }

    private static String serverLog() {
        try {
            return Files.readString(directory.resolve("postgresql/server.log"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void processFileThatNamesAnotherProcessIsIgnored(@TempDir Path elsewhere) throws Exception {
        EmbeddedPostgres.open(directory).close();
        Files.writeString(
                pidFile(directory),
                "%d\n/proc/self/cwd\n0\n1\n".formatted(ProcessHandle.current().pid()));
        EmbeddedPostgres.open(directory).close();

        // As in a copy of a directory that was in use: the process is a server, but of another directory.
        try (EmbeddedPostgres other = EmbeddedPostgres.open(elsewhere)) {
            Files.copy(pidFile(elsewhere), pidFile(directory));
            try (EmbeddedPostgres server = EmbeddedPostgres.open(directory)) {
                assertNotEquals(other.jdbcUrl(), server.jdbcUrl());
                assertEquals("1", query(server, "SELECT 1"));
            }
        }
    }

    @Test
    void directoryInUseWithoutAVisibleServerIsNotOpened() throws Exception {
        Process other = otherProcess();
        urlPrintedBy(other);
        killServer();

        assertFailsSaying("somebody uses it");
        other.destroyForcibly().waitFor();
        EmbeddedPostgres.open(directory).close();
    }

    @Test
    void halfMadeDataAreMadeAgain(@TempDir Path fresh) throws Exception {
        Files.writeString(Files.createDirectory(fresh.resolve("postgresql.new")).resolve("PG_VERSION"), "1");
        try (EmbeddedPostgres server = EmbeddedPostgres.open(fresh)) {
            assertEquals("1", query(server, "SELECT 1"));
        }
    }

    @Test
    void anotherPortIsTriedIfTheFirstIsTaken() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            int free = EmbeddedPostgres.freePort();
            Iterator<Integer> ports = List.of(taken.getLocalPort(), free).iterator();
            try (EmbeddedPostgres server = EmbeddedPostgres.open(directory, ServerUser.searchPath(), ports::next)) {
                assertTrue(server.jdbcUrl().contains(":" + free + "/"));
            }
        }
    }

    @Test
    void dataOfAnotherMajorVersionAreNotOpened() throws Exception {
        EmbeddedPostgres.open(directory).close();
        Path version = directory.resolve("postgresql/PG_VERSION");
        String ours = Files.readString(version);
        Files.writeString(version, "9\n");
        assertFailsSaying("written by PostgreSQL 9, this is 18.");
        Files.writeString(version, ours);
    }

    @Test
    void failureToStartGivesTheServersReason() throws Exception {
        EmbeddedPostgres.open(directory).close();
        Path settings = directory.resolve("postgresql/postgresql.conf");
        String ours = Files.readString(settings);
        Files.writeString(settings, "nonsense = 1\n", StandardOpenOption.APPEND);
        assertFailsSaying("unrecognized configuration parameter \"nonsense\"");
        Files.writeString(settings, ours);
    }

    @Test
    void systemWithoutProgramsIsToldToUseAServerOfItsOwn() {
        String system = System.setProperty("os.name", "Plan 9");
        try {
            assertFailsSaying("there are no programs for Plan 9");
            assertFailsSaying("--jdbc-url");
        } finally {
            System.setProperty("os.name", system);
        }
    }

    /** Some containers lack or refuse some of the tools. Here tools that fail come first on the search path. */
    @ParameterizedTest
    @ValueSource(strings = {"unshare", "unshare setpriv", "unshare setpriv runuser", "setpriv runuser su"})
    void rootChangesUsersByTheFirstToolThatWorks(String broken, @TempDir Path tools) throws Exception {
        assumeTrue(ServerUser.uid() == 0);
        assumeTrue(broken.contains("unshare") || userNamespacesAreAllowed());
        try (EmbeddedPostgres server =
                EmbeddedPostgres.open(directory, without(broken, tools), EmbeddedPostgres::freePort)) {
            assertEquals("1", query(server, "SELECT 1"));
        }
    }

    @Test
    void filesThatRootMakesBelongToTheDirectorysOwner(@TempDir Path theirs) throws Exception {
        assumeTrue(ServerUser.uid() == 0);
        for (String attribute : List.of("unix:uid", "unix:gid")) {
            Files.setAttribute(theirs, attribute, 1);
        }
        EmbeddedPostgres.open(theirs).close();
        try (Stream<Path> made = Files.list(theirs)) {
            assertEquals(
                    Set.of("postgresql 1:1", "db-password 1:1", "start.lock 1:1", "in-use.lock 1:1"),
                    made.map(EmbeddedPostgresTest::nameAndOwners).collect(toSet()));
        }
    }

    private static String nameAndOwners(Path file) {
        try {
            Map<String, Object> owners = Files.readAttributes(file, "unix:uid,gid");
            return file.getFileName() + " " + owners.get("uid") + ":" + owners.get("gid");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void rootIsToldIfNoToolWorks(@TempDir Path tools) throws Exception {
        assumeTrue(ServerUser.uid() == 0);
        String searchPath = without("setpriv runuser su unshare", tools);
        Exception failure = assertThrows(IOException.class, () -> ServerUser.of(directory, searchPath));
        assertTrue(String.valueOf(failure.getMessage()).contains("none of setpriv, runuser, su and unshare"));
    }

    private static boolean userNamespacesAreAllowed() throws Exception {
        try {
            return new ProcessBuilder("unshare", "-U", "true").start().waitFor() == 0;
        } catch (IOException e) {
            return false;
        }
    }

    private static void assertFailsSaying(String words) {
        Exception failure = assertThrows(UncheckedIOException.class, () -> EmbeddedPostgres.open(directory));
        String message = String.valueOf(failure.getMessage());
        assertTrue(message.contains(words), message);
        assertEquals(1, message.lines().count(), message);
    }

    /** A search path that finds failing tools of these names before the real ones. */
    private static String without(String tools, Path directory) throws IOException {
        for (String tool : tools.split(" ", -1)) {
            Path script = Files.writeString(directory.resolve(tool), "#!/bin/sh\nexit 1\n");
            Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwxr-xr-x"));
        }
        return directory + ":" + ServerUser.searchPath();
    }

    /** A process that opens the directory, prints the server's URL, and closes when its standard input ends. */
    private static Process otherProcess() throws IOException {
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        OtherProcess.class.getName(),
                        directory.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }

    private static String urlPrintedBy(Process process) throws IOException {
        BufferedReader output = new BufferedReader(new InputStreamReader(process.getInputStream(), UTF_8));
        return output.lines()
                .filter(line -> line.startsWith("jdbc:"))
                .findFirst()
                .orElse("no URL");
    }

    /** The children end soon after their parent. */
    private static void killServer() throws IOException {
        ProcessHandle process = postmaster();
        process.destroyForcibly();
        process.onExit().join();
    }

    private static ProcessHandle postmaster() throws IOException {
        return ProcessHandle.of(
                        Long.parseLong(Files.readAllLines(pidFile(directory)).get(0)))
                .orElseThrow();
    }

    private static void signal(String name, long pid) {
        try {
            Process kill = new ProcessBuilder("kill", "-" + name, "" + pid).start();
            assertEquals(0, kill.onExit().join().exitValue());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static <T> FutureTask<T> inTheBackground(Callable<T> work) {
        FutureTask<T> task = new FutureTask<>(work);
        new Thread(task, "in the background").start();
        return task;
    }

    static final class OtherProcess {
        private OtherProcess() {}

        public static void main(String[] arguments) throws IOException {
            try (EmbeddedPostgres server = EmbeddedPostgres.open(Path.of(arguments[0]))) {
                System.out.println(server.jdbcUrl());
                System.in.readAllBytes();
            }
        }
    }

    private static Path pidFile(Path directory) {
        return directory.resolve("postgresql/postmaster.pid");
    }

    private static void execute(EmbeddedPostgres server, String sql) throws SQLException {
        try (Connection connection = connect(server);
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private static String query(EmbeddedPostgres server, String sql) throws SQLException {
        try (Connection connection = connect(server);
                Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery(sql)) {
            result.next();
            return result.getString(1);
        }
    }

    private static Connection connect(EmbeddedPostgres server) throws SQLException {
        return DriverManager.getConnection(server.jdbcUrl(), server.user(), server.password());
    }
}
