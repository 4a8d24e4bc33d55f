package dev.chatlist.adapter.persistence;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.chatlist.application.StorageUnavailableException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a start does while the database is away, refuses us, or keeps us waiting. */
@Timeout(60)
class DatabaseWaitTest {
    private static final Duration LONG = Duration.ofMinutes(10);

    @Test
    void aServerThatComesBackIsWaitedFor() throws Exception {
        int port = freePort();
        FutureTask<Database> opening = opening(settings("127.0.0.1:" + port, TestServer.password()), LONG);
        assertFalse(isDoneWithin(opening, 700));
        try (ServerSocket proxy = new ServerSocket(port, 50, InetAddress.getLoopbackAddress())) {
            forward(proxy);
            try (Database database = opening.get()) {
                assertEquals("ok", database.check());
            }
        }
    }

    /** SQL states of the answers: starting up, shutting down, too many connections. */
    @ParameterizedTest
    @CsvSource({"57P03", "57P01", "53300"})
    void aServerThatCannotLetAnybodyInYetIsWaitedFor(String state) throws Exception {
        try (ServerSocket server = refusing(state, "not yet")) {
            FutureTask<Database> opening = opening(settings("127.0.0.1:" + server.getLocalPort(), "x"), LONG);
            assertFalse(isDoneWithin(opening, 700));
            opening.cancel(true);
        }
    }

    @Test
    void theWaitEndsWhenPatienceDoes() throws Exception {
        String address = "127.0.0.1:" + freePort();
        StorageUnavailableException e = assertThrows(
                StorageUnavailableException.class, () -> Database.open(settings(address, "x"), Duration.ofSeconds(1)));
        assertEquals("can't connect to the database", e.getMessage());
    }

    @Test
    void aWrongPasswordOrAnUnknownDatabaseEndsTheWaitAtOnce() throws Exception {
        for (String state : new String[] {"28P01", "28000", "3D000"}) {
            try (ServerSocket server = refusing(state, "no")) {
                StorageUnavailableException e = assertThrows(
                        StorageUnavailableException.class,
                        () -> Database.open(settings("127.0.0.1:" + server.getLocalPort(), "x"), LONG));
                assertEquals("can't connect to the database", e.getMessage(), state);
            }
        }
    }

    @Test
    void anInterruptEndsTheWaitForAServerThatRefuses() throws Exception {
        assertEndsAtOnce(settings("127.0.0.1:" + freePort(), "x"));
    }

