package dev.chatlist.adapter.persistence;

import static java.util.Objects.requireNonNull;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.chatlist.adapter.persistence.sql.Snapshot;
import dev.chatlist.adapter.persistence.sql.Snapshot.Epoch;
import dev.chatlist.adapter.persistence.sql.SqlDirectory;
import dev.chatlist.application.RoomVersion;
import dev.chatlist.application.sync.Cursor;
import dev.chatlist.application.sync.RemovedRoom;
import dev.chatlist.application.sync.SyncDirectory;
import dev.chatlist.application.sync.SyncRequest.Delta;
import dev.chatlist.application.sync.SyncRequest.Walk;
import dev.chatlist.application.sync.Synced;
import dev.chatlist.domain.RoomId;
import dev.chatlist.domain.UserId;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What the contract can't make a store do: transactions that overlap, departures that are forgotten, a new epoch, and rows
 * from another server.
 */
class SyncOnPostgresTest {
    private static final UserId ADA = new UserId("ada");
    private static final int SIZE = 2;

    private static final String MESSAGE =
            "INSERT INTO messages (id, to_room_id, from_uid, created_at) VALUES ('%s', '%s', 'bob', %s)";

    private static TestSchema schema;

    @BeforeAll
    static void open() {
        schema = new TestSchema();
    }

    @AfterAll
    static void close() {
        schema.close();
    }

