package dev.chatlist.adapter.persistence;

import static java.util.Objects.requireNonNull;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.chatlist.adapter.persistence.RoomFeed.Activity;
import dev.chatlist.adapter.persistence.RoomFeed.Change;
import dev.chatlist.adapter.persistence.RoomFeed.Membership;
import dev.chatlist.adapter.persistence.RoomFeed.Posted;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a snapshot is told that comes after another. */
class JooqRoomFeedTest {
    private static TestSchema schema;
    private static RoomFeed feed;

    @BeforeAll
    static void open() {
        schema = new TestSchema();
        feed = schema.database.feed(5);
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
    void whatNobodyHasChangedIsntTold() {
        assertEquals(List.of(), since(feed.now()));
    }

    @Test
    void whereNothingWasCommittedTheSnapshotStays() {
        Snapshot before;
        Snapshot told;
        // The server itself commits now and then.
        do {
            before = feed.now();
            told = feed.changes(before).snapshot();
        } while (!feed.now().equals(before));
        assertSame(before, told);
    }

    @Test
    void onlyAPrimaryIsSureThatNothingWasCommitted() {
        Snapshot before = new Snapshot(20, List.of(12L), false);
        assertTrue(new Snapshot(20, List.of(12L), false).seesNoMoreThan(before));
        assertFalse(new Snapshot(20, List.of(), false).seesNoMoreThan(before));
        assertFalse(new Snapshot(21, List.of(12L), false).seesNoMoreThan(before));
        assertFalse(new Snapshot(20, List.of(), true).seesNoMoreThan(new Snapshot(20, List.of(), true)));
    }

    @Test
    void aChangeIsToldOnce() throws SQLException {
        Snapshot before = feed.now();
        schema.execute(message("m1", "a", 7));
        assertEquals(List.of("a at 7"), since(before));
        assertEquals(List.of(), since(feed.changes(before).snapshot()));
    }

    @Test
    void whetherTheLastQuestionFoundAnythingMakesNoDifference() throws SQLException {
        Snapshot before = feed.now();
        schema.execute(message("m1", "a", 7));
        assertEquals(List.of("a at 7"), since(before));
        assertEquals(List.of("a at 7"), since(before), "asked at once");
        Snapshot between;
        do {
            between = feed.now();
        } while (!feed.changes(between).snapshot().equals(between));
        assertEquals(List.of("a at 7"), since(before), "asked after nothing had been found");
        Snapshot quiet = feed.now();
        schema.execute(message("m2", "b", 8));
        assertEquals(List.of("b at 8"), since(quiet));
    }

    @Test
    void aTransactionThatCommitsAfterLaterOnesIsToldWhenItDoes() throws SQLException {
        try (Connection early = schema.connect();
                Statement statement = early.createStatement()) {
            early.setAutoCommit(false);
            statement.execute(message("m1", "a", 7));
            Snapshot before = feed.now();
            schema.execute(message("m2", "b", 8));
            assertEquals(List.of("b at 8"), since(before));
            Snapshot between = feed.changes(before).snapshot();
            assertEquals(List.of(), since(between), "nothing is told again while a transaction is open");
            early.commit();
            assertEquals(List.of("a at 7"), since(between));
        }
    }

    @Test
    void aMessageComesWithItsRoomWhereNothingElseIsNew() throws SQLException {
        schema.execute(message("m1", "a", 7));
        Snapshot before = feed.now();
        schema.execute(message("m2", "a", 8), message("m3", "a", 6));
        assertEquals(List.of("m2"), posted(before));
        schema.execute("DELETE FROM messages WHERE id = 'm2'");
        assertEquals(List.of("m1"), posted(before));
        schema.execute("DELETE FROM messages");
        assertEquals(List.of(), posted(before), "that none is left isn't told");
    }

    @Test
    void aPostedMessageSaysSinceWhenItIsAllThatIsNew() throws SQLException {
        String version = "SELECT version FROM room_activity WHERE room_id = 'a'";
        schema.execute("INSERT INTO memberships VALUES ('bob', 'a', 1)");
        long joined = Long.parseLong(schema.query(version));
        Snapshot before = feed.now();
        schema.execute(message("m1", "a", 7));
        Posted posted = feed.changes(before).posted().get(0);
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
            assertEquals(changed, feed.changes(before).posted().get(0).since(), change);
        }
    }

    @Test
    void aLongMessageIsLeftToThoseWhoShowIt() throws SQLException {
        Snapshot before = feed.now();
        schema.execute(message("m1", "a", 7));
        schema.execute("UPDATE messages SET msg_contents = repeat('é', 1000)");
        assertEquals(List.of("m1"), posted(before));
        schema.execute("UPDATE messages SET msg_contents = repeat('é', 1000) || '.'");
        assertEquals(List.of(), posted(before));
        assertEquals(List.of("a at 7"), since(before));
    }

