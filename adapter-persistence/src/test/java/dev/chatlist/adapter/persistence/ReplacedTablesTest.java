package dev.chatlist.adapter.persistence;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.chatlist.application.ChatEventService;
import dev.chatlist.application.sync.SyncDirectory;
import dev.chatlist.domain.ChatEvent;
import dev.chatlist.domain.UserId;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** States and cursors from before somebody replaced the tables of a server that runs on. */
class ReplacedTablesTest {
    private static final List<UserId> USERS =
            IntStream.rangeClosed(2, 3).mapToObj(n -> new UserId("u" + n)).toList();
    private static final List<String> WORLD = List.of(
            "INSERT INTO users (user_id, created_at) SELECT 'u' || n, 1 FROM generate_series(1, 3) n",
            "INSERT INTO rooms (room_id, creator_id, created_at) SELECT 'r' || n, 'u1', n FROM generate_series(1, 20) n",
            "INSERT INTO memberships SELECT 'u' || u, 'r' || r, 1 FROM generate_series(2, 3) u, generate_series(1, 20) r"
                    + " WHERE (u + r) % 2 = 0",
            "UPDATE users SET nick_name = 'Ada' WHERE user_id = 'u1'");

    /** Those that a dump has, and their columns. */
    private static final Map<String, String> TABLES = Map.of(
            "users", "user_id, nick_name, created_at",
            "rooms", "room_id, name, creator_id, created_at",
            "memberships", "user_id, room_id, joined_at",
            "messages", "id, to_room_id, from_uid, created_at",
            "room_activity", "room_id, version, details_version, changed_in, last_activity, members, latest_message_id",
            "membership_changes", "changed_in, user_id, room_id",
            "departures", "user_id, room_id, changed_in, reason, left_at",
            "epoch", "secret, history, forgotten");

    private final TestSchema schema = new TestSchema();
    private final List<SyncDirectory> takers = new ArrayList<>();
    private final List<TokenHolders> holders = new ArrayList<>();

    /** Half of the clients have their tokens from an instance with memory. */
    @BeforeEach
    void holdTokens() throws SQLException {
        world();
        for (SyncDirectory instance : List.of(schema.database.directory(1 << 24), schema.database.directory())) {
            takers.add(instance);
            holders.add(new TokenHolders(USERS, instance));
        }
        schema.execute("UPDATE users SET nick_name = 'Bob' WHERE user_id = 'u1'");
        holders.forEach(TokenHolders::take);
    }

    @AfterEach
    void close() {
        schema.close();
    }

    private void world() throws SQLException {
        schema.execute(WORLD.toArray(String[]::new));
    }

    @Test
    void theSameRowsInNewTablesAreAReset() throws SQLException {
        schema.execute("DROP SCHEMA %s CASCADE".formatted(schema.name));
        Database.open(schema.settings()).close();
        world();
        assertForgotten();
    }

    /** As the manual says. Without the last statement, nobody could tell that the tables were set back. */
    @Test
    void aDumpThatIsRestoredWithANewEpochIsAReset() throws SQLException {
        String dump = schema.name + "_dump";
        schema.execute("CREATE SCHEMA " + dump);
        for (String table : TABLES.keySet()) {
            schema.execute("CREATE TABLE %s.%s AS SELECT to_jsonb(t) AS dumped FROM %2$s t".formatted(dump, table));
        }
        schema.execute(
                "DELETE FROM memberships WHERE room_id IN ('r1', 'r2')",
                "DELETE FROM rooms WHERE room_id IN ('r3', 'r4')",
                "INSERT INTO messages (id, to_room_id, from_uid, created_at) VALUES ('m', 'r5', 'u2', 90), ('n', 'r6', 'u2', 90)");
        List<TokenHolders> later = takers.stream()
                .map(instance -> new TokenHolders(USERS, instance))
                .toList();
        schema.execute("UPDATE rooms SET name = 'later'");
        later.forEach(TokenHolders::take);
        holders.addAll(later);

        schema.execute("DROP SCHEMA %s CASCADE".formatted(schema.name));
        Database.open(schema.settings()).close();
        for (String table : List.of("users", "rooms", "memberships", "messages")) {
            schema.execute("ALTER TABLE %s DISABLE TRIGGER ALL".formatted(table));
        }
        for (Map.Entry<String, String> table : TABLES.entrySet()) {
            schema.execute(
                    "DELETE FROM " + table.getKey(),
                    "INSERT INTO %s (%s) SELECT %2$s FROM %s.%1$s, jsonb_populate_record(NULL::%1$s, dumped)"
                            .formatted(table.getKey(), table.getValue(), dump));
        }
        schema.execute("DROP SCHEMA %s CASCADE".formatted(dump), "SELECT renew_epoch()");
        assertForgotten();
    }

    @Test
    void anExportThatIsImportedElsewhereIsAReset() throws SQLException {
        List<ChatEvent> export = new ArrayList<>();
        schema.database.archive().readAll(total -> {}, export::add);
        try (TestSchema elsewhere = new TestSchema()) {
            new ChatEventService(elsewhere.database.journal()).record(export);
            for (TokenHolders each : holders) {
                assertEquals(List.of(), each.show(elsewhere.database.directory(1 << 24)), "accepted");
                each.assertNobodyWasToldALie(elsewhere.database.directory());
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"TRUNCATE memberships", "TRUNCATE rooms CASCADE", "TRUNCATE users CASCADE"})
    void truncatedMembersAreAReset(String statement) throws SQLException {
        schema.execute(statement);
        assertForgotten();
    }

    @ParameterizedTest
    @ValueSource(strings = {"TRUNCATE messages", "DELETE FROM memberships", "DELETE FROM rooms"})
    void whatIsDeletedIsTold(String statement) throws SQLException {
        schema.execute(
                "INSERT INTO messages (id, to_room_id, from_uid, created_at) SELECT room_id, room_id, 'u2', 90 FROM rooms");
        schema.execute(statement);
        for (int n = 0; n < holders.size(); n++) {
            assertEquals(
                    3 * USERS.size(), holders.get(n).show(takers.get(1 - n)).size(), "accepted");
        }
        holders.forEach(each -> each.assertNobodyWasToldALie(schema.database.directory()));
    }

    /** By the instances that were there before, and by a new one. */
    private void assertForgotten() {
        try (Database fresh = Database.open(schema.settings())) {
            takers.add(fresh.directory(1 << 24));
            for (int n = 0; n < holders.size(); n++) {
                assertEquals(List.of(), holders.get(n).show(takers.get(n % takers.size())), "accepted");
            }
            holders.forEach(each -> each.assertNobodyWasToldALie(fresh.directory()));
        }
    }
}
