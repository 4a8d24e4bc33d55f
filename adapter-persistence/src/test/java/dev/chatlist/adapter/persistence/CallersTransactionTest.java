package dev.chatlist.adapter.persistence;

import static java.util.Objects.requireNonNull;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.zaxxer.hikari.HikariDataSource;
import dev.chatlist.application.ChatEventService;
import dev.chatlist.application.ChatJournal;
import dev.chatlist.application.ChatListService;
import dev.chatlist.application.RejectedEventException;
import dev.chatlist.domain.ChatEvent;
import dev.chatlist.domain.ChatEvent.MemberJoined;
import dev.chatlist.domain.ChatEvent.MemberLeft;
import dev.chatlist.domain.ChatEvent.MessageRemoved;
import dev.chatlist.domain.ChatEvent.MessageSaved;
import dev.chatlist.domain.ChatEvent.RoomRemoved;
import dev.chatlist.domain.ChatEvent.RoomSaved;
import dev.chatlist.domain.ChatEvent.UserRemoved;
import dev.chatlist.domain.ChatEvent.UserSaved;
import dev.chatlist.domain.Message;
import dev.chatlist.domain.MessageId;
import dev.chatlist.domain.Room;
import dev.chatlist.domain.RoomId;
import dev.chatlist.domain.User;
import dev.chatlist.domain.UserId;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.postgresql.ds.PGSimpleDataSource;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.jdbc.datasource.DataSourceUtils;
import org.springframework.jdbc.datasource.TransactionAwareDataSourceProxy;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * What is recorded in a transaction of the embedding program is committed together with the program's own work or not
 * at all, and the program alone decides.
 */
class CallersTransactionTest {
    private static final UserId ADA = new UserId("ada");
    private static final RoomId ROOM = new RoomId("room");
    private static final UserSaved RENAMED = new UserSaved(User.named(ADA, "Countess", 1));
    private static final MessageSaved MESSAGE = message("m1", ROOM);
    private static final MessageSaved REJECTED = message("m2", new RoomId("nowhere"));

    private static TestSchema schema;
    private static HikariDataSource pool;
    private static Database database;

    @BeforeAll
    static void open() {
        schema = new TestSchema();
        pool = new HikariDataSource();
        pool.setDataSource(TestSchema.dataSource());
        pool.setMaximumPoolSize(2);
        database = Database.over(pool, schema.name);
    }

    @AfterAll
    static void close() {
        pool.close();
        schema.close();
    }

    @BeforeEach
    void prepare() throws SQLException {
        schema.execute(
                "TRUNCATE users CASCADE", "CREATE TABLE IF NOT EXISTS work (name text PRIMARY KEY)", "TRUNCATE work");
        new ChatEventService(database.journal())
                .record(
                        new UserSaved(User.named(ADA, "Ada", 1)),
                        new RoomSaved(Room.group(ROOM, "room", ADA, 1)),
                        new MemberJoined(ROOM, ADA, 1));
    }

    private static MessageSaved message(String id, RoomId room) {
        return new MessageSaved(Message.text(new MessageId(id), room, ADA, "hi", 2));
    }

