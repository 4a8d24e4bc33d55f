package dev.chatlist.adapter.persistence;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.chatlist.adapter.persistence.embedded.FaultyServer;
import dev.chatlist.application.ChatListService;
import dev.chatlist.application.StorageUnavailableException;
import dev.chatlist.domain.Chat;
import dev.chatlist.domain.PageRequest;
import dev.chatlist.domain.UserId;
import java.sql.Connection;
import java.sql.Statement;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * What is in memory stays right when the database crashes, fails over or is set back. A database then gives transaction
 * ids and versions out again that its readers have seen.
 */
@Tag("faults")
@Timeout(180)
class CrashTest {
    private static final int USERS = 20;
    private static final PageRequest PAGE = new PageRequest(1, 40);

    private FaultyServer server;
    private TcpProxy network;
    private Database database;
    private ChatListService instance;

    @BeforeEach
    void start() throws Exception {
        server = FaultyServer.create();
        network = new TcpProxy(server.port());
        Database.open(server.settings(server.port(), 2)).close();
        server.execute(
                "INSERT INTO users (user_id, created_at) SELECT 'u' || n, 1 FROM generate_series(1, 20) n",
                "INSERT INTO rooms (room_id, creator_id, created_at) SELECT 'r' || n, 'u1', n FROM generate_series(1, 30) n",
                "INSERT INTO memberships SELECT 'u' || u, 'r' || r, 1 FROM generate_series(1, 20) u, generate_series(1, 30) r"
                        + " WHERE (u + r) % 3 = 0",
                "INSERT INTO messages (id, to_room_id, from_uid, created_at)"
                        + " SELECT 'm' || n, 'r' || n, 'u1', 100 + n FROM generate_series(1, 30) n");
        database = Database.open(server.settings(network.port(), 4));
        instance = new ChatListService(database.directory(1 << 24));
        assertEverybodyIsRight(server);
    }

    @AfterEach
    void stop() throws Exception {
        database.close();
        network.close();
        server.close();
    }

    @Test
    void writesAfterAKillOfTheServerAreSeen() throws Exception {
        seeAbortedTransactions();
        server.kill();
        server.start();
        write(server);
        assertEverybodyIsRight(server);
    }

    @Test
    void writesAfterAnImmediateStopAreSeen() throws Exception {
        seeAbortedTransactions();
        server.stopImmediately();
        server.start();
        write(server);
        assertEverybodyIsRight(server);
    }

    @Test
    void writesAfterAKillOfOneBackendAreSeen() throws Exception {
        String epoch = epoch(server);
        seeAbortedTransactions();
        server.killBackend();
        write(server);
        assertEverybodyIsRight(server);
        assertNotEquals(epoch, epoch(server));
    }

    @Test
    void aPlannedRestartChangesNothing() throws Exception {
        server.stop();
        server.start();
        assertEverybodyIsRight(server);
        write(server);
        assertEverybodyIsRight(server);
    }

    @Test
    void writesAfterASynchronousStandbyTookOverAreSeen() throws Exception {
        try (FaultyServer standby = standby(server.port())) {
            server.awaitStandby();
            server.commitSynchronously();
            String epoch = epoch(server);
            seeAbortedTransactions();
            server.kill();
            takeOver(standby);
            write(standby);
            assertEverybodyIsRight(standby);
            assertNotEquals(epoch, epoch(standby));
        }
    }

    @Test
    void whatAStandbyLackedIsNotShownAfterItTookOver() throws Exception {
        try (TcpProxy replication = new TcpProxy(server.port());
                FaultyServer standby = standby(replication.port())) {
            server.awaitStandby();
            replication.stall();
            replication.stallNew(true);
            server.execute(
                    "INSERT INTO messages (id, to_room_id, from_uid, msg_contents, created_at)"
                            + " VALUES ('lost', 'r1', 'u2', 'lost', 900)",
                    "INSERT INTO memberships VALUES ('u1', 'r1', 2), ('u4', 'r1', 2)",
                    "DELETE FROM memberships WHERE user_id = 'u2' AND room_id = 'r4'",
                    "UPDATE users SET nick_name = 'lost' WHERE user_id = 'u5'",
                    "UPDATE rooms SET name = 'lost' WHERE room_id = 'r7'");
            assertEverybodyIsRight(server);
            server.kill();
            takeOver(standby);
            assertEverybodyIsRight(standby);
            // Its versions and transaction ids are those that the other server gave to what is lost.
            for (int n = 0; n < 10; n++) {
                standby.execute(
                        "INSERT INTO messages (id, to_room_id, from_uid, msg_contents, created_at)"
                                + " VALUES ('new%d', 'r%d', 'u2', 'new', 901)".formatted(n, n + 1),
                        "UPDATE rooms SET name = 'new %d' WHERE room_id = 'r%d'".formatted(n, n + 5));
                assertEverybodyIsRight(standby);
            }
            write(standby);
            assertEverybodyIsRight(standby);
        }
    }

