package dev.chatlist.adapter.persistence.sql;

import static java.util.Objects.requireNonNull;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.chatlist.adapter.persistence.TestSchema;
import dev.chatlist.adapter.persistence.sql.ChangeFeed.Activity;
import dev.chatlist.adapter.persistence.sql.ChangeFeed.Change;
import dev.chatlist.adapter.persistence.sql.ChangeFeed.Membership;
import dev.chatlist.adapter.persistence.sql.ChangeFeed.Posted;
import dev.chatlist.adapter.persistence.sql.Snapshot.Epoch;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The changes between two snapshots. */
class ChangeFeedTest {
    private static final Epoch EPOCH = new Epoch("run", "id");
    private static TestSchema schema;
    private static ChangeFeed feed;

    @BeforeAll
    static void open() {
        schema = new TestSchema();
        feed = new ChangeFeed(schema.connections(), 5);
    }

    @AfterAll
    static void close() {
        schema.close();
    }

    @BeforeEach
    void someRooms() throws SQLException {
        schema.execute("TRUNCATE users CASCADE");
        schema.execute("INSERT INTO users (user_id, created_at) VALUES ('ada', 1), ('bob', 1)");
        schema.execute("INSERT INTO rooms (room_id, creator_id, created_at) VALUES ('a', 'ada', 1), ('b', 'ada', 1)");
    }

    @Test
    void nothingIsReturnedWhereNothingChanged() {
        assertEquals(List.of(), since(feed.now().snapshot()));
    }

    @Test
    void theSnapshotStaysWhileNobodyCommits() {
        Snapshot before;
        Snapshot after;
        // The server itself commits now and then.
        do {
            before = feed.now().snapshot();
            after = feed.since(before).snapshot();
        } while (!feed.now().snapshot().equals(before));
        assertSame(before, after);
    }

    @Test
    void onlyEqualSnapshotsOfAPrimaryProveThatNobodyCommitted() {
        Snapshot before = new Snapshot(20, List.of(12L), false, EPOCH);
        assertTrue(new Snapshot(20, List.of(12L), false, EPOCH).equalsOnPrimary(before));
        assertFalse(new Snapshot(20, List.of(), false, EPOCH).equalsOnPrimary(before));
        assertFalse(new Snapshot(21, List.of(12L), false, EPOCH).equalsOnPrimary(before));
        assertFalse(new Snapshot(20, List.of(12L), false, new Epoch("other run", "id")).equalsOnPrimary(before));
        assertFalse(new Snapshot(20, List.of(), true, EPOCH).equalsOnPrimary(new Snapshot(20, List.of(), true, EPOCH)));
    }

    @Test
    void aChangeIsReturnedOnce() throws SQLException {
        Snapshot before = feed.now().snapshot();
        schema.execute(message("m1", "a", 7));
        assertEquals(List.of("a at 7"), since(before));
        assertEquals(List.of(), since(feed.since(before).snapshot()));
    }

    @Test
    void changesAreFoundAfterQuietAndAfterBusyCalls() throws SQLException {
        Snapshot before = feed.now().snapshot();
        schema.execute(message("m1", "a", 7));
        assertEquals(List.of("a at 7"), since(before));
        assertEquals(List.of("a at 7"), since(before), "right after a call that found changes");
        Snapshot between;
        do {
            between = feed.now().snapshot();
        } while (!feed.since(between).snapshot().equals(between));
        assertEquals(List.of("a at 7"), since(before), "after a call that found nothing");
        Snapshot quiet = feed.now().snapshot();
        schema.execute(message("m2", "b", 8));
        assertEquals(List.of("b at 8"), since(quiet));
    }

    @Test
    void aTransactionThatCommitsLateIsReturnedAfterItsCommit() throws SQLException {
        try (Connection early = schema.connect();
                Statement statement = early.createStatement()) {
            early.setAutoCommit(false);
            statement.execute(message("m1", "a", 7));
            Snapshot before = feed.now().snapshot();
            schema.execute(message("m2", "b", 8));
            assertEquals(List.of("b at 8"), since(before));
            Snapshot between = feed.since(before).snapshot();
            assertEquals(List.of(), since(between), "an open transaction has nothing returned again");
            early.commit();
            assertEquals(List.of("a at 7"), since(between));
        }
    }

    @Test
    void aMessageIsPostedWhereNothingElseChanged() throws SQLException {
        schema.execute(message("m1", "a", 7));
        Snapshot before = feed.now().snapshot();
        schema.execute(message("m2", "a", 8), message("m3", "a", 6));
        assertEquals(List.of("m2"), posted(before));
        schema.execute("DELETE FROM messages WHERE id = 'm2'");
        assertEquals(List.of("m1"), posted(before));
        schema.execute("DELETE FROM messages");
        assertEquals(List.of(), posted(before), "a room without messages posts none");
    }