    /** How a program begins a transaction, and gets a journal in it. */
    private enum Way {
        JDBC {
            @Override
            void transaction(boolean commits, Work work) throws SQLException {
                try (Connection connection = TestSchema.dataSource().getConnection()) {
                    connection.setAutoCommit(false);
                    work.in(connection, database.journal(connection));
                    assertFalse(connection.getAutoCommit());
                    end(connection, commits);
                }
            }
        },
        POOLED_JDBC {
            @Override
            void transaction(boolean commits, Work work) throws SQLException {
                try (Connection connection = pool.getConnection()) {
                    connection.setAutoCommit(false);
                    work.in(connection, database.journal(connection));
                    end(connection, commits);
                }
            }
        },
        BEGIN {
            @Override
            void transaction(boolean commits, Work work) throws SQLException {
                try (Connection connection = TestSchema.dataSource().getConnection();
                        Statement statement = connection.createStatement()) {
                    statement.execute("BEGIN");
                    work.in(connection, database.journal(connection));
                    assertTrue(connection.getAutoCommit());
                    statement.execute(commits ? "COMMIT" : "ROLLBACK");
                }
            }
        },
        SPRING_CONNECTION {
            @Override
            void transaction(boolean commits, Work work) {
                inSpring(commits, connection -> work.in(connection, database.journal(connection)));
            }
        },
        SPRING_PROXY {
            @Override
            void transaction(boolean commits, Work work) {
                ChatJournal journal = database.journal(new TransactionAwareDataSourceProxy(pool));
                inSpring(commits, connection -> work.in(connection, journal));
            }
        },
        DATABASE_OVER_SPRING_PROXY {
            @Override
            void transaction(boolean commits, Work work) {
                ChatJournal journal = Database.over(new TransactionAwareDataSourceProxy(pool), schema.name)
                        .journal();
                inSpring(commits, connection -> work.in(connection, journal));
            }
        };

        abstract void transaction(boolean commits, Work work) throws SQLException;

        private static void end(Connection connection, boolean commits) throws SQLException {
            if (commits) {
                connection.commit();
            } else {
                connection.rollback();
            }
        }

        private static void inSpring(boolean commits, Use use) {
            new TransactionTemplate(new DataSourceTransactionManager(pool)).executeWithoutResult(status -> {
                try {
                    use.of(DataSourceUtils.getConnection(pool));
                } catch (SQLException e) {
                    throw new IllegalStateException(e);
                }
                if (!commits) {
                    status.setRollbackOnly();
                }
            });
        }
    }

    private interface Work {
        void in(Connection connection, ChatJournal journal) throws SQLException;
    }

    private interface Use {
        void of(Connection connection) throws SQLException;
    }

