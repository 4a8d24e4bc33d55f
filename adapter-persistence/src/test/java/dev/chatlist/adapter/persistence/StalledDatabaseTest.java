package dev.chatlist.adapter.persistence;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.chatlist.adapter.persistence.embedded.FaultyServer;
import dev.chatlist.application.ChatListService;
import dev.chatlist.application.StorageUnavailableException;
import dev.chatlist.domain.PageRequest;
import dev.chatlist.domain.UserId;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Connections that hang, while others would work. */
@Tag("faults")
@Timeout(120)
class StalledDatabaseTest {
    private static final PageRequest PAGE = new PageRequest(1, 20);
    private static final UserId ADA = new UserId("ada");

    private final ExecutorService clients = Executors.newCachedThreadPool();
    private FaultyServer server;
    private TcpProxy network;

    @BeforeEach
    void start() throws Exception {
        server = FaultyServer.create();
        network = new TcpProxy(server.port());
        Database.open(server.settings(server.port(), 1)).close();
        server.execute(
                "INSERT INTO users (user_id, created_at) VALUES ('ada', 1), ('bob', 1)",
                "INSERT INTO rooms (room_id, creator_id, created_at) VALUES ('r', 'ada', 1)",
                "INSERT INTO memberships VALUES ('ada', 'r', 1)");
    }

    @AfterEach
    void stop() throws Exception {
        clients.shutdownNow();
        network.close();
        server.close();
    }

    @ParameterizedTest
    @CsvSource({"10, 0", "10, 16777216", "30, 0", "30, 16777216"})
    void whenAllConnectionsAreDeadNewOnesAreUsed(int poolSize, long cacheBytes) throws Exception {
        try (Database database = Database.open(server.settings(network.port(), poolSize))) {
            ChatListService list = new ChatListService(database.directory(cacheBytes));
            useAllConnections(list, poolSize);
            // Connections that were used a moment ago aren't checked before they are used again.
            Thread.sleep(600);
            network.stall();
            long begun = System.nanoTime();
            Duration longest = Duration.ZERO;
            int right = 0;
            while (right < 10) {
                long asked = System.nanoTime();
                try {
                    right = list.listMyChats(ADA, PAGE).size() == 1 ? right + 1 : 0;
                } catch (StorageUnavailableException e) {
                    right = 0;
                }
                longest = max(longest, Duration.ofNanos(System.nanoTime() - asked));
            }
            Duration recovered = Duration.ofNanos(System.nanoTime() - begun);
            assertTrue(recovered.toSeconds() < 10, "recovered after " + recovered);
            assertTrue(longest.toSeconds() < 6, "one request took " + longest);
        }
    }

    /** The server's process for the question stops in its tracks. */
    @Test
    void aFrozenBackendOfTheQuestionDelaysAnAnswerByTwoSeconds() throws Exception {
        try (Database database = Database.open(server.settings(server.port(), 4))) {
            ChatListService list = new ChatListService(database.directory(1 << 24));
            list.listMyChats(ADA, PAGE);
            long pid = Long.parseLong(server.query(
                    "SELECT pid FROM pg_stat_activity WHERE query LIKE '%pg_current_snapshot%' AND pid <> pg_backend_pid()"
                            + " ORDER BY query_start DESC LIMIT 1"));
            server.freeze(pid);
            try {
                long asked = System.nanoTime();
                for (int n = 0; n < 20; n++) {
                    assertEquals(1, list.listMyChats(ADA, PAGE).size());
                }
                Duration took = Duration.ofNanos(System.nanoTime() - asked);
                assertTrue(took.toSeconds() < 4, "took " + took);
                assertEquals("ok", database.check());
            } finally {
                server.thaw(pid);
            }
        }
    }

    @Test
    void aLockedTableIsAnOutageAndNothingElse() throws Exception {
        try (Database database = Database.open(server.settings(server.port(), 4))) {
            ChatListService list = new ChatListService(database.directory(1 << 24));
            assertEquals(1, list.listMyChats(ADA, PAGE).size());
            try (Connection locking = server.connect();
                    Statement statement = locking.createStatement()) {
                locking.setAutoCommit(false);
                statement.execute("LOCK TABLE room_activity IN ACCESS EXCLUSIVE MODE");
                server.execute("INSERT INTO users (user_id, created_at) VALUES ('carl', 1)");
                boolean isOut = false;
                try {
                    list.listMyChats(ADA, PAGE);
                } catch (StorageUnavailableException e) {
                    isOut = true;
                }
                assertTrue(isOut, "the lock hides whether anything has changed");
                locking.rollback();
            }
            assertEquals(1, list.listMyChats(ADA, PAGE).size());
        }
    }

    private void useAllConnections(ChatListService list, int poolSize) throws Exception {
        List<Future<?>> running = new ArrayList<>();
        for (int n = 0; n < 4 * poolSize; n++) {
            running.add(clients.submit(() -> list.listMyRoomIds(ADA)));
            running.add(clients.submit(() -> list.listMyChats(ADA, PAGE)));
        }
        for (Future<?> one : running) {
            one.get();
        }
    }

    private static Duration max(Duration a, Duration b) {
        return a.compareTo(b) > 0 ? a : b;
    }
}
