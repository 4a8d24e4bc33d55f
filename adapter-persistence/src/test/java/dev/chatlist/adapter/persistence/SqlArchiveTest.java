package dev.chatlist.adapter.persistence;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.chatlist.application.ChatArchive;
import dev.chatlist.application.ChatEventService;
import dev.chatlist.application.contract.InMemoryChatStore;
import dev.chatlist.domain.ChatEvent;
import dev.chatlist.domain.ChatEvent.MessageSaved;
import dev.chatlist.domain.ChatEvent.RoomSaved;
import dev.chatlist.domain.ChatEvent.UserSaved;
import dev.chatlist.domain.UserId;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Archives of tables that other programs write, while they do. */
@Timeout(60)
class SqlArchiveTest {
    private static final String ADA = "INSERT INTO users (user_id, created_at) VALUES ('ada', 1)";
    private static final String ROOM = "INSERT INTO rooms (room_id, creator_id, created_at) VALUES ('r1', 'ada', 1)";
    private static final String MESSAGES = "INSERT INTO messages (id, to_room_id, from_uid, created_at)"
            + " SELECT 'm' || n, 'r1', 'x', n FROM generate_series(1, 1000) n";

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
    void fill() throws SQLException {
        schema.execute("TRUNCATE users CASCADE", ADA, ROOM, MESSAGES);
    }

    @Test
    void anArchiveIsOneSnapshotWhileOthersWrite() throws Exception {
        schema.execute("TRUNCATE users CASCADE");
        AtomicBoolean stop = new AtomicBoolean();
        AtomicInteger written = new AtomicInteger();
        FutureTask<Void> writer = new FutureTask<>(() -> {
            writeRooms(written, stop);
            return null;
        });
        new Thread(writer, "writer").start();
        try {
            int distinct = 0;
            for (int seen = -1; distinct < 10; ) {
                List<ChatEvent> events = readAll(schema.database.archive());
                // Refuses a room without its creator, and a message without its room.
                new ChatEventService(new InMemoryChatStore()).record(events);
                int rooms = count(events, RoomSaved.class);
                assertEquals(rooms, count(events, UserSaved.class));
                assertEquals(rooms, count(events, MessageSaved.class));
                distinct += rooms == seen ? 0 : 1;
                seen = rooms;
                assertFalse(writer.isDone(), "the writer has ended");
            }
        } finally {
            stop.set(true);
        }
        writer.get(30, TimeUnit.SECONDS);
        assertEquals(written.get(), count(readAll(schema.database.archive()), RoomSaved.class));
    }

    /** Ids in descending order: what is committed later comes earlier. */
    private void writeRooms(AtomicInteger written, AtomicBoolean stop) throws SQLException {
        try (Connection connection = schema.connect();
                Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            while (!stop.get()) {
                int n = written.incrementAndGet();
                String id = String.valueOf(1_000_000 - n);
                statement.execute(ADA.replace("ada", id));
                statement.execute(ROOM.replace("ada", id).replace("r1", id));
                statement.execute(
                        "INSERT INTO messages (id, to_room_id, from_uid, created_at) VALUES ('%1$s', '%1$s', 'x', 1)"
                                .formatted(id));
                connection.commit();
            }
        }
    }

    private static int count(List<ChatEvent> events, Class<? extends ChatEvent> type) {
        return (int) events.stream().filter(type::isInstance).count();
    }

    /** A snapshot alone shows a table as empty that was truncated since. */
    @Test
    void aTransactionThatTruncatesIsSeenAsAWhole() throws Exception {
        FutureTask<List<ChatEvent>> reader = new FutureTask<>(() -> readAll(schema.database.archive()));
        try (Connection writer = schema.connect();
                Statement statement = writer.createStatement()) {
            writer.setAutoCommit(false);
            statement.execute(ADA.replace("ada", "bob"));
            statement.execute("TRUNCATE messages");
            new Thread(reader, "reader").start();
            String waiting = "SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = 'messages'::regclass";
            while (schema.query(waiting).equals("0")) {
                assertFalse(reader.isDone(), "it hasn't waited");
            }
            writer.commit();
        }
        List<ChatEvent> read = reader.get(30, TimeUnit.SECONDS);
        assertEquals(2, count(read, UserSaved.class));
        assertEquals(0, count(read, MessageSaved.class));
    }

