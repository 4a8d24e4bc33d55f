package dev.chatlist.adapter.persistence;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.zaxxer.hikari.HikariDataSource;
import dev.chatlist.adapter.persistence.embedded.FaultyServer;
import dev.chatlist.application.sync.SyncDirectory;
import dev.chatlist.domain.UserId;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * States and cursors of a database that has lost its last commits since, and has given their transaction ids to others.
 * Each is answered with a reset, and the client then holds what the database has now.
 */
@Tag("faults")
@Timeout(180)
class LostHistoryTest {
    private static final List<UserId> USERS =
            IntStream.rangeClosed(2, 4).mapToObj(n -> new UserId("u" + n)).toList();
    private static final long BYTES = 1 << 24;
    private static final String CHANGE_EVERY_ROOM =
            "UPDATE users SET nick_name = nick_name || '+' WHERE user_id = 'u1'";

    /**
     * Instances that are asked after a failover. The first two served the old primary, and reach the new one by the same
     * address. The next two served the standby, and their connections survive the promotion; those of the third belong to
     * an embedding program.
     */
    private static final List<String> INSTANCES = List.of(
            "with memory",
            "without memory",
            "with memory on the standby",
            "without memory on the standby",
            "a new one");

    private final List<AutoCloseable> opened = new ArrayList<>();
    private FaultyServer server;
    private TcpProxy network;

    /** Through the network. */
    private Database database;

    @BeforeEach
    void start() throws Exception {
        server = FaultyServer.create();
        network = new TcpProxy(server.port());
        Database.open(server.settings(server.port(), 1)).close();
        server.execute(
                "INSERT INTO users (user_id, created_at) SELECT 'u' || n, 1 FROM generate_series(1, 4) n",
                "INSERT INTO rooms (room_id, creator_id, created_at) SELECT 'r' || n, 'u1', n FROM generate_series(1, 30) n",
                "INSERT INTO memberships SELECT 'u' || u, 'r' || r, 1 FROM generate_series(1, 4) u, generate_series(1, 30) r"
                        + " WHERE (u + r) % 2 = 0");
        database = opened(server, network.port());
    }

    @AfterEach
    void stop() throws Exception {
        closeAll();
        network.close();
        server.close();
    }

    // ---- a failover

    static List<String> instances() {
        return INSTANCES;
    }

    /** Whoever is asked first may have to begin the epoch. */
    @ParameterizedTest
    @MethodSource("instances")
    void aStandbyThatLackedTenCommitsTakesOver(String first) throws Exception {
        try (TcpProxy replication = new TcpProxy(server.port());
                FaultyServer standby = standby(replication.port())) {
            HikariDataSource embedding =
                    new HikariDataSource(ConnectionPool.configure(standby.settings(standby.port(), 2)));
            opened.add(embedding);
            List<SyncDirectory> takers = List.of(
                    database.directory(BYTES),
                    database.directory(),
                    Database.over(embedding).directory(BYTES),
                    opened(standby, standby.port()).directory());
            List<TokenHolders> ahead = new ArrayList<>();
            List<TokenHolders> behind = new ArrayList<>();
            for (int n = 0; n < INSTANCES.size(); n++) {
                ahead.add(new TokenHolders(USERS, takers.get(n % 2)));
                behind.add(new TokenHolders(USERS, takers.get(2 + n % 2)));
            }
            server.execute(CHANGE_EVERY_ROOM);
            server.awaitStandby();
            replication.stall();
            replication.stallNew(true);
            long kept = next(server);
            commitTen();
            long lost = next(server);
            ahead.forEach(TokenHolders::take);
            behind.forEach(TokenHolders::take);

            server.kill();
            standby.promote();
            giveTheIdsToOthers(standby, kept, lost);
            network.pointTo(standby.port());
            network.drop();

            for (int n = 0; n < INSTANCES.size(); n++) {
                int turn = (INSTANCES.indexOf(first) + n) % INSTANCES.size();
                SyncDirectory taker = turn < takers.size()
                        ? takers.get(turn)
                        : opened(standby, standby.port()).directory(BYTES);
                assertEquals(List.of(), ahead.get(turn).show(taker), "accepted by " + INSTANCES.get(turn));
                behind.get(turn).show(taker);
            }
            SyncDirectory truth = opened(standby, standby.port()).directory();
            ahead.forEach(holders -> holders.assertNobodyWasToldALie(truth));
            behind.forEach(holders -> holders.assertNobodyWasToldALie(truth));
            closeAll();
        }
    }

