package dev.chatlist.adapter.persistence;

import static java.util.Objects.requireNonNull;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.chatlist.application.ChatDirectory;
import dev.chatlist.application.ChatEventService;
import dev.chatlist.application.ChatListService;
import dev.chatlist.application.RecordChatEvents;
import dev.chatlist.application.RejectedEventException;
import dev.chatlist.application.RoomVersion;
import dev.chatlist.application.contract.RandomEvents;
import dev.chatlist.domain.Chat;
import dev.chatlist.domain.ChatEvent;
import dev.chatlist.domain.PageRequest;
import dev.chatlist.domain.User;
import dev.chatlist.domain.User.SocialAccount;
import dev.chatlist.domain.UserId;
import java.io.StringReader;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.postgresql.PGConnection;

/** The list is right after each commit, whichever program writes our tables and by whatever means. */
class AnyWriterTest {
    private static final UserId ADA = new UserId("ada");
    private static TestSchema schema;
    private static ChatDirectory directory;
    private static ChatListService list;

    @BeforeAll
    static void open() {
        schema = new TestSchema();
        directory = schema.database.directory();
        list = new ChatListService(directory);
    }

    @AfterAll
    static void close() {
        schema.close();
    }

    @BeforeEach
    void twoRooms() throws SQLException {
        schema.execute(
                "TRUNCATE users CASCADE",
                "INSERT INTO users (user_id, nick_name, created_at) VALUES ('ada', 'Ada', 1), ('bob', 'Bob', 1)",
                "INSERT INTO rooms (room_id, creator_id, created_at) VALUES ('r1', 'bob', 10), ('r2', 'bob', 20)",
                "INSERT INTO memberships VALUES ('ada', 'r1', 1), ('ada', 'r2', 1), ('bob', 'r2', 2)",
                "INSERT INTO messages (id, to_room_id, from_uid, created_at) VALUES ('m1', 'r1', 'bob', 30)");
    }

    @ParameterizedTest
    @ValueSource(strings = {"origin", "replica"})
    void plainStatementsShowInTheNextPage(String role) throws SQLException {
        // A replication stream is applied in role "replica", which fires only triggers enabled for it.
        String as = "SET session_replication_role = " + role;
        assertEquals(List.of("r1 m1 30", "r2 - 20"), page());

        schema.execute(as, "INSERT INTO messages (id, to_room_id, from_uid, created_at) VALUES ('m2', 'r2', 'x', 40)");
        assertEquals(List.of("r2 m2 40", "r1 m1 30"), page());
        schema.execute(as, "UPDATE messages SET created_at = 25 WHERE id = 'm2'");
        assertEquals(List.of("r1 m1 30", "r2 m2 25"), page());
        schema.execute(as, "UPDATE messages SET to_room_id = 'r1', created_at = 50 WHERE id = 'm2'");
        assertEquals(List.of("r1 m2 50", "r2 - 20"), page());
        schema.execute(as, "DELETE FROM messages WHERE id = 'm2'");
        assertEquals(List.of("r1 m1 30", "r2 - 20"), page());
        schema.execute(as, "UPDATE rooms SET created_at = 60 WHERE room_id = 'r2'");
        assertEquals(List.of("r2 - 60", "r1 m1 30"), page());
        schema.execute(as, "DELETE FROM memberships WHERE room_id = 'r2' AND user_id = 'ada'");
        assertEquals(List.of("r1 m1 30"), page());
        schema.execute(
                as,
                "INSERT INTO rooms (room_id, creator_id, created_at) VALUES ('r3', 'ada', 5)",
                "INSERT INTO memberships VALUES ('ada', 'r3', 1)");
        assertEquals(List.of("r1 m1 30", "r3 - 5"), page());
        schema.execute(
                as, "DELETE FROM memberships WHERE room_id = 'r1'", "DELETE FROM messages WHERE to_room_id = 'r1'");
        schema.execute(as, "DELETE FROM rooms WHERE room_id = 'r1'");
        assertEquals(List.of("r3 - 5"), page());
        assertNothingDerivedIsWrong();
    }