    @Test
    void aPostedMessageNamesTheVersionSinceWhichOnlyMessagesChanged() throws SQLException {
        String version = "SELECT version FROM room_activity WHERE room_id = 'a'";
        schema.execute("INSERT INTO memberships VALUES ('bob', 'a', 1)");
        long joined = Long.parseLong(schema.query(version));
        Snapshot before = feed.now().snapshot();
        schema.execute(message("m1", "a", 7));
        Posted posted = feed.since(before).posted().get(0);
        assertEquals(joined, posted.since());
        assertEquals(Long.parseLong(schema.query(version)), posted.room().version());
        for (String change : List.of(
                "UPDATE rooms SET name = 'x' WHERE room_id = 'a'",
                "UPDATE users SET nick_name = 'x' WHERE user_id = 'ada'",
                "UPDATE users SET nick_name = 'x' WHERE user_id = 'bob'",
                "UPDATE memberships SET joined_at = 2",
                "DELETE FROM memberships")) {
            schema.execute(change);
            long changed = Long.parseLong(schema.query(version));
            assertEquals(List.of(), posted(before), change);
            schema.execute("UPDATE messages SET msg_contents = msg_contents || 'x'");
            assertEquals(changed, feed.since(before).posted().get(0).since(), change);
        }
    }

    @Test
    void aLongMessageIsNotPosted() throws SQLException {
        Snapshot before = feed.now().snapshot();
        schema.execute(message("m1", "a", 7));
        schema.execute("UPDATE messages SET msg_contents = repeat('é', 1000)");
        assertEquals(List.of("m1"), posted(before));
        schema.execute("UPDATE messages SET msg_contents = repeat('é', 1000) || '.'");
        assertEquals(List.of(), posted(before));
        assertEquals(List.of("a at 7"), since(before));
    }

    @Test
    void membershipsAreReturnedAsTheyAreNow() throws SQLException {
        Snapshot before = feed.now().snapshot();
        schema.execute("INSERT INTO memberships (user_id, room_id, joined_at) VALUES ('ada', 'a', 1), ('bob', 'a', 1)");
        schema.execute("DELETE FROM memberships WHERE user_id = 'bob'");
        assertEquals(
                List.of("a at 1", "ada is in a", "bob isn't in a", "bob isn't in a"),
                since(before).stream().sorted().toList());
        Snapshot later = feed.now().snapshot();
        schema.execute("UPDATE memberships SET user_id = 'bob'");
        assertEquals(
                List.of("a at 1", "ada isn't in a", "bob is in a"),
                since(later).stream().sorted().toList());
        Snapshot last = feed.now().snapshot();
        schema.execute("DELETE FROM rooms WHERE room_id = 'a'");
        assertEquals(
                List.of("a at 0", "bob isn't in a"),
                since(last).stream().sorted().toList());
    }

    @Test
    void aMembershipThatCommitsLateIsReturned() throws SQLException {
        try (Connection early = schema.connect();
                Statement statement = early.createStatement()) {
            early.setAutoCommit(false);
            statement.execute("INSERT INTO memberships VALUES ('ada', 'a', 1)");
            schema.execute("INSERT INTO memberships VALUES ('bob', 'b', 1)");
            Snapshot before = feed.now().snapshot();
            early.commit();
            assertTrue(since(before).contains("ada is in a"));
        }
    }

    @Test
    void tooManyChangesAreReturnedAsUnknown() throws SQLException {
        Snapshot before = feed.now().snapshot();
        schema.execute(rooms(5));
        assertEquals(5, since(before).size());
        schema.execute(message("m1", "a", 7));
        assertNull(feed.since(before).list());
        assertEquals(List.of(), since(feed.since(before).snapshot()));
    }

    @Test
    void transactionsThatChangedNoRoomDoNotCount() throws SQLException {
        for (int n = 0; n < 6; n++) {
            schema.execute("SELECT pg_current_xact_id()");
        }
        long next = feed.now().snapshot().next();
        Snapshot before = new Snapshot(
                next,
                List.of(next - 6, next - 5, next - 4, next - 3, next - 2, next - 1),
                false,
                feed.now().snapshot().epoch());
        schema.execute(rooms(5));
        assertEquals(5, since(before).size());
        schema.execute(message("m1", "a", 7));
        assertNull(feed.since(before).list());
    }

    @Test
    void changesAcrossAPromotionAreUnknown() {
        assertNull(feed.since(new Snapshot(
                        feed.now().snapshot().oldestUnseen(),
                        List.of(),
                        true,
                        feed.now().snapshot().epoch()))
                .list());
    }

