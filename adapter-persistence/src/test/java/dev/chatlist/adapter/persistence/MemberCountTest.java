package dev.chatlist.adapter.persistence;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.StringReader;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.postgresql.PGConnection;

/** {@code room_activity.members} is the number of a room's memberships after each commit, whoever writes them. */
class MemberCountTest {
    private static final String MANY_ROOMS = "INSERT INTO rooms (room_id, creator_id, created_at)"
            + " SELECT 'many-' || n, 'u0', n FROM generate_series(1, 1500) n";
    private static final String JOIN_MANY = "INSERT INTO memberships SELECT '%s', room_id, 1 FROM rooms"
            + " WHERE room_id LIKE 'many-%%' ON CONFLICT DO NOTHING";
    private static final String WRONG = "SELECT count(*) FROM room_activity a"
            + " WHERE members <> (SELECT count(*) FROM memberships m WHERE m.room_id = a.room_id)";

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
    void someRooms() throws SQLException {
        schema.execute(
                "TRUNCATE users CASCADE",
                "INSERT INTO users (user_id, created_at) SELECT 'u' || n, 1 FROM generate_series(0, 19) n",
                "INSERT INTO rooms (room_id, creator_id, created_at) SELECT 'r' || n, 'u0', 1 FROM generate_series(0, 9) n",
                "INSERT INTO memberships SELECT 'u' || n, 'r0', 1 FROM generate_series(0, 4) n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"origin", "replica"})
    void eachStatementChangesTheCountByWhatItDid(String role) throws SQLException {
        String as = "SET session_replication_role = " + role;
        assertCounts(5, 0);
        schema.execute(as, "INSERT INTO memberships VALUES ('u5', 'r0', 1), ('u5', 'r1', 1), ('u6', 'r0', 1)");
        assertCounts(7, 1);
        schema.execute(as, "INSERT INTO memberships VALUES ('u5', 'r0', 2), ('u7', 'r1', 1) ON CONFLICT DO NOTHING");
        assertCounts(7, 2);
        schema.execute(
                as,
                "INSERT INTO memberships VALUES ('u5', 'r0', 2), ('u8', 'r1', 1)"
                        + " ON CONFLICT (user_id, room_id) DO UPDATE SET joined_at = excluded.joined_at");
        assertCounts(7, 3);
        schema.execute(as, "UPDATE memberships SET joined_at = joined_at + 1");
        assertCounts(7, 3);
        schema.execute(as, "UPDATE memberships SET room_id = 'r1' WHERE room_id = 'r0' AND user_id IN ('u0', 'u1')");
        assertCounts(5, 5);
        schema.execute(as, "UPDATE memberships SET user_id = 'u9' WHERE room_id = 'r0' AND user_id = 'u2'");
        assertCounts(5, 5);
        schema.execute(as, "DELETE FROM memberships WHERE user_id = 'u5'");
        assertCounts(4, 4);
        schema.execute(as, "INSERT INTO messages (id, to_room_id, from_uid, created_at) VALUES ('m', 'r0', 'x', 1)");
        schema.execute(as, "UPDATE messages SET to_room_id = 'r1'", "UPDATE rooms SET name = 'new'");
        assertCounts(4, 4);
    }

    @Test
    void aRoomThatIsRemovedAndMadeAgainBeginsAtZero() throws SQLException {
        schema.execute("DELETE FROM rooms WHERE room_id = 'r0'");
        assertCounts(0, 0);
        schema.execute("INSERT INTO rooms (room_id, creator_id, created_at) VALUES ('r0', 'u0', 1)");
        schema.execute("INSERT INTO memberships VALUES ('u3', 'r0', 1)");
        assertCounts(1, 0);
    }

    /** Each version of a row is a dead row later. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "INSERT INTO memberships VALUES ('u7', 'r0', 1)",
                "DELETE FROM memberships WHERE user_id = 'u1'",
                "INSERT INTO messages (id, to_room_id, from_uid, created_at) VALUES ('once', 'r0', 'x', 1)"
            })
    void aStatementAboutARoomWritesItsRowOnce(String statement) throws SQLException {
        String written = "SELECT n_tup_upd FROM pg_stat_xact_user_tables WHERE relid = 'room_activity'::regclass";
        try (Connection connection = schema.connect();
                Statement session = connection.createStatement()) {
            connection.setAutoCommit(false);
            session.execute(statement);
            try (ResultSet row = session.executeQuery(written)) {
                row.next();
                assertEquals(1, row.getLong(1));
            }
        }
    }

    /** A large room would take long to count. */
    @Test
    void aJoinAddsToTheCountAndDoesNotCount() throws SQLException {
        schema.execute("UPDATE room_activity SET members = 1000000 WHERE room_id = 'r0'");
        schema.execute("INSERT INTO memberships VALUES ('u7', 'r0', 1)");
        assertEquals("1000001", members("r0"));
    }

    @Test
    void aCopyIsCounted() throws Exception {
        String rows = IntStream.range(0, 20)
                .mapToObj(user -> "u" + user)
                .flatMap(user -> IntStream.range(1, 10).mapToObj(room -> user + "\tr" + room + "\t1\n"))
                .collect(Collectors.joining());
        try (Connection connection = schema.connect()) {
            connection
                    .unwrap(PGConnection.class)
                    .getCopyAPI()
                    .copyIn("COPY memberships FROM STDIN", new StringReader(rows));
        }
        assertCounts(5, 20);
    }

    @Test
    void statementsAboutManyRoomsAreCountedAtTheCommit() throws SQLException {
        schema.execute(
                "BEGIN",
                MANY_ROOMS,
                JOIN_MANY.formatted("u1"),
                "INSERT INTO memberships VALUES ('u2', 'many-7', 1)",
                "SAVEPOINT s",
                JOIN_MANY.formatted("u2"),
                "ROLLBACK TO s",
                JOIN_MANY.formatted("u3"),
                "UPDATE memberships SET user_id = 'u4' WHERE user_id = 'u3' AND room_id LIKE 'many-%'",
                "DELETE FROM memberships WHERE user_id = 'u1' AND room_id = 'many-8'",
                "COMMIT");
        assertEquals("3", members("many-7"));
        assertEquals("1", members("many-8"));
        assertNoneIsWrong();
        schema.execute("BEGIN", JOIN_MANY.formatted("u9"), "ROLLBACK");
        schema.execute("DELETE FROM memberships WHERE user_id = 'u4'");
        assertEquals("2", members("many-7"));
        assertNoneIsWrong();
    }

    @Test
    void aRollbackLeavesTheCount() throws SQLException {
        schema.execute("BEGIN", "DELETE FROM memberships", "ROLLBACK");
        assertCounts(5, 0);
    }

    @Test
    void truncatingCountsAnew() throws SQLException {
        schema.execute("BEGIN", MANY_ROOMS, JOIN_MANY.formatted("u1"), "TRUNCATE messages", "COMMIT");
        assertNoneIsWrong();
        schema.execute("BEGIN", JOIN_MANY.formatted("u2"), "TRUNCATE memberships", "COMMIT");
        assertEquals("0", schema.query("SELECT sum(members) FROM room_activity"));
        schema.execute("INSERT INTO memberships VALUES ('u1', 'r0', 1)", "TRUNCATE rooms CASCADE");
        assertEquals("0", schema.query("SELECT sum(members) FROM room_activity"));
    }

    @Test
    void anOperatorCountsAnewWhatWasWrittenWithoutTriggers() throws SQLException {
        schema.execute(MANY_ROOMS);
        schema.execute(
                "DELETE FROM room_activity WHERE room_id IN ('r2', 'many-3')",
                "ALTER TABLE memberships DISABLE TRIGGER USER",
                JOIN_MANY.formatted("u1"),
                "DELETE FROM memberships WHERE room_id = 'r0' AND user_id = 'u1'",
                "INSERT INTO memberships VALUES ('u1', 'r2', 1)",
                "ALTER TABLE memberships ENABLE TRIGGER USER",
                "ALTER TABLE memberships ENABLE REPLICA TRIGGER memberships_replicated",
                "ALTER TABLE memberships ENABLE ALWAYS TRIGGER memberships_truncated");
        String wrong = schema.query(WRONG);
        assertTrue(Integer.parseInt(wrong) >= 1499, wrong);
        // What this transaction adds at its commit is in the new count already.
        schema.execute(
                "BEGIN",
                JOIN_MANY.formatted("u2"),
                "SELECT refresh_rooms(ARRAY(SELECT room_id::text FROM rooms UNION SELECT room_id FROM room_activity))",
                JOIN_MANY.formatted("u3"),
                "COMMIT");
        assertEquals("3", members("many-3"));
        assertEquals("1", members("r2"));
        assertNoneIsWrong();
    }

    /** The room has no row that the second could wait for before it counts. */
    @Test
    void anOperatorsCountHasTheJoinThatItWaitedFor() throws Exception {
        schema.execute("DELETE FROM room_activity WHERE room_id = 'r0'");
        ExecutorService thread = Executors.newSingleThreadExecutor();
        try (Connection joining = schema.connect();
                Statement join = joining.createStatement()) {
            joining.setAutoCommit(false);
            join.execute("INSERT INTO memberships VALUES ('u9', 'r0', 1)");
            Future<?> counting = thread.submit(() -> {
                schema.execute("/* counting */ SELECT refresh_rooms(ARRAY['r0'])");
                return null;
            });
            awaitLockOf("/* counting */%");
            joining.commit();
            counting.get(10, TimeUnit.SECONDS);
        } finally {
            thread.shutdownNow();
        }
        assertCounts(6, 0);
    }

    @Test
    void sixWritersOfAllKindsLeaveTheCountsRight() throws Exception {
        long seed = Long.getLong("chatlist.seed", System.nanoTime());
        List<Callable<Integer>> writers = IntStream.range(0, 6)
                .<Callable<Integer>>mapToObj(n -> () -> write(new Random(seed + n), n))
                .toList();
        ExecutorService threads = Executors.newFixedThreadPool(writers.size());
        int committed = 0;
        try {
            for (Future<Integer> done : threads.invokeAll(writers)) {
                committed += done.get();
            }
        } finally {
            threads.shutdownNow();
        }
        assertTrue(committed > 200, committed + " transactions, seed " + seed);
        assertEquals("0", schema.query(WRONG), "wrong counts, seed " + seed);
        assertEquals("0", schema.query("SELECT count(*) FROM refresh_requests"));
    }

    /** Two of the writers use REPEATABLE READ, one is a replica's. All of them provoke deadlocks. */
    private static int write(Random random, int writer) throws SQLException {
        int committed = 0;
        try (Connection connection = schema.connect();
                Statement statement = connection.createStatement()) {
            statement.execute("SET deadlock_timeout = '5ms'");
            if (writer == 5) {
                statement.execute("SET session_replication_role = replica");
            }
            connection.setAutoCommit(false);
            if (writer < 2) {
                connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
            }
            for (int n = 0; n < 120; n++) {
                try {
                    for (int more = random.nextInt(3); more >= 0; more--) {
                        statement.execute(change(random));
                    }
                    if (random.nextInt(5) == 0) {
                        connection.rollback();
                    } else {
                        connection.commit();
                        committed++;
                    }
                } catch (SQLException e) {
                    // A deadlock, a change that the snapshot doesn't see, a room removed or a member joined meanwhile.
                    assertTrue(Set.of("40P01", "40001", "23503", "23505").contains(e.getSQLState()), e.getMessage());
                    connection.rollback();
                }
            }
        }
        return committed;
    }

    private static String change(Random random) {
        String user = "'u" + random.nextInt(20) + "'";
        String room = "'r" + random.nextInt(10) + "'";
        return switch (random.nextInt(10)) {
            case 0 -> "INSERT INTO memberships VALUES (%s, %s, 1)".formatted(user, room);
            case 1 -> "INSERT INTO memberships SELECT %s, room_id, 2 FROM rooms ON CONFLICT DO NOTHING".formatted(user);
            case 2 ->
                "INSERT INTO memberships SELECT user_id, %s, 3 FROM users ORDER BY random() LIMIT 5 ON CONFLICT (user_id, room_id) DO UPDATE SET joined_at = 4"
                        .formatted(room);
            case 3 -> "DELETE FROM memberships WHERE user_id = %s AND room_id = %s".formatted(user, room);
            case 4 -> "DELETE FROM memberships WHERE user_id = " + user;
            case 5 ->
                "UPDATE memberships SET room_id = %s WHERE user_id = %s AND room_id <= 'r3'".formatted(room, user);
            case 6 -> "UPDATE memberships SET joined_at = joined_at + 1 WHERE room_id = " + room;
            case 7 -> "DELETE FROM rooms WHERE room_id = 'r9'";
            case 8 ->
                "INSERT INTO rooms (room_id, creator_id, created_at) VALUES ('r9', 'u0', 1) ON CONFLICT (room_id) DO UPDATE SET name = 'again'";
            default ->
                "INSERT INTO messages (id, to_room_id, from_uid, created_at) VALUES (gen_random_uuid()::text, 'r0', 'x', %s)"
                        .formatted(random.nextInt(1000));
        };
    }

    private static void awaitLockOf(String query) throws Exception {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
        String waiting = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE '%s'";
        while (!schema.query(waiting.formatted(query)).equals("1")) {
            assertTrue(System.nanoTime() < deadline, "no lock is waited for by " + query);
            Thread.sleep(10);
        }
    }

    private static void assertCounts(int first, int second) throws SQLException {
        assertEquals(List.of("" + first, "" + second), List.of(members("r0"), members("r1")));
        assertNoneIsWrong();
    }

    private static void assertNoneIsWrong() throws SQLException {
        assertEquals("0", schema.query(WRONG));
    }

    private static String members(String room) throws SQLException {
        return schema.query("SELECT members FROM room_activity WHERE room_id = '%s'".formatted(room));
    }
}