    // ---- a restore

    @Test
    void aColdCopyIsPutBackIntoTheSameDirectory() throws Exception {
        server.stop();
        try (FaultyServer copy = server.copy()) {
            server.start();
            Lost lost = new Lost();
            server.stop();
            server.putBack(copy);
            server.start();
            lost.assertForgotten(server);
        }
    }

    @Test
    void aBackupOfTheRunningServerStartsElsewhere() throws Exception {
        try (FaultyServer backup = server.backUp()) {
            Lost lost = new Lost();
            server.kill();
            backup.start();
            lost.assertForgotten(backup);
        }
    }

    @Test
    void aBackupIsRecoveredToAPointInTime() throws Exception {
        try (FaultyServer backup = server.backUp()) {
            server.execute(CHANGE_EVERY_ROOM, "SELECT pg_create_restore_point('before')");
            Lost lost = new Lost();
            server.stop();
            backup.recoverTo("before", server);
            backup.start();
            backup.await("SELECT NOT pg_is_in_recovery()");
            lost.assertForgotten(backup);
        }
    }

    // ---- a crash

    @Test
    void aCrashLosesCommitsThatDidNotWaitForTheDisk() throws Exception {
        freezeWhoeverWritesTheLog();
        Lost lost = new Lost();
        server.kill();
        server.start();
        lost.assertForgotten(server);
    }

    @Test
    void aCrashOfOneBackendDoesToo() throws Exception {
        freezeWhoeverWritesTheLog();
        Lost lost = new Lost();
        server.killBackend();
        lost.assertForgotten(server);
    }

    /** However long it takes, no background process of the server writes the log before the crash. */
    private void freezeWhoeverWritesTheLog() throws Exception {
        server.execute("ALTER SYSTEM SET autovacuum = off", "SELECT pg_reload_conf()");
        for (String process : List.of("walwriter", "background writer", "checkpointer")) {
            server.freeze(Long.parseLong(
                    server.query("SELECT pid FROM pg_stat_activity WHERE backend_type = '" + process + "'")));
        }
    }

    /** Nobody can tell from a server that has started again whether it has lost something. */
    @Test
    void aRestartThatLosesNothingIsAResetToo() throws Exception {
        TokenHolders holders = new TokenHolders(USERS, database.directory());
        server.execute(CHANGE_EVERY_ROOM);
        holders.take();
        server.stop();
        server.start();
        assertEquals(List.of(), holders.show(database.directory()));
        holders.assertNobodyWasToldALie(database.directory());
    }

    /** Whoever only reads may have been given such a user. */
    @Test
    void anEpochBeginsThoughTheUsersTransactionsAreReadOnlyByDefault() throws Exception {
        TokenHolders holders = new TokenHolders(USERS, database.directory());
        server.execute(CHANGE_EVERY_ROOM, "ALTER ROLE CURRENT_USER SET default_transaction_read_only = on");
        holders.take();
        server.stop();
        server.start();
        assertEquals(List.of(), holders.show(database.directory()));
        holders.assertNobodyWasToldALie(database.directory());
    }

    @Test
    void nothingIsResetWhenOnlyTheNetworkBreaks() throws Exception {
        SyncDirectory withMemory = database.directory(BYTES);
        TokenHolders holders = new TokenHolders(USERS, withMemory);
        server.execute(CHANGE_EVERY_ROOM);
        holders.take();
        commitTen();
        network.drop();
        assertEquals(3 * USERS.size(), holders.show(withMemory).size());
        network.drop();
        holders.assertNobodyWasToldALie(database.directory());
    }

