package dev.chatlist.adapter.persistence.journal;

import static java.util.stream.Collectors.joining;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.chatlist.adapter.persistence.Database;
import dev.chatlist.adapter.persistence.TestSchema;
import dev.chatlist.application.ChatEventService;
import dev.chatlist.domain.ChatEvent;
import dev.chatlist.domain.ChatEvent.MessageSaved;
import dev.chatlist.domain.ChatEvent.RoomSaved;
import dev.chatlist.domain.ChatEvent.UserSaved;
import dev.chatlist.domain.Message;
import dev.chatlist.domain.Message.OpenseaItem;
import dev.chatlist.domain.MessageId;
import dev.chatlist.domain.Room;
import dev.chatlist.domain.RoomId;
import dev.chatlist.domain.User;
import dev.chatlist.domain.UserId;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.FutureTask;
import java.util.stream.IntStream;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.postgresql.PGConnection;

/** Which sets of rows are copied, and that copied rows hold what they should. */
class BulkCopyTest {
    private static final UserId ADA = new UserId("ada");
    private static final RoomId ROOM = new RoomId("room");

    private static TestSchema schema;
    private int copies;

    @BeforeAll
    static void open() {
        schema = new TestSchema();
    }

    @AfterAll
    static void close() {
        schema.close();
    }

    @BeforeEach
    void empty() throws SQLException {
        schema.execute("TRUNCATE users CASCADE");
    }

    @Test
    void largeSetsAreCopiedAndSmallOnesAreNot() throws SQLException {
        record(users(0, BulkCopy.MIN_ROWS - 1), true);
        assertEquals(0, copies);
        record(users(1000, 1000 + BulkCopy.MIN_ROWS), true);
        assertEquals(1, copies);
        record(users(10_000, 35_000), true);
        assertEquals(1 + 3, copies);
        assertEquals(Integer.toString(2 * BulkCopy.MIN_ROWS - 1 + 25_000), count());
    }

    @Test
    void recordingAgainCopiesNothing() throws SQLException {
        record(users(0, 25_000), true);
        copies = 0;
        record(users(0, 25_000), true);
        assertEquals(0, copies);
        assertEquals("25000", count());
    }

    @Test
    void copyingEndsAtTheFirstSetWithAStoredRow() throws SQLException {
        schema.execute("INSERT INTO users (user_id, nick_name, created_at) VALUES ('u15000', 'old', 1)");
        record(users(0, 35_000), true);
        assertEquals(2, copies);
        assertEquals("35000", count());
        assertEquals("nick", schema.query("SELECT nick_name FROM users WHERE user_id = 'u15000'"));
    }

    @Test
    @Timeout(60)
    void aFasterWriterOfTheSameRowIsWaitedForAndOverwritten() throws Exception {
        try (Connection other = schema.connect();
                Statement statement = other.createStatement()) {
            other.setAutoCommit(false);
            statement.execute("INSERT INTO users (user_id, nick_name, created_at) VALUES ('u500', 'old', 1)");
            FutureTask<Void> recording = new FutureTask<>(() -> {
                record(users(0, 1000), true);
                return null;
            });
            new Thread(recording, "recording").start();
            String waiting =
                    "SELECT count(*) FROM pg_locks WHERE NOT granted AND pg_backend_pid() = ANY (pg_blocking_pids(pid))";
            for (boolean waits = false; !waits; ) {
                try (ResultSet rows = statement.executeQuery(waiting)) {
                    waits = rows.next() && rows.getInt(1) > 0;
                }
            }
            other.commit();
            recording.get();
        }
        assertEquals(1, copies);
        assertEquals("1000", count());
        assertEquals("nick", schema.query("SELECT nick_name FROM users WHERE user_id = 'u500'"));
    }

    @Test
    void copiedTextsAndIdsAreStoredUnchanged() throws SQLException {
        String[] texts = {"", "\\N", "\\.", "\t\r\n\\", "😀 ü", "x".repeat(65_536), "é".repeat(100_000)};
        List<UserId> mentioned = List.of(new UserId("a,b"), new UserId("{\"\\}"), new UserId("NULL"), new UserId("😀"));
        List<ChatEvent> events = new ArrayList<>(List.of(
                new UserSaved(User.named(ADA, "Ada", 1)),
                new RoomSaved(Room.group(ROOM, "room", ADA, Long.MAX_VALUE))));
        for (int n = 0; n < texts.length; n++) {
            events.add(new MessageSaved(new Message(
                    new MessageId("m" + n),
                    ROOM,
                    ADA,
                    "text",
                    texts[n],
                    "",
                    n % 2 == 0,
                    "",
                    OpenseaItem.NONE,
                    mentioned.subList(0, n % 5),
                    n)));
        }
        new ChatEventService(new SqlJournal(schema.connections(), 1)).record(events);
        for (int n = 0; n < texts.length; n++) {
            String row =
                    "FROM messages WHERE id = 'm" + n + "' AND created_at = " + n + " AND is_thread = " + (n % 2 == 0);
            assertEquals(texts[n], schema.query("SELECT msg_contents " + row));
            String ids = mentioned.subList(0, n % 5).stream().map(UserId::value).collect(joining("\n"));
            assertEquals(ids, schema.query("SELECT array_to_string(at_user_ids, E'\\n') " + row));
        }
    }

    @Test
    void connectionsThatHideTheDriverGetUpserts() throws SQLException {
        record(users(0, 1000), false);
        assertEquals(0, copies);
        assertEquals("1000", count());
    }

    private static String count() throws SQLException {
        return schema.query("SELECT count(*) FROM users");
    }

    private static List<ChatEvent> users(int from, int to) {
        return IntStream.range(from, to)
                .<ChatEvent>mapToObj(n -> new UserSaved(User.named(new UserId("u" + n), "nick", 1)))
                .toList();
    }

    /** Counts copies by how often they ask for the driver's connection. */
    private void record(List<ChatEvent> events, boolean showsDriver) {
        DataSource host = proxy(DataSource.class, (method, args) -> {
            Connection connection = schema.connect();
            return proxy(Connection.class, (asked, given) -> switch (asked.getName()) {
                case "isWrapperFor" -> showsDriver && (boolean) asked.invoke(connection, given);
                case "unwrap" -> {
                    copies += given[0] == PGConnection.class ? 1 : 0;
                    yield asked.invoke(connection, given);
                }
                default -> asked.invoke(connection, given);
            });
        });
        try (Database database = Database.over(host, schema.name)) {
            new ChatEventService(database.journal()).record(events);
        }
    }

    private interface Answer {
        Object to(Method method, Object[] args) throws ReflectiveOperationException, SQLException;
    }

    private static <T> T proxy(Class<T> type, Answer answer) {
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, (self, method, args) -> {
            try {
                return answer.to(method, args);
            } catch (InvocationTargetException e) {
                throw e.getCause();
            }
        }));
    }
}