    @ParameterizedTest
    @ValueSource(strings = {"origin", "replica"})
    void plainStatementsThatChangeAChatChangeItsVersion(String role) throws SQLException {
        List<String> statements = List.of(
                "UPDATE rooms SET name = 'renamed' WHERE room_id = 'r1'",
                "UPDATE users SET nick_name = 'a member' WHERE user_id = 'ada'",
                "UPDATE users SET nick_name = 'the creator' WHERE user_id = 'bob'",
                "INSERT INTO memberships VALUES ('bob', 'r1', 5)",
                "UPDATE memberships SET joined_at = 0 WHERE user_id = 'bob' AND room_id = 'r1'",
                "DELETE FROM memberships WHERE user_id = 'bob' AND room_id = 'r1'",
                "UPDATE messages SET msg_contents = 'edited' WHERE id = 'm1'");
        for (String statement : statements) {
            RoomVersion before = directory.page(ADA, new PageRequest(1, 1)).get(0);
            assertEquals("r1", before.roomId().value());
            schema.execute("SET session_replication_role = " + role, statement);
            RoomVersion after = directory.page(ADA, new PageRequest(1, 1)).get(0);
            assertTrue(after.version() > before.version(), statement);
        }
    }

    /** More than a thousand rooms are refreshed at the commit. */
    @Test
    void statementsAboutManyRoomsShowAfterTheirCommit() throws SQLException {
        String message = "INSERT INTO messages (id, to_room_id, from_uid, created_at)"
                + " SELECT '%1$s-' || room_id, room_id, 'x', %2$d FROM rooms";
        schema.execute(
                "BEGIN",
                "INSERT INTO rooms (room_id, creator_id, created_at)"
                        + " SELECT 'many-' || n, 'bob', 100 + n FROM generate_series(1, 1500) n",
                "INSERT INTO memberships SELECT 'ada', room_id, 1 FROM rooms WHERE room_id LIKE 'many-%'",
                message.formatted("a", 3000),
                "INSERT INTO messages (id, to_room_id, from_uid, created_at) VALUES ('one', 'many-7', 'x', 5000)",
                message.formatted("b", 2000),
                "SAVEPOINT s",
                message.formatted("c", 9000),
                "UPDATE messages SET created_at = 4000 WHERE id LIKE 'a-%'",
                "ROLLBACK TO s",
                "DELETE FROM messages WHERE id = 'a-many-8'",
                "DELETE FROM rooms WHERE room_id = 'many-9'",
                "COMMIT");
        assertEquals("many-7 one 5000", page().get(0));
        assertEquals(
                "2",
                schema.query("SELECT count(*) FROM room_activity WHERE latest_message_id LIKE 'b-%'"
                        + " OR latest_message_id = 'one'"));
        assertEquals("0", schema.query("SELECT count(*) FROM refresh_requests"));
        assertNothingDerivedIsWrong();
        schema.execute("BEGIN", message.formatted("d", 7000), "ROLLBACK");
        assertEquals("many-7 one 5000", page().get(0));
        assertNothingDerivedIsWrong();
        schema.execute("DELETE FROM rooms WHERE room_id LIKE 'many-%'");
        assertEquals(2, page().size());
        assertNothingDerivedIsWrong();
    }

    /** More than a thousand rooms are refreshed at the commit, on a replica too. */
    @ParameterizedTest
    @ValueSource(strings = {"origin", "replica"})
    void aProfileThatShowsInManyRoomsChangesTheirVersions(String role) throws SQLException {
        schema.execute("INSERT INTO rooms (room_id, creator_id, created_at)"
                + " SELECT 'many-' || n, 'bob', n FROM generate_series(1, 1500) n");
        String before = schema.query("SELECT max(version) FROM room_activity");
        schema.execute(
                "SET session_replication_role = " + role,
                "UPDATE users SET nick_name = 'Robert' WHERE user_id = 'bob'");
        assertEquals("1502", schema.query("SELECT count(*) FROM room_activity WHERE version > " + before));
        assertEquals("0", schema.query("SELECT count(*) FROM refresh_requests"));
    }