    @Test
    void writersOfRowsThatAreReadAreNotHeldUp() {
        List<ChatEvent> read = new ArrayList<>();
        schema.database.archive().readAll(total -> {}, event -> {
            if (read.isEmpty()) {
                try {
                    schema.execute(
                            "SET lock_timeout = '10ms'",
                            "UPDATE users SET nick_name = 'Ada'",
                            "DELETE FROM messages",
                            "DELETE FROM rooms");
                } catch (SQLException e) {
                    throw new IllegalStateException(e);
                }
            }
            read.add(event);
        });
        assertEquals(1002, read.size());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "DELETE FROM users                          | rooms with room_id r1, creator_id ada",
                "INSERT INTO memberships VALUES ('x', 'r1', 1) | memberships with room_id r1, user_id x",
                "INSERT INTO memberships VALUES ('ada', 'x', 1) | memberships with room_id x, user_id ada",
                "DELETE FROM rooms                          | messages with to_room_id r1, id m1",
            })
    void aRowThatRefersToNothingStoredIsNamed(String write, String row) throws SQLException {
        schema.execute("SET session_replication_role = replica", write);
        IllegalStateException e = assertThrows(IllegalStateException.class, () -> readAll(schema.database.archive()));
        assertEquals(
                "no event can express the row of " + row + ": the user or room that it refers to isn't stored",
                e.getMessage());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "UPDATE users SET created_at = -5           | users with user_id ada",
                "UPDATE rooms SET created_at = -5           | rooms with room_id r1",
                "INSERT INTO memberships VALUES ('ada', 'r1', -5) | memberships with room_id r1, user_id ada",
                "UPDATE messages SET created_at = -5 WHERE id = 'm7' | messages with to_room_id r1, id m7",
            })
    void aRowWithAValueThatNoEventCanHaveIsNamed(String write, String row) throws SQLException {
        schema.execute("ALTER DOMAIN nanoseconds DROP CONSTRAINT nanoseconds_check", write);
        try {
            IllegalStateException e =
                    assertThrows(IllegalStateException.class, () -> readAll(schema.database.archive()));
            String message = String.valueOf(e.getMessage());
            assertTrue(message.startsWith("no event can express the row of " + row + ": "), message);
            assertTrue(message.endsWith("at must be nanoseconds since the epoch, 0 or more, it is -5"), message);
        } finally {
            schema.execute(
                    "TRUNCATE users CASCADE",
                    "TRUNCATE room_activity",
                    "ALTER DOMAIN nanoseconds ADD CONSTRAINT nanoseconds_check CHECK (VALUE >= 0)");
        }
    }

    @Test
    void mentionsInAnArrayThatBeginsElsewhereAreArchived() throws SQLException {
        schema.execute("UPDATE messages SET at_user_ids = '[5:6]={a,b}' WHERE id = 'm7'");
        List<String> mentioned = readAll(schema.database.archive()).stream()
                .flatMap(event -> event instanceof MessageSaved saved ? saved.message().atUserIds().stream() : null)
                .map(UserId::value)
                .toList();
        assertEquals(List.of("a", "b"), mentioned);
    }

    @Test
    void noTimeLimitAppliesAndTheConnectionIsLeftAsItWas() throws SQLException {
        try (Connection connection = schema.connect()) {
            String limits = "SELECT current_setting('statement_timeout')"
                    + " || ' ' || current_setting('idle_in_transaction_session_timeout')"
                    + " || ' ' || coalesce(current_setting('transaction_timeout', true), '')"
                    + " || ' ' || current_setting('transaction_read_only')"
                    + " || ' ' || current_setting('enable_seqscan')";
            query(
                    connection,
                    "SET statement_timeout = '50s'; SET idle_in_transaction_session_timeout = '50s';"
                            + " SELECT set_config(name, '50s', false) FROM pg_settings WHERE name = 'transaction_timeout';"
                            + " SET enable_seqscan = off; SELECT 1");
            connection.setNetworkTimeout(Runnable::run, 50_000);
            String before = query(connection, limits);
            List<String> during = new ArrayList<>();
            Database.over(always(connection), schema.name).archive().readAll(total -> {}, event -> {
                during.add(query(connection, limits));
                try {
                    assertEquals(0, connection.getNetworkTimeout());
                } catch (SQLException e) {
                    throw new IllegalStateException(e);
                }
            });
            assertTrue(during.get(1001).matches("0 0 0? on on"), during.get(1001));
            assertEquals(before, query(connection, limits));
            assertEquals(50_000, connection.getNetworkTimeout());
            assertTrue(connection.getAutoCommit());
        }
    }

    @Test
    void aPoolWithoutAutocommitIsReadAndLeftInNoTransaction() throws SQLException {
        try (Connection connection = schema.connect()) {
            connection.setAutoCommit(false);
            assertEquals(
                    1002,
                    readAll(Database.over(always(connection), schema.name).archive())
                            .size());
            assertFalse(connection.getAutoCommit());
            schema.execute("SET lock_timeout = '10ms'", "TRUNCATE messages");
        }
    }

    private static String query(Connection connection, String sql) {
        try (Statement statement = connection.createStatement()) {
            boolean isResult = statement.execute(sql);
            String value = "";
            for (; isResult || statement.getUpdateCount() >= 0; isResult = statement.getMoreResults()) {
                if (isResult) {
                    ResultSet rows = statement.getResultSet();
                    value = rows.next() ? rows.getString(1) : "";
                }
            }
            return value;
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    /** A pool of one connection, which it never closes. */
    private static DataSource always(Connection connection) {
        Connection lent = (Connection) Proxy.newProxyInstance(
                SqlArchiveTest.class.getClassLoader(),
                new Class<?>[] {Connection.class},
                (proxy, method, arguments) ->
                        method.getName().equals("close") ? null : method.invoke(connection, arguments));
        return (DataSource) Proxy.newProxyInstance(
                SqlArchiveTest.class.getClassLoader(),
                new Class<?>[] {DataSource.class},
                (proxy, method, arguments) -> lent);
    }

    private static List<ChatEvent> readAll(ChatArchive archive) {
        List<ChatEvent> read = new ArrayList<>();
        archive.readAll(total -> {}, read::add);
        return read;
    }
}