    @Test
    void anInterruptEndsTheWaitForAServerThatDoesNotAnswer() throws Exception {
        try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            assertEndsAtOnce(settings("127.0.0.1:" + silent.getLocalPort(), "x"));
        }
    }

    @Test
    void anInterruptEndsTheWaitForAnotherInstanceThatMigrates() throws Exception {
        String schema = TestServer.freshSchema();
        Database.open(settings(schema)).close();
        try (Connection other = TestServer.connect();
                Statement statement = other.createStatement()) {
            other.setAutoCommit(false);
            statement.execute("LOCK TABLE %s.flyway_schema_history".formatted(schema));
            assertEndsAtOnce(settings(schema));
        }
    }

    /** A migration may take any time, so the connection has no limit but for the login. */
    @Test
    void aServerThatDoesNotAnswerTheLoginIsUnavailable() throws Exception {
        try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            DatabaseSettings settings = new DatabaseSettings(
                    "jdbc:postgresql://127.0.0.1:%d/x".formatted(silent.getLocalPort()),
                    "u",
                    "p",
                    "chatlist",
                    1,
                    Duration.ofSeconds(1),
                    Duration.ofSeconds(1),
                    DatabaseSettings.UNLIMITED);
            FutureTask<Database> opening = opening(settings, Duration.ZERO);
            ExecutionException e = assertThrows(ExecutionException.class, () -> opening.get(10, TimeUnit.SECONDS));
            assertEquals(
                    "can't connect to the database",
                    requireNonNull(e.getCause()).getMessage());
        }
    }

    private static void assertEndsAtOnce(DatabaseSettings settings) throws Exception {
        CompletableFuture<Throwable> failure = new CompletableFuture<>();
        Thread starting = new Thread(() ->
                failure.complete(assertThrows(StorageUnavailableException.class, () -> Database.open(settings, LONG))));
        starting.start();
        Thread.sleep(700);
        assertFalse(failure.isDone());
        starting.interrupt();
        assertEquals(
                "interrupted while the database was being opened",
                failure.get(1, TimeUnit.SECONDS).getMessage());
    }

    private static FutureTask<Database> opening(DatabaseSettings settings, Duration patience) {
        FutureTask<Database> opening = new FutureTask<>(() -> Database.open(settings, patience));
        new Thread(opening, "opening").start();
        return opening;
    }

    private static boolean isDoneWithin(FutureTask<?> task, long millis) throws InterruptedException {
        Thread.sleep(millis);
        return task.isDone();
    }

    private static DatabaseSettings settings(String schema) {
        return new DatabaseSettings(
                TestServer.jdbcUrl(),
                TestServer.user(),
                TestServer.password(),
                schema,
                1,
                Duration.ofSeconds(5),
                Duration.ofSeconds(5),
                DatabaseSettings.UNLIMITED);
    }

    private static DatabaseSettings settings(String hostAndPort, String password) {
        return new DatabaseSettings(
                TestServer.jdbcUrl().replaceFirst("//[^/]+/", "//" + hostAndPort + "/"),
                TestServer.user().isEmpty() ? "u" : TestServer.user(),
                password,
                TestServer.freshSchema(),
                1,
                Duration.ofSeconds(5),
                Duration.ofSeconds(5),
                DatabaseSettings.UNLIMITED);
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    /** Answers every login with an error, as a server does. */
    private static ServerSocket refusing(String state, String message) throws IOException {
        ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        byte[] fields = "SFATAL\0VFATAL\0C%s\0M%s\0\0".formatted(state, message).getBytes(UTF_8);
        serve(server, client -> {
            InputStream in = client.getInputStream();
            OutputStream out = client.getOutputStream();
            // First the driver may ask for encryption, in a packet of 8 bytes.
            while (ByteBuffer.wrap(in.readNBytes(4)).getInt() == 8) {
                in.readNBytes(4);
                out.write('N');
            }
            out.write(ByteBuffer.allocate(5 + fields.length)
                    .put((byte) 'E')
                    .putInt(4 + fields.length)
                    .put(fields)
                    .array());
            out.flush();
            client.shutdownOutput();
            in.readAllBytes();
        });
        return server;
    }

    private static void forward(ServerSocket proxy) {
        String[] target =
                TestServer.jdbcUrl().replaceFirst(".*//([^/]+)/.*", "$1").split(":", -1);
        serve(proxy, client -> {
            try (Socket server = new Socket(target[0], Integer.parseInt(target[1]))) {
                Thread back = new Thread(() -> copy(server, client));
                back.start();
                client.getInputStream().transferTo(server.getOutputStream());
                server.shutdownOutput();
                back.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
    }

    private static void copy(Socket from, Socket to) {
        try {
            from.getInputStream().transferTo(to.getOutputStream());
            to.shutdownOutput();
        } catch (IOException e) {
            // The other side has gone.
        }
    }

    private static void serve(ServerSocket server, Service service) {
        Thread accepting = new Thread(() -> {
            while (!server.isClosed()) {
                try {
                    Socket client = server.accept();
                    Thread thread = new Thread(() -> {
                        try (client) {
                            service.serve(client);
                        } catch (IOException e) {
                            // The driver has gone.
                        }
                    });
                    thread.setDaemon(true);
                    thread.start();
                } catch (IOException e) {
                    return;
                }
            }
        });
        accepting.setDaemon(true);
        accepting.start();
    }

    private interface Service {
        void serve(Socket client) throws IOException;
    }
}