    @Test
    void writersOfTheSameManyRoomsTakeTurns() throws Exception {
        schema.execute("INSERT INTO rooms (room_id, creator_id, created_at)"
                + " SELECT 'many-' || n, 'bob', n FROM generate_series(1, 1500) n");
        String message = "INSERT INTO messages (id, to_room_id, from_uid, created_at)"
                + " SELECT '%1$s' || '-' || room_id, room_id, 'x', 1 FROM rooms ORDER BY room_id %2$s";
        ExecutorService threads = Executors.newFixedThreadPool(2);
        try {
            for (int n = 0; n < 5; n++) {
                String id = "m" + n;
                List<Future<Object>> writers = threads.invokeAll(List.of(
                        () -> write("BEGIN", message.formatted(id + "a", ""), "UPDATE rooms SET name = '" + id + "'"),
                        () -> write("BEGIN", "UPDATE rooms SET name = '" + id + "b'", message.formatted(id, "DESC"))));
                for (Future<Object> writer : writers) {
                    writer.get();
                }
            }
        } finally {
            threads.shutdownNow();
        }
        assertNothingDerivedIsWrong();
    }

    private static Object write(String... statements) throws SQLException {
        schema.execute(Stream.concat(Stream.of(statements), Stream.of("COMMIT")).toArray(String[]::new));
        return "written";
    }

    @Test
    void writingAnUnchangedProfileChangesNoVersion() throws SQLException {
        List<RoomVersion> before = directory.page(ADA, new PageRequest(1, 20));
        schema.execute("UPDATE users SET nick_name = nick_name");
        assertEquals(before, directory.page(ADA, new PageRequest(1, 20)));
    }

    @Test
    void aProfileMayHoldTextThatLooksLikeNetstrings() throws SQLException {
        schema.execute("UPDATE users SET nick_name = E'3:ad:\\U0001F389\\n', status = '0:', discord_avatar = ':'"
                + " WHERE user_id = 'ada'");
        User ada = list.listMyChats(ADA, new PageRequest(1, 1)).get(0).members().get(0);
        assertEquals(
                new User(
                        ADA,
                        "3:ad:\uD83C\uDF89\n",
                        "0:",
                        "",
                        "",
                        SocialAccount.NONE,
                        SocialAccount.NONE,
                        new SocialAccount("", ":"),
                        SocialAccount.NONE,
                        SocialAccount.NONE,
                        1),
                ada);
    }

    /** A replica checks no references between tables, and may get their rows in any order. */
    @Test
    void aMemberWithoutAUserRowIsBlankAndInOrder() throws SQLException {
        schema.execute(
                "SET session_replication_role = replica",
                "INSERT INTO memberships VALUES ('zo\u00EB', 'r1', 0), ('carl', 'r1', 2)");
        assertEquals(
                List.of(
                        User.removed(new UserId("zo\u00EB")),
                        User.named(ADA, "Ada", 1),
                        User.removed(new UserId("carl"))),
                list.listMyChats(ADA, new PageRequest(1, 1)).get(0).members());
    }

    @Test
    void truncatingATableUpdatesWhatIsDerivedFromIt() throws SQLException {
        schema.execute("TRUNCATE messages");
        assertEquals(List.of("r2 - 20", "r1 - 10"), page());
        schema.execute("TRUNCATE rooms CASCADE");
        assertEquals(List.of(), page());
        assertEquals("0", schema.query("SELECT count(*) FROM room_activity WHERE latest_message_id IS NOT NULL"));
    }

    @Test
    void aBulkLoadShowsInTheNextPage() throws Exception {
        try (Connection connection = schema.connect()) {
            StringBuilder rows = new StringBuilder();
            for (int n = 0; n < 5000; n++) {
                rows.append("c%d\tr%d\tbob\t%d%n".formatted(n, n % 2 + 1, 100 + n));
            }
            connection
                    .unwrap(PGConnection.class)
                    .getCopyAPI()
                    .copyIn(
                            "COPY messages (id, to_room_id, from_uid, created_at) FROM STDIN",
                            new StringReader(rows.toString()));
        }
        assertEquals(List.of("r2 c4999 5099", "r1 c4998 5098"), page());
    }