    @Test
    void bulkChangesOfMembershipsAreUnknown() throws SQLException {
        ChangeFeed many = new ChangeFeed(schema.connections(), 5_000);
        schema.execute(rooms(1_001));
        Snapshot before = many.now().snapshot();
        schema.execute(
                "INSERT INTO memberships SELECT 'ada', room_id, 1 FROM rooms WHERE room_id LIKE 'r%' LIMIT 1000");
        assertEquals(2_000, requireNonNull(many.since(before).list()).size());
        Snapshot later = many.now().snapshot();
        schema.execute("INSERT INTO memberships SELECT 'bob', room_id, 1 FROM rooms WHERE room_id LIKE 'r%'");
        assertNull(many.since(later).list());
        Snapshot last = many.now().snapshot();
        schema.execute("TRUNCATE memberships");
        assertNull(many.since(last).list());
    }

    @Test
    void changesSinceAMillionTransactionsAreUnknown() {
        Snapshot now = feed.now().snapshot();
        assertEquals(List.of(), since(new Snapshot(now.next(), List.of(now.next() - 999_999), false, now.epoch())));
        assertNull(feed.since(new Snapshot(now.next(), List.of(now.next() - 1_000_000), false, now.epoch()))
                .list());
    }

    @Test
    void changesSinceAnotherEpochAreUnknown() throws SQLException {
        Snapshot now = feed.now().snapshot();
        String id = now.epoch().secret();
        Epoch otherRun = new Epoch("another run", id);
        assertNull(feed.since(new Snapshot(now.next(), now.inProgress(), false, otherRun))
                .list());
        schema.execute("SELECT renew_epoch()");
        ChangeFeed.Changes changes = feed.since(now);
        assertNull(changes.list());
        assertNotEquals(id, changes.snapshot().epoch().secret());
        assertEquals(List.of(), since(changes.snapshot()));
    }

    @Test
    void changesSinceASnapshotAheadOfTheServerAreUnknown() {
        Snapshot now = feed.now().snapshot();
        assertNull(feed.since(new Snapshot(now.next() + 100_000, List.of(), false, now.epoch()))
                .list());
    }

    @Test
    void theLogDropsRowsOlderThanTwoMillionTransactions() throws SQLException {
        schema.execute("DELETE FROM membership_changes");
        String ago = "INSERT INTO membership_changes SELECT pg_current_xact_id()::text::bigint - %d, 'ada', 'a'";
        schema.execute(ago.formatted(2_000_001));
        schema.execute(ago.formatted(1_999_000));
        schema.execute("INSERT INTO memberships VALUES ('bob', 'a', 1)");
        assertEquals("ada, bob", schema.query("SELECT string_agg(user_id, ', ' ORDER BY 1) FROM membership_changes"));
    }

    @Test
    void rowsRestoredFromAnotherServerAreNotChanges() throws SQLException {
        Snapshot before = feed.now().snapshot();
        schema.execute("UPDATE room_activity SET changed_in = 1000000000000 WHERE room_id = 'a'");
        assertEquals(List.of(), since(before));
    }

    @Test
    void aReplicasSnapshotEndsAtTheOldestTransactionInProgress() {
        assertEquals(new Snapshot(20, List.of(12L, 15L), false, EPOCH), Snapshot.parse("12:20:12,15", false, EPOCH));
        assertEquals(new Snapshot(12, List.of(), true, 20, EPOCH), Snapshot.parse("12:20:", true, EPOCH));
        assertEquals(12, new Snapshot(20, List.of(15L, 12L), false, EPOCH).oldestUnseen());
        assertEquals(20, new Snapshot(20, List.of(), false, EPOCH).oldestUnseen());
    }

    private static List<String> since(Snapshot before) {
        return requireNonNull(feed.since(before).list()).stream()
                .map(ChangeFeedTest::described)
                .toList();
    }

    private static List<String> posted(Snapshot before) {
        return feed.since(before).posted().stream()
                .map(posted -> posted.latest().id().value())
                .toList();
    }

    private static String described(Change change) {
        if (change instanceof Membership membership) {
            return "%s %s in %s"
                    .formatted(
                            membership.user(),
                            membership.isMember() ? "is" : "isn't",
                            membership.activity().room().roomId());
        }
        Activity activity = (Activity) change;
        return "%s at %d".formatted(activity.room().roomId(), activity.last());
    }

    private static String rooms(int count) {
        return "INSERT INTO rooms (room_id, creator_id, created_at) SELECT 'r' || n, 'ada', 1 FROM generate_series(1, %d) n"
                .formatted(count);
    }

    private static String message(String id, String room, long time) {
        return "INSERT INTO messages (id, to_room_id, from_uid, created_at) VALUES ('%s', '%s', 'ada', %d)"
                .formatted(id, room, time);
    }
}