    private static void work(Connection connection, String name) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("INSERT INTO %s.work VALUES ('%s')".formatted(schema.name, name));
        }
    }

    /** What another connection sees: the program's work, and each table of events. */
    private static String committed() throws SQLException {
        return schema.query("""
                SELECT concat_ws(' ',
                    (SELECT string_agg(name, ',' ORDER BY name) FROM work),
                    (SELECT string_agg(user_id || '=' || nick_name, ',' ORDER BY user_id) FROM users),
                    (SELECT string_agg(user_id || '@' || room_id, ',') FROM memberships),
                    (SELECT string_agg(id, ',' ORDER BY id) FROM messages))""");
    }

    private static void record(ChatJournal journal, ChatEvent... events) {
        new ChatEventService(journal).record(events);
    }

    @ParameterizedTest
    @EnumSource
    void workAndEventsAreCommittedTogether(Way way) throws SQLException {
        way.transaction(true, (connection, journal) -> {
            work(connection, "before");
            record(journal, MESSAGE);
            record(journal, RENAMED, message("m3", ROOM));
            work(connection, "after");
            assertEquals("ada=Ada ada@room", committed());
        });

        assertEquals("after,before ada=Countess ada@room m1,m3", committed());
        assertEquals(
                "m3",
                schema.query("SELECT latest_message_id FROM room_activity WHERE room_id = 'room'"),
                "the triggers ran");
    }

    @ParameterizedTest
    @EnumSource
    void workAndEventsAreRolledBackTogether(Way way) throws SQLException {
        way.transaction(false, (connection, journal) -> {
            work(connection, "before");
            record(journal, MESSAGE);
            record(journal, RENAMED, message("m3", ROOM));
        });

        assertEquals("ada=Ada ada@room", committed());
    }

    @ParameterizedTest
    @EnumSource
    void aRecordingThatIsTheFirstWorkOfATransactionIsRolledBackToo(Way way) throws SQLException {
        way.transaction(false, (connection, journal) -> record(journal, MESSAGE));

        assertEquals("ada=Ada ada@room", committed());
    }

    static Stream<Arguments> rejected() {
        List<ChatEvent> filling = IntStream.range(0, 1000)
                .<ChatEvent>mapToObj(n -> new UserSaved(User.named(new UserId("u" + n), "", 1)))
                .toList();
        List<ChatEvent> copied = new ArrayList<>(filling);
        copied.add(REJECTED);
        List<ChatEvent> severalBatches = new ArrayList<>(filling);
        severalBatches.add(new MemberLeft(ROOM, ADA));
        severalBatches.add(REJECTED);
        return Stream.of(Way.values())
                .flatMap(way -> Stream.of(
                        Arguments.of(way, List.of(REJECTED)),
                        Arguments.of(way, List.of(MESSAGE, RENAMED, REJECTED)),
                        Arguments.of(way, copied),
                        Arguments.of(way, severalBatches)));
    }

    @ParameterizedTest
    @MethodSource("rejected")
    void aRejectedRecordingLeavesNothingAndTheTransactionGoesOn(Way way, List<ChatEvent> events) throws SQLException {
        way.transaction(true, (connection, journal) -> {
            work(connection, "before");
            RejectedEventException rejected =
                    assertThrows(RejectedEventException.class, () -> new ChatEventService(journal).record(events));
            assertEquals("unknown room nowhere", rejected.reason());
            assertEquals(events.size() - 1, rejected.index());
            work(connection, "after");
            record(journal, message("m4", ROOM));
        });

        assertEquals("after,before ada=Ada ada@room m4", committed());
    }

    @ParameterizedTest
    @EnumSource
    void eachKindOfEventTakesPart(Way way) throws SQLException {
        record(database.journal(), MESSAGE, new UserSaved(User.named(new UserId("bob"), "Bob", 1)));
        List<ChatEvent> events = List.of(
                new UserSaved(User.named(new UserId("eve"), "Eve", 1)),
                new RoomSaved(Room.group(new RoomId("other"), "", ADA, 1)),
                new MemberJoined(new RoomId("other"), ADA, 1),
                new MemberLeft(ROOM, ADA),
                new MessageRemoved(new MessageId("m1")),
                new UserRemoved(new UserId("bob")),
                new RoomRemoved(ROOM));
        String before = committed();

        way.transaction(false, (connection, journal) -> events.forEach(event -> record(journal, event)));
        assertEquals(before, committed());

        way.transaction(true, (connection, journal) -> events.forEach(event -> record(journal, event)));
        assertEquals("ada=Ada,bob=,eve=Eve ada@other", committed());
    }

    @ParameterizedTest
    @EnumSource(
            value = Way.class,
            names = {"JDBC", "POOLED_JDBC", "SPRING_CONNECTION", "SPRING_PROXY"})
    void theCallersSavepointTakesBackARecording(Way way) throws SQLException {
        way.transaction(true, (connection, journal) -> {
            record(journal, MESSAGE);
            Savepoint savepoint = connection.setSavepoint();
            record(journal, RENAMED, message("m3", ROOM));
            record(journal, message("m4", ROOM));
            connection.rollback(savepoint);
        });

        assertEquals("ada=Ada ada@room m1", committed());
    }

    @ParameterizedTest
    @EnumSource
    void usersAreRefusedAboveReadCommittedAndTheTransactionGoesOn(Way way) throws SQLException {
        way.transaction(true, (connection, journal) -> {
            try (Statement statement = connection.createStatement()) {
                statement.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ");
            }
            work(connection, "before");
            IllegalStateException refused = assertThrows(IllegalStateException.class, () -> record(journal, RENAMED));
            assertTrue(requireNonNull(refused.getMessage()).contains("users are changed in READ COMMITTED"));
            SQLException cause = (SQLException) requireNonNull(refused.getCause());
            assertEquals("25000", cause.getSQLState(), "a state that no pool takes for a broken connection");
            record(journal, MESSAGE);
        });

        assertEquals("before ada=Ada ada@room m1", committed());
    }

    @Test
    void withAutocommitARecordingIsCommittedAtOnceAndAutocommitStaysOn() throws SQLException {
        try (Connection connection = TestSchema.dataSource().getConnection()) {
            ChatJournal journal = database.journal(connection);
            for (List<ChatEvent> events :
                    List.<List<ChatEvent>>of(List.of(MESSAGE), List.of(RENAMED, message("m3", ROOM)))) {
                new ChatEventService(journal).record(events);
                assertTrue(connection.getAutoCommit());
            }
            for (List<ChatEvent> events : List.<List<ChatEvent>>of(
                    List.of(REJECTED), List.of(new UserSaved(User.named(ADA, "Nobody", 1)), REJECTED))) {
                assertThrows(RejectedEventException.class, () -> new ChatEventService(journal).record(events));
                assertTrue(connection.getAutoCommit());
            }
            assertFalse(connection.isClosed());
        }
        assertEquals("ada=Countess ada@room m1,m3", committed());
    }

    @Test
    void withoutATransactionSpringsProxyCommitsAtOnce() throws SQLException {
        record(database.journal(new TransactionAwareDataSourceProxy(pool)), RENAMED, MESSAGE);
        assertEquals("ada=Countess ada@room m1", committed());
    }

    /** In such a pool nobody can tell a transaction that the caller commits from one that nobody does. */
    @Test
    void aPoolWithoutAutocommitReadsAndRefusesToRecordByItself() throws SQLException {
        try (HikariDataSource manual = new HikariDataSource()) {
            manual.setDataSource(TestSchema.dataSource());
            manual.setAutoCommit(false);
            schema.execute("DELETE FROM epoch");
            Database over = Database.over(manual, schema.name);
            ChatListService lists = new ChatListService(over.directory(1 << 20));
            assertEquals(List.of(ROOM), lists.listMyRoomIds(ADA));
            assertEquals("1", schema.query("SELECT count(*) FROM epoch"), "what reading begins is committed");
            assertThrows(IllegalStateException.class, over::journal);
            assertThrows(IllegalStateException.class, () -> over.journal(manual));
            assertThrows(IllegalStateException.class, () -> over.journal(new TransactionAwareDataSourceProxy(manual)));
            try (Connection connection = manual.getConnection()) {
                record(over.journal(connection), MESSAGE);
                connection.commit();
            }
            assertEquals("ada=Ada ada@room m1", committed());
        }
    }

    @Test
    void listsAreNotReadInACallersTransaction() throws SQLException {
        Database over = Database.over(new TransactionAwareDataSourceProxy(pool), schema.name);
        ChatListService lists = new ChatListService(over.directory(1 << 20));
        Way.SPRING_PROXY.transaction(false, (connection, journal) -> {
            work(connection, "before");
            record(journal, new MemberLeft(ROOM, ADA));
            assertThrows(IllegalStateException.class, () -> lists.listMyRoomIds(ADA));
            assertThrows(IllegalStateException.class, () -> Database.over(new TransactionAwareDataSourceProxy(pool)));
            work(connection, "after");
        });
        assertEquals(List.of(ROOM), lists.listMyRoomIds(ADA));
        assertEquals("ada=Ada ada@room", committed());
    }

    /** A plain DataSource reads beside the caller's transaction. */
    @Test
    void listsShowWhatHasBeenCommitted() throws SQLException {
        ChatListService lists = new ChatListService(database.directory(1 << 20));
        Way.SPRING_PROXY.transaction(true, (connection, journal) -> {
            record(journal, new MemberLeft(ROOM, ADA));
            assertEquals(List.of(ROOM), lists.listMyRoomIds(ADA));
        });
        assertEquals(List.of(), lists.listMyRoomIds(ADA));
    }

    @Test
    void aRoleWhoseDefaultIsRepeatableReadRecords() throws SQLException {
        PGSimpleDataSource strict = TestSchema.dataSource();
        strict.setOptions("-c default_transaction_isolation=repeatable\\ read");
        ChatJournal journal = Database.over(strict, schema.name).journal();
        record(journal, RENAMED);
        record(journal, MESSAGE, new UserSaved(User.named(new UserId("bob"), "Bob", 1)));
        record(journal, new UserRemoved(new UserId("bob")));
        assertEquals("ada=Countess,bob= ada@room m1", committed());
    }
}