    @Test
    void aWriterNeedsPrivilegesOnlyOnTheTableItWrites() throws SQLException {
        String writer = schema.name + "_writer";
        schema.execute("CREATE ROLE " + writer, "GRANT USAGE ON SCHEMA " + schema.name + " TO " + writer);
        try {
            schema.execute("GRANT INSERT ON messages TO " + writer);
            schema.execute(
                    "SET ROLE " + writer,
                    "INSERT INTO messages (id, to_room_id, from_uid, created_at) VALUES ('m2', 'r2', 'x', 40)");
            assertEquals(List.of("r2 m2 40", "r1 m1 30"), page());
        } finally {
            schema.execute("DROP OWNED BY " + writer, "DROP ROLE " + writer);
        }
    }

    @Test
    void idsAndTimesThatReadersRefuseAreNotStored() {
        String tooLong = "x".repeat(129);
        for (String id : List.of("''", "E'a\\tb'", "E'\\u0085'", "'" + tooLong + "'")) {
            assertThrows(
                    SQLException.class,
                    () -> schema.execute("INSERT INTO users (user_id, created_at) VALUES (" + id + ", 1)"),
                    id);
            assertThrows(
                    SQLException.class,
                    () -> schema.execute("UPDATE messages SET at_user_ids = ARRAY['ok', " + id + "]"),
                    id);
        }
        assertThrows(SQLException.class, () -> schema.execute("UPDATE messages SET at_user_ids = ARRAY[NULL]"));
        assertThrows(SQLException.class, () -> schema.execute("UPDATE rooms SET created_at = -1"));
    }

    @Test
    void changingAProfileInRepeatableReadIsRefused() {
        SQLException refused = assertThrows(
                SQLException.class,
                () -> schema.execute(
                        "BEGIN ISOLATION LEVEL REPEATABLE READ",
                        "UPDATE users SET nick_name = 'A' WHERE user_id = 'ada'"));
        assertTrue(requireNonNull(refused.getMessage()).contains("READ COMMITTED"), refused.getMessage());
    }