    @BeforeEach
    void threeRooms() throws SQLException {
        schema.execute(
                "TRUNCATE users CASCADE",
                "DELETE FROM departures",
                "INSERT INTO users (user_id, created_at) VALUES ('ada', 1), ('bob', 1)",
                "INSERT INTO rooms (room_id, creator_id, created_at) VALUES ('r1', 'bob', 1), ('r2', 'bob', 2), ('r3', 'bob', 3)",
                "INSERT INTO memberships SELECT 'ada', room_id, 1 FROM rooms");
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 10_000_000})
    void whatWasInProgressIsNewsOnceItIsCommitted(long cacheBytes) throws SQLException {
        SyncDirectory directory = schema.database.directory(cacheBytes);
        try (Connection connection = schema.connect();
                Statement earlier = connection.createStatement()) {
            connection.setAutoCommit(false);
            earlier.execute(MESSAGE.formatted("m1", "r1", 50));
            earlier.execute("DELETE FROM memberships WHERE room_id = 'r2'");
            schema.execute(MESSAGE.formatted("m3", "r3", 60));
            Synced<RoomVersion> first = begin(directory);
            assertEquals(List.of("r3", "r2"), rooms(first));

            connection.commit();
            Synced<RoomVersion> delta = directory.sync(ADA, new Delta(first.state(), SIZE));
            assertEquals(List.of("r1"), rooms(delta));
            assertEquals(List.of(new RoomId("r2")), removed(delta));
            Synced<RoomVersion> second = directory.sync(ADA, new Walk(requireNonNull(first.next()), SIZE));
            assertEquals(List.of(), rooms(second));
            assertEquals(delta.listed(), second.moved());
            assertEquals(List.of(new RoomId("r2")), removed(second));
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 10_000_000})
    void aStateThatMissesForgottenDeparturesIsAReset(long cacheBytes) throws SQLException {
        SyncDirectory directory = schema.database.directory(cacheBytes);
        Synced<RoomVersion> before = begin(directory);
        schema.execute("DELETE FROM memberships WHERE room_id = 'r1'");
        Synced<RoomVersion> after = begin(directory);
        assertEquals(List.of(new RoomId("r1")), removed(directory.sync(ADA, new Delta(before.state(), SIZE))));

        schema.execute("UPDATE departures SET left_at = now() - interval '31 days'");
        schema.execute("INSERT INTO memberships VALUES ('bob', 'r2', 1)");
        assertEquals("0", schema.query("SELECT count(*) FROM departures"));

        assertReset(directory, before);
        Synced<RoomVersion> delta = directory.sync(ADA, new Delta(after.state(), SIZE));
        assertFalse(delta.isReset());
        assertEquals(List.of("r2"), rooms(delta));
    }

    @ParameterizedTest
    @CsvSource({
        "0, SELECT renew_epoch()",
        "0, 'TRUNCATE memberships; INSERT INTO memberships SELECT ''ada'', room_id, 2 FROM rooms'",
        "10000000, SELECT renew_epoch()",
        "10000000, 'TRUNCATE memberships; INSERT INTO memberships SELECT ''ada'', room_id, 2 FROM rooms'"
    })
    void aTokenFromBeforeTheEpochIsAReset(long cacheBytes, String begin) throws SQLException {
        SyncDirectory directory = schema.database.directory(cacheBytes);
        Synced<RoomVersion> before = begin(directory);
        schema.execute(begin);
        assertReset(directory, before);
    }

    /** As in rows that were restored from a server with more transactions behind it. */
    @ParameterizedTest
    @ValueSource(longs = {0, 10_000_000})
    void whatNamesATransactionToComeIsNoNews(long cacheBytes) throws SQLException {
        schema.execute(
                "UPDATE room_activity SET changed_in = 1000000000000 WHERE room_id = 'r1'",
                "INSERT INTO membership_changes VALUES (1000000000000, 'ada', 'r4')",
                "INSERT INTO departures VALUES ('ada', 'r4', 1000000000000, 'left', now())");
        try {
            SyncDirectory directory = schema.database.directory(cacheBytes);
            Synced<RoomVersion> first = begin(directory);
            schema.execute("INSERT INTO users (user_id, created_at) VALUES ('eve', 1)");
            Synced<RoomVersion> second = directory.sync(ADA, new Walk(requireNonNull(first.next()), SIZE));
            assertEquals(List.of("r1"), rooms(second));
            assertEquals(List.of(), second.moved());
            assertEquals(List.of(), second.removed());
            schema.execute("INSERT INTO users (user_id, created_at) VALUES ('carl', 1)");
            Synced<RoomVersion> delta = directory.sync(ADA, new Delta(second.state(), SIZE));
            assertEquals(
                    new Synced<>(List.of(), List.of(), List.of(), false, null, second.state(), 3),
                    delta,
                    "nothing is new");
        } finally {
            schema.execute("TRUNCATE membership_changes");
        }
    }

    /** The list was read before a failover, for example, and the departures after it. */
    @Test
    void departuresOfAnotherRunOfTheServerAreOfNoUse() throws SQLException {
        SqlDirectory directory = new SqlDirectory(schema.connections());
        String run = schema.query("SELECT enter_epoch()");
        Snapshot seen =
                Snapshot.parse(schema.query("SELECT pg_current_snapshot()::text"), false, new Epoch(run, "the secret"));
        schema.execute("DELETE FROM memberships WHERE room_id = 'r1'");

        assertNotNull(directory.departures(ADA, seen, run));
        assertNull(directory.departures(ADA, seen, "another run"));
    }

    private static Synced<RoomVersion> begin(SyncDirectory directory) {
        return directory.sync(ADA, new Walk(Cursor.BEGIN, SIZE));
    }

    private static void assertReset(SyncDirectory directory, Synced<RoomVersion> before) {
        List<Synced<RoomVersion>> answers = Stream.of(
                        new Delta(before.state(), SIZE), new Walk(requireNonNull(before.next()), SIZE))
                .map(request -> directory.sync(ADA, request))
                .toList();
        for (Synced<RoomVersion> answer : answers) {
            assertTrue(answer.isReset(), answer::toString);
            assertEquals(List.of("r3", "r2"), rooms(answer));
        }
    }

    private static List<String> rooms(Synced<RoomVersion> answer) {
        return answer.listed().stream().map(room -> room.roomId().value()).toList();
    }

    private static List<RoomId> removed(Synced<RoomVersion> answer) {
        return answer.removed().stream().map(RemovedRoom::roomId).toList();
    }
}