    /** Tokens of instances with and without memory, and ten commits that they have seen and that the server will lose. */
    private final class Lost {
        private final List<SyncDirectory> takers = List.of(database.directory(BYTES), database.directory());
        private final List<TokenHolders> holders;
        private final long first;
        private final long next;

        Lost() throws Exception {
            holders = Stream.of(0, 1, 0)
                    .map(giver -> new TokenHolders(USERS, takers.get(giver)))
                    .toList();
            server.execute(CHANGE_EVERY_ROOM);
            first = next(server);
            commitTen();
            next = next(server);
            holders.forEach(TokenHolders::take);
        }

        /** By those instances, which reach the server by the same address as before, and by one that is new. */
        void assertForgotten(FaultyServer now) throws Exception {
            giveTheIdsToOthers(now, first, next);
            network.pointTo(now.port());
            network.drop();
            assertEquals(List.of(), holders.get(0).show(takers.get(0)), "accepted by an instance with memory");
            assertEquals(List.of(), holders.get(1).show(takers.get(1)), "accepted by one without memory");
            SyncDirectory fresh = opened(now, now.port()).directory(BYTES);
            assertEquals(List.of(), holders.get(2).show(fresh), "accepted by a new one");
            holders.forEach(each -> each.assertNobodyWasToldALie(fresh));
        }
    }

    // ---- helpers

    private FaultyServer standby(int primaryPort) throws Exception {
        server.stop();
        FaultyServer standby = server.copy();
        server.start();
        standby.follow(primaryPort);
        standby.start();
        server.awaitStandby();
        return standby;
    }

    private Database opened(FaultyServer at, int port) {
        Database database = Database.open(at.settings(port, 3));
        opened.add(database);
        return database;
    }

    private void closeAll() throws Exception {
        for (AutoCloseable each : opened) {
            each.close();
        }
        opened.clear();
    }

    /** Of every kind, in rooms of every user. They don't wait for the disk. */
    private void commitTen() throws Exception {
        server.execute(
                "SET synchronous_commit = off",
                "INSERT INTO messages (id, to_room_id, from_uid, msg_contents, created_at) VALUES ('l1', 'r2', 'u2', 'lost', 900)",
                "INSERT INTO messages (id, to_room_id, from_uid, msg_contents, created_at) VALUES ('l2', 'r3', 'u3', 'lost', 901)",
                "UPDATE rooms SET name = 'lost' WHERE room_id = 'r4'",
                "UPDATE rooms SET name = 'lost' WHERE room_id = 'r5'",
                "DELETE FROM memberships WHERE user_id = 'u2' AND room_id = 'r6'",
                "DELETE FROM memberships WHERE user_id = 'u3' AND room_id = 'r7'",
                "INSERT INTO memberships VALUES ('u2', 'r9', 2), ('u3', 'r8', 2), ('u4', 'r9', 2)",
                "DELETE FROM rooms WHERE room_id IN ('r10', 'r11')",
                "UPDATE users SET nick_name = 'lost' WHERE user_id = 'u3'",
                "UPDATE users SET nick_name = 'lost' WHERE user_id = 'u2'");
    }

    /** As many and more, in other rooms, so that whoever has seen the lost ones seems to have seen these. */
    private static void giveTheIdsToOthers(FaultyServer to, long kept, long lost) throws Exception {
        assertTrue(next(to) <= kept, "the commits are lost");
        for (int n = 12; n < 24; n++) {
            to.execute(
                    "UPDATE rooms SET name = 'other %d' WHERE room_id = 'r%1$d'".formatted(n),
                    "INSERT INTO messages (id, to_room_id, from_uid, created_at) VALUES ('o%d', 'r%1$d', 'u1', %1$d)"
                            .formatted(n));
        }
        to.execute(
                "DELETE FROM memberships WHERE room_id IN ('r24', 'r25')",
                "DELETE FROM rooms WHERE room_id IN ('r26', 'r27')");
        assertTrue(next(to) >= lost, "others have the ids of the lost commits");
    }

    /** The next transaction id. */
    private static long next(FaultyServer server) throws Exception {
        return Long.parseLong(server.query("SELECT pg_snapshot_xmax(pg_current_snapshot())::text"));
    }
}