    /** Without the wait, the room's new version would stand for the old profile for ever. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "INSERT INTO memberships VALUES ('bob', 'r1', 5)",
                // Bob created r2 already; that must not hide that he becomes the creator of r1.
                "UPDATE rooms SET creator_id = 'bob' WHERE room_id IN ('r1', 'r2')"
            })
    void aRoomThatStartsToShowAProfileWaitsForItsChange(String showing) throws Exception {
        schema.execute("UPDATE rooms SET creator_id = 'ada' WHERE room_id = 'r1'");
        ExecutorService thread = Executors.newSingleThreadExecutor();
        try (Connection changing = schema.connect();
                Statement change = changing.createStatement()) {
            changing.setAutoCommit(false);
            change.execute("UPDATE users SET nick_name = 'Robert' WHERE user_id = 'bob'");
            Future<?> waiting = thread.submit(() -> {
                schema.execute("/* waiting */ " + showing);
                return null;
            });
            awaitLockOf("/* waiting */%");
            changing.commit();
            waiting.get(10, TimeUnit.SECONDS);
        } finally {
            thread.shutdownNow();
        }
        Chat chat = list.listMyChats(ADA, new PageRequest(1, 1)).get(0);
        assertEquals(
                List.of("Robert"),
                Stream.concat(Stream.of(chat.creator()), chat.members().stream())
                        .filter(user -> user.id().value().equals("bob"))
                        .map(User::nickName)
                        .toList());
    }

    /** The second writer waits for the first, then sees its change of the room and keeps it. */
    @ParameterizedTest
    @CsvSource({
        "'INSERT INTO messages (id, to_room_id, from_uid, created_at) VALUES (''m2'', ''r1'', ''bob'', 50)', 40, m2 50",
        "'INSERT INTO messages (id, to_room_id, from_uid, created_at) VALUES (''m2'', ''r1'', ''bob'', 50)', 60, m3 60",
        "'INSERT INTO messages (id, to_room_id, from_uid, created_at) VALUES (''m4'', ''r1'', ''bob'', 50)', 50, m4 50",
        "'DELETE FROM messages', 25, m3 25",
    })
    void aMessageThatWaitsForAnotherWriterKeepsThatWritersChange(String first, long time, String latest)
            throws Exception {
        String version = "SELECT version FROM room_activity WHERE room_id = 'r1'";
        ExecutorService thread = Executors.newSingleThreadExecutor();
        try (Connection earlier = schema.connect();
                Statement change = earlier.createStatement()) {
            earlier.setAutoCommit(false);
            change.execute(first);
            Future<?> waiting = thread.submit(() -> {
                schema.execute("/* waiting */ INSERT INTO messages (id, to_room_id, from_uid, created_at)"
                        + " VALUES ('m3', 'r1', 'bob', %d)".formatted(time));
                return null;
            });
            awaitLockOf("/* waiting */%");
            long versionBefore;
            try (ResultSet row = change.executeQuery(version)) {
                row.next();
                versionBefore = row.getLong(1);
            }
            earlier.commit();
            waiting.get(10, TimeUnit.SECONDS);
            assertTrue(Long.parseLong(schema.query(version)) > versionBefore);
        } finally {
            thread.shutdownNow();
        }
        assertTrue(page().contains("r1 " + latest), page().toString());
        assertNothingDerivedIsWrong();
    }

    /** A backend's own row-level trigger runs before our statement-level one. */
    @ParameterizedTest
    @CsvSource({
        "DELETE FROM messages WHERE id = NEW.id, r1 m1 30",
        "UPDATE messages SET to_room_id = 'r2' WHERE id = NEW.id, r1 m1 30",
        "UPDATE messages SET created_at = 29 WHERE id = NEW.id, r1 m1 30",
        "UPDATE messages SET created_at = 50 WHERE id = NEW.id, r1 m2 50",
    })
    void theListShowsWhatABackendsTriggerMadeOfAMessage(String statement, String expected) throws SQLException {
        schema.execute(
                "CREATE FUNCTION moderate() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN %s; RETURN NULL; END'"
                        .formatted(statement.replace("'", "''")),
                "CREATE TRIGGER moderated AFTER INSERT ON messages FOR EACH ROW EXECUTE FUNCTION moderate()");
        try {
            schema.execute(
                    "INSERT INTO messages (id, to_room_id, from_uid, created_at) VALUES ('m2', 'r1', 'bob', 40)");
            assertTrue(page().contains(expected), page().toString());
            assertNothingDerivedIsWrong();
        } finally {
            schema.execute("DROP FUNCTION moderate() CASCADE");
        }
    }

    @Test
    void aSingleMessageIsRolledBackUpsertedAndOrderedLikeAnyOther() throws SQLException {
        String insert = "INSERT INTO messages (id, to_room_id, from_uid, created_at) VALUES ('%s', 'r1', 'bob', %d)";
        schema.execute("BEGIN", insert.formatted("m2", 50), "ROLLBACK");
        assertEquals(List.of("r1 m1 30", "r2 - 20"), page());
        schema.execute(insert.formatted("m1", 50) + " ON CONFLICT DO NOTHING");
        assertEquals(List.of("r1 m1 30", "r2 - 20"), page());
        schema.execute(insert.formatted("m1", 25) + " ON CONFLICT (id) DO UPDATE SET created_at = excluded.created_at");
        assertEquals(List.of("r1 m1 25", "r2 - 20"), page());
        // Capitals come first in order of code points.
        schema.execute(insert.formatted("a", 60), insert.formatted("B", 60));
        assertEquals(List.of("r1 a 60", "r2 - 20"), page());
        assertNothingDerivedIsWrong();
    }

    @Test
    void truncatingInRepeatableReadIsRefused() {
        assertThrows(
                SQLException.class,
                () -> schema.execute("BEGIN ISOLATION LEVEL REPEATABLE READ", "SELECT 1", "TRUNCATE messages"));
    }

    @Test
    void concurrentWritersOfAllKindsLeaveDerivedColumnsRight() throws Exception {
        long seed = Long.getLong("chatlist.seed", System.nanoTime());
        RecordChatEvents events = new ChatEventService(schema.database.journal());
        List<Callable<Void>> writers = new ArrayList<>();
        for (int writer = 0; writer < 3; writer++) {
            RandomEvents random = new RandomEvents(seed + writer);
            writers.add(() -> {
                random.next(400).forEach(event -> recordUnlessRejected(events, event));
                return null;
            });
        }
        writers.add(() -> plainWriter(new Random(seed)));
        ExecutorService threads = Executors.newFixedThreadPool(writers.size());
        try {
            for (Future<Void> done : threads.invokeAll(writers)) {
                done.get();
            }
        } finally {
            threads.shutdownNow();
        }
        assertNothingDerivedIsWrong();
    }

    /** Another writer may have removed what the event refers to. */
    private static void recordUnlessRejected(RecordChatEvents events, ChatEvent event) {
        try {
            events.record(event);
        } catch (RejectedEventException e) {
            assertTrue(e.reason().startsWith("unknown"), e.reason());
        }
    }

    private static Void plainWriter(Random random) throws SQLException {
        try (Connection connection = schema.connect();
                Statement statement = connection.createStatement()) {
            // This writer provokes deadlocks, so it should be the one that detects them and is rolled back.
            statement.execute("SET deadlock_timeout = '10ms'");
            connection.setAutoCommit(false);
            for (int n = 0; n < 150; n++) {
                try {
                    statement.execute("""
                            INSERT INTO messages (id, to_room_id, from_uid, created_at)
                            SELECT room_id || '/%d', room_id, 'plain', %d FROM rooms ORDER BY random() LIMIT 3""".formatted(n, random.nextInt(30)));
                    statement.execute("DELETE FROM messages WHERE created_at = " + random.nextInt(30));
                    if (random.nextInt(4) == 0) {
                        connection.rollback();
                    } else {
                        connection.commit();
                    }
                } catch (SQLException e) {
                    // A deadlock, or a room removed meanwhile. Any writer of a database has to handle both.
                    assertTrue(List.of("40P01", "23503").contains(e.getSQLState()), e.getMessage());
                    connection.rollback();
                }
            }
        }
        return null;
    }

    private static void awaitLockOf(String query) throws Exception {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
        String waiting = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE '%s'";
        while (!schema.query(waiting.formatted(query)).equals("1")) {
            assertTrue(System.nanoTime() < deadline, "no lock is waited for by " + query);
            Thread.sleep(10);
        }
    }

    /** Ada's page as readers see it: room, latest message, last activity. */
    private static List<String> page() {
        return list.listMyChats(ADA, new PageRequest(1, 20)).stream()
                .map(chat -> {
                    var latest = chat.latest();
                    return "%s %s %d"
                            .formatted(chat.room().id(), latest == null ? "-" : latest.id(), chat.lastActivity());
                })
                .toList();
    }

    private static void assertNothingDerivedIsWrong() throws SQLException {
        assertEquals("[]", schema.query("""
                SELECT coalesce(json_agg(wrong), '[]') FROM (
                    SELECT a, r.room_id, m.id
                    FROM rooms r
                    FULL JOIN room_activity a ON a.room_id = r.room_id
                    LEFT JOIN LATERAL (SELECT * FROM messages WHERE to_room_id = r.room_id
                                       ORDER BY created_at DESC, id DESC LIMIT 1) m ON true
                    WHERE a.room_id IS NULL
                       OR a.members <> (SELECT count(*) FROM memberships s WHERE s.room_id = a.room_id)
                       OR a.latest_message_id IS DISTINCT FROM m.id
                       OR a.last_activity IS DISTINCT FROM coalesce(m.created_at, r.created_at, 0)) wrong"""));
    }
}