    @Test
    void membershipsAreToldAsTheyAreNow() throws SQLException {
        Snapshot before = feed.now();
        schema.execute("INSERT INTO memberships (user_id, room_id, joined_at) VALUES ('ada', 'a', 1), ('bob', 'a', 1)");
        schema.execute("DELETE FROM memberships WHERE user_id = 'bob'");
        assertEquals(
                List.of("a at 1", "ada is in a", "bob isn't in a", "bob isn't in a"),
                since(before).stream().sorted().toList());
        Snapshot later = feed.now();
        schema.execute("UPDATE memberships SET user_id = 'bob'");
        assertEquals(
                List.of("a at 1", "ada isn't in a", "bob is in a"),
                since(later).stream().sorted().toList());
        Snapshot last = feed.now();
        schema.execute("DELETE FROM rooms WHERE room_id = 'a'");
        assertEquals(
                List.of("a at 0", "bob isn't in a"),
                since(last).stream().sorted().toList());
    }

    @Test
    void aMembershipOfATransactionThatCommitsLateIsTold() throws SQLException {
        try (Connection early = schema.connect();
                Statement statement = early.createStatement()) {
            early.setAutoCommit(false);
            statement.execute("INSERT INTO memberships VALUES ('ada', 'a', 1)");
            schema.execute("INSERT INTO memberships VALUES ('bob', 'b', 1)");
            Snapshot before = feed.now();
            early.commit();
            assertTrue(since(before).contains("ada is in a"));
        }
    }

    @Test
    void moreChangesThanAllowedArentTold() throws SQLException {
        Snapshot before = feed.now();
        schema.execute(rooms(5));
        assertEquals(5, since(before).size());
        schema.execute(message("m1", "a", 7));
        assertNull(feed.changes(before).changes());
        assertEquals(List.of(), since(feed.changes(before).snapshot()));
    }

    @Test
    void transactionsThatChangedNoRoomDontCount() throws SQLException {
        for (int n = 0; n < 6; n++) {
            schema.execute("SELECT pg_current_xact_id()");
        }
        long next = feed.now().next();
        Snapshot before =
                new Snapshot(next, List.of(next - 6, next - 5, next - 4, next - 3, next - 2, next - 1), false);
        schema.execute(rooms(5));
        assertEquals(5, since(before).size());
        schema.execute(message("m1", "a", 7));
        assertNull(feed.changes(before).changes());
    }

    @Test
    void aStandbyThatWasPromotedIsAskedAnew() {
        assertNull(
                feed.changes(new Snapshot(feed.now().oldest(), List.of(), true)).changes());
    }

    @Test
    void membershipsThatAreMoreThanTheLogTakesArentTold() throws SQLException {
        RoomFeed many = schema.database.feed(5_000);
        schema.execute(rooms(1_001));
        Snapshot before = many.now();
        schema.execute(
                "INSERT INTO memberships SELECT 'ada', room_id, 1 FROM rooms WHERE room_id LIKE 'r%' LIMIT 1000");
        assertEquals(2_000, requireNonNull(many.changes(before).changes()).size());
        Snapshot later = many.now();
        schema.execute("INSERT INTO memberships SELECT 'bob', room_id, 1 FROM rooms WHERE room_id LIKE 'r%'");
        assertNull(many.changes(later).changes());
        Snapshot last = many.now();
        schema.execute("TRUNCATE memberships");
        assertNull(many.changes(last).changes());
    }

    @Test
    void whoeverAsksTooSeldomIsntTold() {
        Snapshot now = feed.now();
        assertEquals(List.of(), since(new Snapshot(now.next(), List.of(now.next() - 999_999), false)));
        assertNull(feed.changes(new Snapshot(now.next(), List.of(now.next() - 1_000_000), false))
                .changes());
    }

    @Test
    void whoeverIsAheadOfTheServerIsntTold() {
        assertNull(feed.changes(new Snapshot(feed.now().next() + 100_000, List.of(), false))
                .changes());
    }

    @Test
    void theLogForgetsWhatNobodyIsToldAnyMore() throws SQLException {
        schema.execute("DELETE FROM membership_changes");
        String ago = "INSERT INTO membership_changes SELECT pg_current_xact_id()::text::bigint - %d, 'ada', 'a'";
        schema.execute(ago.formatted(2_000_001));
        schema.execute(ago.formatted(1_999_000));
        schema.execute("INSERT INTO memberships VALUES ('bob', 'a', 1)");
        assertEquals("ada, bob", schema.query("SELECT string_agg(user_id, ', ' ORDER BY 1) FROM membership_changes"));
    }

    @Test
    void rowsThatWereRestoredFromAnotherServerArentToldForEver() throws SQLException {
        Snapshot before = feed.now();
        schema.execute("UPDATE room_activity SET changed_in = 1000000000000 WHERE room_id = 'a'");
        assertEquals(List.of(), since(before));
    }

    @Test
    void aReplicaTellsOnlyWhatIsOldestOfAllThatIsInProgress() {
        assertEquals(new Snapshot(20, List.of(12L, 15L), false), Snapshot.parse("12:20:12,15", false));
        assertEquals(new Snapshot(12, List.of(), true), Snapshot.parse("12:20:", true));
        assertEquals(12, new Snapshot(20, List.of(15L, 12L), false).oldest());
        assertEquals(20, new Snapshot(20, List.of(), false).oldest());
    }

    private static List<String> since(Snapshot before) {
        return requireNonNull(feed.changes(before).changes()).stream()
                .map(JooqRoomFeedTest::told)
                .toList();
    }

    private static List<String> posted(Snapshot before) {
        return feed.changes(before).posted().stream()
                .map(posted -> posted.latest().id().value())
                .toList();
    }

    private static String told(Change change) {
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
