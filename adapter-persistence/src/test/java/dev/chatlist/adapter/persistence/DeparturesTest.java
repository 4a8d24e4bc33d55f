package dev.chatlist.adapter.persistence;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every membership that ends leaves a departure, and those that are forgotten are told by the epoch. */
class DeparturesTest {
    private static final String SECRET = "SELECT encode(secret, 'hex') FROM epoch";
    private static final String FORGOTTEN = "SELECT forgotten FROM epoch";
    private static final String JOIN = "INSERT INTO memberships VALUES ('carl', '%s', 1)";

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
                "INSERT INTO users (user_id, created_at) VALUES ('ada', 1), ('bob', 1), ('carl', 1)",
                "INSERT INTO rooms (room_id, creator_id, created_at) VALUES ('r1', 'bob', 1), ('r2', 'bob', 1), ('r3', 'bob', 1)",
                "INSERT INTO memberships VALUES ('ada', 'r1', 1), ('ada', 'r2', 1), ('bob', 'r2', 2)",
                "DELETE FROM departures");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "DELETE FROM memberships WHERE user_id = 'ada' AND room_id = 'r1' | ada r1 left",
                "DELETE FROM memberships                                        | ada r1 left; ada r2 left; bob r2 left",
                "UPDATE memberships SET room_id = 'r3' WHERE room_id = 'r2'     | ada r2 left; bob r2 left",
                "UPDATE memberships SET user_id = 'carl' WHERE user_id = 'bob'  | bob r2 left",
                "UPDATE memberships SET joined_at = joined_at + 1               | none",
                "DELETE FROM rooms WHERE room_id <> 'r1'                        | ada r2 room_removed; bob r2 room_removed",
                "DELETE FROM memberships WHERE user_id = 'carl'                 | none",
                "INSERT INTO memberships VALUES ('ada', 'r1', 5) ON CONFLICT DO NOTHING | none"
            })
    void aMembershipThatEndsLeavesADeparture(String statement, String expected) throws SQLException {
        schema.execute("BEGIN", statement, "ROLLBACK");
        assertEquals("none", departures());
        schema.execute(statement);
        assertEquals(expected, departures());
        assertEquals(
                "true",
                schema.query("SELECT coalesce(bool_and(d.changed_in = a.changed_in), true)"
                        + " FROM departures d JOIN room_activity a ON a.room_id = d.room_id"));
    }

    /** Logical replication brings the end of a room before that of its memberships. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "DELETE FROM memberships WHERE user_id = 'ada'              | ada r1 left; ada r2 left",
                "UPDATE memberships SET room_id = 'r3' WHERE room_id = 'r2' | ada r2 left; bob r2 left",
                "UPDATE memberships SET joined_at = joined_at + 1           | none",
                "DELETE FROM rooms WHERE room_id = 'r2'; DELETE FROM memberships WHERE room_id = 'r2'"
                        + "| ada r2 room_removed; bob r2 room_removed"
            })
    void aMembershipThatEndsByReplicationLeavesADeparture(String statement, String expected) throws SQLException {
        schema.execute("SET session_replication_role = replica", statement);
        assertEquals(expected, departures());
    }

    @Test
    void aDepartureStaysUntilTheNextOne() throws SQLException {
        schema.execute("DELETE FROM memberships WHERE room_id = 'r1'");
        String first = schema.query("SELECT changed_in FROM departures");
        schema.execute("INSERT INTO memberships VALUES ('ada', 'r1', 5)");
        assertEquals("ada r1 left", departures());
        assertEquals(first, schema.query("SELECT changed_in FROM departures"));
        schema.execute("DELETE FROM rooms WHERE room_id = 'r1'");
        assertEquals("ada r1 room_removed", departures());
        assertTrue(Long.parseLong(schema.query("SELECT changed_in FROM departures")) > Long.parseLong(first));
    }

    @Test
    void onlyOldDeparturesAreForgottenTheOldestFirstAndAThousandAtATime() throws SQLException {
        depart("u", 1, 1500, 31);
        depart("young", 1501, 1501, 29);
        schema.execute(JOIN.formatted("r1"));
        assertEquals("501 1001", schema.query("SELECT count(*) || ' ' || min(changed_in) FROM departures"));
        assertEquals("1000", schema.query(FORGOTTEN));
        schema.execute(JOIN.formatted("r2"));
        assertEquals("young1501 x left", departures());
        assertEquals("1500", schema.query(FORGOTTEN));
        // Its writer committed late.
        depart("late", 7, 7, 31);
        schema.execute("SET session_replication_role = replica", JOIN.formatted("r3"));
        assertEquals("young1501 x left", departures());
        assertEquals("1500", schema.query(FORGOTTEN));
        schema.execute("SELECT renew_epoch()");
        assertEquals("0", schema.query(FORGOTTEN));
    }

    @Test
    void whatWasRestoredFromAnotherServerIsForgottenAndNotMissed() throws SQLException {
        depart("foreign", 1_000_000_000_000L, 1_000_000_000_000L, 31);
        schema.execute(JOIN.formatted("r1"));
        assertEquals("none", departures());
        assertEquals("0", schema.query(FORGOTTEN));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "BEGIN ISOLATION LEVEL REPEATABLE READ",
                "BEGIN; UPDATE epoch SET history = 'a server that crashed'"
            })
    void nothingIsForgottenInRepeatableReadOrInAnEpochThatIsOver(String begin) throws SQLException {
        depart("u", 1, 3, 31);
        schema.execute(begin, JOIN.formatted("r1"), "COMMIT");
        assertEquals("3", schema.query("SELECT count(*) FROM departures"));
        schema.execute("SELECT enter_epoch()", JOIN.formatted("r2"));
        assertEquals("0", schema.query("SELECT count(*) FROM departures"));
    }

    /** With a lock_timeout, a writer that waited would fail. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "INSERT INTO memberships VALUES ('carl', 'r1', 1)",
                "SELECT renew_epoch()",
                "SELECT FROM departures ORDER BY changed_in FOR UPDATE"
            })
    void forgettingWaitsForNobody(String other) throws SQLException {
        depart("u", 1, 3, 31);
        try (Connection connection = schema.connect();
                Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            statement.execute(other);
            schema.execute("SET lock_timeout = '2s'", JOIN.formatted("r2"));
            assertEquals("3", schema.query("SELECT count(*) FROM departures"));
        }
    }

    /** A writer that has forgotten some may take long to commit. */
    @Test
    void aNewEpochWaitsForNobodyWhoForgets() throws SQLException {
        depart("u", 1, 3, 31);
        schema.execute("UPDATE epoch SET history = 'a server that crashed'");
        try (Connection connection = schema.connect();
                Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            statement.execute(JOIN.formatted("r1"));
            schema.execute("SET lock_timeout = '2s'", "SELECT enter_epoch()");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "origin, TRUNCATE memberships, true",
        "replica, TRUNCATE memberships, true",
        "origin, TRUNCATE rooms CASCADE, true",
        "replica, 'TRUNCATE rooms, memberships, messages', true",
        "origin, TRUNCATE messages, false"
    })
    void truncatingMembersBeginsAnEpoch(String role, String statement, boolean begins) throws SQLException {
        String before = schema.query(SECRET);
        schema.execute("BEGIN", statement, "ROLLBACK");
        assertEquals(before, schema.query(SECRET));
        schema.execute("SET session_replication_role = " + role, statement);
        assertEquals(!begins, before.equals(schema.query(SECRET)));
    }

    @Test
    void writersNeedNoPrivilegeOnDeparturesAndReadersOnlyToReadThem() throws SQLException {
        String writer = schema.name + "_writer";
        String reader = schema.name + "_reader";
        depart("u", 1, 3, 31);
        schema.execute("CREATE ROLE " + writer, "CREATE ROLE " + reader);
        try {
            schema.execute(
                    "GRANT USAGE ON SCHEMA %s TO %s, %s".formatted(schema.name, writer, reader),
                    "GRANT SELECT, INSERT, UPDATE, DELETE, TRUNCATE ON memberships TO " + writer,
                    "GRANT SELECT ON departures, epoch TO " + reader);
            schema.execute(
                    "SET ROLE " + writer,
                    "DELETE FROM memberships WHERE user_id = 'bob'",
                    "UPDATE memberships SET room_id = 'r3' WHERE room_id = 'r1'");
            schema.execute("SET ROLE " + reader, "SELECT * FROM departures, epoch");
            assertEquals("ada r1 left; bob r2 left", departures());
            schema.execute("SET ROLE " + writer, "TRUNCATE memberships");
            for (String role : List.of(writer, reader)) {
                for (String sql : List.of("DELETE FROM departures", "UPDATE epoch SET forgotten = 0")) {
                    SQLException refused =
                            assertThrows(SQLException.class, () -> schema.execute("SET ROLE " + role, sql));
                    assertEquals("42501", refused.getSQLState());
                }
            }
        } finally {
            schema.execute(
                    "DROP OWNED BY %s, %s".formatted(writer, reader), "DROP ROLE %s, %s".formatted(writer, reader));
        }
    }

    /**
     * A reader that knows a snapshot and its members finds every member that is gone since, or is told that it can't.
     * Writers commit in any order, and some of them forget the three oldest departures.
     */
    @Test
    void whoeverIsGoneSinceASnapshotHasADepartureOrTheEpochTells() throws Exception {
        long seed = Long.getLong("chatlist.seed", System.nanoTime());
        AtomicBoolean ended = new AtomicBoolean();
        ExecutorService threads = Executors.newCachedThreadPool();
        try (TestSchema own = new TestSchema();
                Connection connection = own.connect();
                Statement reader = connection.createStatement()) {
            String definition = own.query("SELECT pg_get_functiondef('forget_departures'::regproc)");
            assertEquals(4, definition.split("- interval '30 days'|LIMIT 1000", -1).length, definition);
            own.execute(
                    "SELECT enter_epoch()",
                    definition
                            .replace("- interval '30 days'", "- interval '1 day' * (random() < 0.85)::integer")
                            .replace("LIMIT 1000", "LIMIT 3"),
                    "INSERT INTO users (user_id, created_at) SELECT 'u' || n, 1 FROM generate_series(0, 41) n",
                    "INSERT INTO rooms (room_id, creator_id, created_at) SELECT 'r' || n, 'u1', 1 FROM generate_series(0, 9) n");
            List<Future<Void>> writers = IntStream.range(0, 6)
                    .mapToObj(n -> threads.submit(() -> comeAndGo(own, new Random(seed + n), n, ended)))
                    .toList();
            int told = 0;
            int found = 0;
            try {
                Random random = new Random(seed);
                for (int n = 0; n < 60; n++) {
                    reader.execute("DROP TABLE IF EXISTS seen");
                    reader.execute("CREATE TEMP TABLE seen AS"
                            + " SELECT user_id, room_id, pg_current_snapshot() AS snapshot FROM memberships");
                    for (int more = random.nextInt(20); more > 0; more--) {
                        reader.execute(change(random, 6));
                    }
                    try (ResultSet row = reader.executeQuery("""
                            SELECT coalesce(bool_or(pg_snapshot_xmin(snapshot)::text::bigint <= forgotten), true),
                                   count(*) FILTER (WHERE d.user_id IS NULL), count(d.user_id)
                            FROM seen CROSS JOIN epoch
                            LEFT JOIN departures d ON d.user_id = seen.user_id AND d.room_id = seen.room_id
                                AND NOT pg_visible_in_snapshot(d.changed_in::text::xid8, snapshot)
                            WHERE NOT EXISTS (SELECT FROM memberships m
                                WHERE m.user_id = seen.user_id AND m.room_id = seen.room_id)""")) {
                        row.next();
                        if (row.getBoolean(1)) {
                            told++;
                        } else {
                            assertEquals(0, row.getLong(2), "departures are missing, seed " + seed);
                            found += row.getInt(3);
                        }
                    }
                }
            } finally {
                ended.set(true);
                for (Future<Void> writer : writers) {
                    writer.get();
                }
                threads.shutdownNow();
            }
            assertTrue(told > 0 && found > 0, told + " told, " + found + " found");
        }
    }

    private static Void comeAndGo(TestSchema own, Random random, int writer, AtomicBoolean ended) throws Exception {
        try (Connection connection = own.connect();
                Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            while (!ended.get()) {
                statement.execute(change(random, writer));
                if (random.nextInt(4) == 0) {
                    statement.execute("SELECT count(*) FROM generate_series(1, 20000)");
                }
                connection.commit();
            }
        }
        return null;
    }

    /** Each writer has its own users. */
    private static String change(Random random, int writer) {
        String membership = "'u%s', 'r%s'".formatted(writer + 7 * random.nextInt(6), random.nextInt(10));
        return random.nextBoolean()
                ? "INSERT INTO memberships VALUES (%s, 1) ON CONFLICT DO NOTHING".formatted(membership)
                : "DELETE FROM memberships WHERE (user_id, room_id) = (%s)".formatted(membership);
    }

    private static void depart(String user, long first, long last, int daysAgo) throws SQLException {
        schema.execute(("INSERT INTO departures SELECT '%s' || n, 'x', n, 'left', now() - interval '%s days'"
                        + " FROM generate_series(%s::bigint, %s::bigint) n")
                .formatted(user, daysAgo, first, last));
    }

    private static String departures() throws SQLException {
        return schema.query("SELECT coalesce(string_agg(concat_ws(' ', user_id, room_id, reason), '; '"
                + " ORDER BY user_id, room_id), 'none') FROM departures");
    }
}