    /** A standby that serves reads is promoted: its connections survive. */
    @Test
    void writesAfterThePromotionOfTheStandbyThatIsReadAreSeen() throws Exception {
        try (FaultyServer standby = standby(server.port())) {
            server.awaitStandby();
            network.pointTo(standby.port());
            network.drop();
            assertEverybodyIsRight(standby);
            String epoch = epoch(standby);
            server.kill();
            standby.promote();
            assertEverybodyIsRight(standby);
            write(standby);
            assertEverybodyIsRight(standby);
            assertNotEquals(epoch, epoch(standby));
        }
    }

    /** As when a name leads to another server: connections that are open stay where they are. */
    @Test
    void noListMixesTwoServers() throws Exception {
        try (FaultyServer standby = standby(server.port())) {
            server.awaitStandby();
            standby.promote();
            server.execute("DELETE FROM memberships WHERE user_id = 'u3'");
            standby.execute(
                    "DELETE FROM memberships WHERE user_id = 'u6'",
                    "INSERT INTO messages (id, to_room_id, from_uid, created_at) VALUES ('there', 'r3', 'u1', 999)");
            network.pointTo(standby.port());
            // Each answer is that of one server or of the other, and the old connections don't live for ever.
            try (Database here = Database.open(server.settings(server.port(), 1));
                    Database there = Database.open(standby.settings(standby.port(), 1))) {
                for (int n = 1; n <= 200; n++) {
                    UserId user = user(1 + n % USERS);
                    List<Chat> shown = instance.listMyChats(user, PAGE);
                    assertTrue(shown.equals(page(here, user)) || shown.equals(page(there, user)), "mixed for " + user);
                    if (n == 100) {
                        network.drop();
                    }
                }
            }
            assertEverybodyIsRight(standby);
        }
    }

    @Test
    void aColdCopyThatIsPutBackIsSeen() throws Exception {
        server.stop();
        try (FaultyServer backup = server.copy()) {
            server.start();
            write(server);
            assertEverybodyIsRight(server);
            server.stop();
            backup.start();
            network.pointTo(backup.port());
            network.drop();
            assertEverybodyIsRight(backup);
            write(backup);
            assertEverybodyIsRight(backup);
        }
    }

    @Test
    void anOperatorCanRenewTheEpochAfterRestoringTables() throws Exception {
        server.execute(
                "SET session_replication_role = replica",
                "UPDATE rooms SET name = 'restored'",
                "DELETE FROM memberships WHERE user_id = 'u2'");
        server.execute("SELECT renew_epoch()");
        assertEverybodyIsRight(server);
    }

    private FaultyServer standby(int primaryPort) throws Exception {
        server.stop();
        FaultyServer standby = server.copy();
        server.start();
        standby.follow(primaryPort);
        standby.start();
        return standby;
    }

    private void takeOver(FaultyServer standby) throws Exception {
        standby.promote();
        network.pointTo(standby.port());
        network.drop();
    }

    /** Their ids aren't in the log yet, so a crash gives them out again. */
    private void seeAbortedTransactions() throws Exception {
        try (Connection connection = server.connect();
                Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            for (int n = 0; n < 3_000; n++) {
                statement.execute("SELECT pg_current_xact_id()");
                connection.rollback();
            }
        }
        instance.listMyChats(user(1), PAGE);
    }

    /** Changes of every kind, and then more transactions than were aborted. */
    private void write(FaultyServer to) throws Exception {
        to.execute(
                "INSERT INTO messages (id, to_room_id, from_uid, created_at)"
                        + " SELECT 'w' || n, 'r' || n, 'u1', 1000 - n FROM generate_series(1, 9) n",
                "DELETE FROM memberships WHERE user_id = 'u4' AND room_id IN ('r2', 'r5')",
                "INSERT INTO memberships VALUES ('u4', 'r1', 5), ('u5', 'r2', 5)",
                "UPDATE users SET nick_name = 'renamed' WHERE user_id IN ('u7', 'u1')");
        try (Connection connection = to.connect();
                Statement statement = connection.createStatement()) {
            for (int n = 0; n < 4_000; n++) {
                statement.execute("SELECT pg_current_xact_id()");
            }
        }
    }

    private void assertEverybodyIsRight(FaultyServer truth) {
        try (Database fresh = Database.open(truth.settings(truth.port(), 1))) {
            List<UserId> wrong = IntStream.rangeClosed(1, USERS)
                    .mapToObj(CrashTest::user)
                    .filter(user -> !shown(user).equals(page(fresh, user)))
                    .toList();
            assertEquals(List.of(), wrong, "wrong lists");
        }
    }

    private static List<Chat> page(Database database, UserId user) {
        return new ChatListService(database.directory()).listMyChats(user, PAGE);
    }

    /** An outage is no answer, so the client asks again. */
    private List<Chat> shown(UserId user) {
        long begun = System.nanoTime();
        while (true) {
            try {
                return instance.listMyChats(user, PAGE);
            } catch (StorageUnavailableException e) {
                if (System.nanoTime() - begun > TimeUnit.SECONDS.toNanos(10)) {
                    throw e;
                }
            }
        }
    }

    private static String epoch(FaultyServer server) throws Exception {
        return server.query("SELECT encode(secret, 'hex') FROM epoch");
    }

    private static UserId user(int n) {
        return new UserId("u" + n);
    }
}
