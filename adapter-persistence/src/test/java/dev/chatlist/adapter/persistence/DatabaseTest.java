package dev.chatlist.adapter.persistence;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.chatlist.adapter.persistence.sql.ChangeFeed;
import dev.chatlist.adapter.persistence.sql.SchemaConnections;
import dev.chatlist.adapter.persistence.sql.Snapshot;
import dev.chatlist.adapter.persistence.sql.SqlDirectory;
import dev.chatlist.application.ChatDirectory;
import dev.chatlist.application.ChatEventService;
import dev.chatlist.application.ChatListService;
import dev.chatlist.application.RoomVersion;
import dev.chatlist.application.StorageUnavailableException;
import dev.chatlist.domain.ChatEvent;
import dev.chatlist.domain.ChatEvent.MemberJoined;
import dev.chatlist.domain.ChatEvent.MessageSaved;
import dev.chatlist.domain.ChatEvent.RoomSaved;
import dev.chatlist.domain.ChatEvent.UserRemoved;
import dev.chatlist.domain.ChatEvent.UserSaved;
import dev.chatlist.domain.Message;
import dev.chatlist.domain.MessageId;
import dev.chatlist.domain.PageRequest;
import dev.chatlist.domain.Room;
import dev.chatlist.domain.RoomId;
import dev.chatlist.domain.User;
import dev.chatlist.domain.UserId;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.jooq.exception.DataAccessException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.postgresql.ds.PGSimpleDataSource;

class DatabaseTest {
    private static final UserId ADA = new UserId("ada");
    private static TestSchema schema;

    @BeforeAll
    static void open() {
        schema = new TestSchema();
    }

    @AfterAll
    static void close() {
        schema.close();
    }

    @Test
    void aPageOfAnySizeTakesTwoStatements() {
        List<ChatEvent> events = new ArrayList<>(List.of(new UserSaved(User.named(ADA, "Ada", 1))));
        for (int n = 0; n < 200; n++) {
            RoomId room = new RoomId("room" + n);
            UserId member = new UserId("member" + n % 50);
            events.add(new UserSaved(User.named(member, "member", 1)));
            events.add(new RoomSaved(Room.group(room, "room", ADA, 1)));
            events.add(new MemberJoined(room, ADA, 1));
            events.add(new MemberJoined(room, member, 2));
            events.add(new MessageSaved(Message.text(new MessageId("m" + n), room, ADA, "hi", n)));
        }
        new ChatEventService(schema.database.journal()).record(events);

        AtomicInteger statements = new AtomicInteger();
        try (Database counted = Database.over(counting(statements), schema.name)) {
            ChatListService list = new ChatListService(counted.directory());
            for (int size : new int[] {1, 20, 200}) {
                statements.set(0);
                assertEquals(
                        size, list.listMyChats(ADA, new PageRequest(1, size)).size());
                assertEquals(2, statements.get(), "statements for a page of " + size);
            }
            statements.set(0);
            assertEquals(200, list.listMyRoomIds(ADA).size());
            assertEquals(1, statements.get());
        }
    }

    @Test
    void changesAreReadInOneStatement() throws Exception {
        AtomicInteger statements = new AtomicInteger();
        ChangeFeed feed = new ChangeFeed(SchemaConnections.to(counting(statements), schema.name), 10);
        Snapshot seen = feed.now().snapshot();
        for (int n = 0; n < 3; n++) {
            schema.execute("INSERT INTO users (user_id, created_at) VALUES ('new%d', 1)".formatted(n));
            statements.set(0);
            seen = feed.since(seen).snapshot();
            assertEquals(1, statements.get());
        }
        Snapshot before;
        do {
            before = seen;
            seen = feed.since(seen).snapshot();
        } while (!seen.equals(before));
        statements.set(0);
        seen = feed.since(seen).snapshot();
        assertEquals(seen.equals(before) ? 1 : 2, statements.get(), "the snapshot alone, unless it is a new one");
    }

    @Test
    void tablesOfTheSameNamesInOtherSchemasAreLeftAlone() throws Exception {
        schema.execute(
                "CREATE SCHEMA " + schema.name + "_host",
                "CREATE TABLE " + schema.name + "_host.users (id int)",
                "CREATE TABLE " + schema.name + "_host.rooms (id int)");
        PGSimpleDataSource host = TestSchema.dataSource();
        host.setCurrentSchema(schema.name + "_host");
        try (Database database = Database.over(host, schema.name)) {
            new ChatEventService(database.journal())
                    .record(
                            new UserSaved(User.named(new UserId("guest"), "Guest", 1)),
                            new RoomSaved(Room.group(new RoomId("lobby"), "Lobby", new UserId("guest"), 1)),
                            new MemberJoined(new RoomId("lobby"), new UserId("guest"), 1));
            assertEquals(List.of(new RoomId("lobby")), database.directory().roomIds(new UserId("guest")));
        } finally {
            schema.execute("DROP SCHEMA " + schema.name + "_host CASCADE");
        }
    }

    @Test
    void aSecondOpenFindsTheTablesUpToDate() {
        try (Database again = Database.open(schema.settings())) {
            assertEquals("ok", again.check());
        }
    }

    @Test
    void anOutageIsAFailureUntilTheServerIsBack() {
        PGSimpleDataSource host = TestSchema.dataSource();
        int[] ports = host.getPortNumbers();
        try (Database database = Database.over(host, schema.name)) {
            for (ChatDirectory directory : List.of(database.directory(), database.directory(1 << 20))) {
                List<RoomVersion> page = directory.page(ADA, new PageRequest(1, 20));
                host.setPortNumbers(new int[] {1});
                assertUnavailable(() -> directory.page(ADA, new PageRequest(1, 20)));
                assertUnavailable(() -> directory.chats(List.of(new RoomVersion(new RoomId("r"), 1))));
                assertUnavailable(() -> directory.roomIds(ADA));
                assertUnavailable(() -> new ChatEventService(database.journal()).record(new UserRemoved(ADA)));
                assertUnavailable(database::check);
                host.setPortNumbers(ports);
                assertEquals(page, directory.page(ADA, new PageRequest(1, 20)));
            }
        }
    }

    private static void assertUnavailable(Executable call) {
        StorageUnavailableException e = assertThrows(StorageUnavailableException.class, call);
        assertEquals("can't connect to the database", e.getMessage());
    }

    @Test
    void aConnectionThatBreaksDuringAStatementIsAFailure() throws Exception {
        try (Connection broken = TestServer.connect();
                Statement statement = broken.createStatement();
                ResultSet pid = statement.executeQuery("SELECT pg_backend_pid()")) {
            assertTrue(pid.next());
            assertEquals("true", schema.query("SELECT pg_terminate_backend(%d)".formatted(pid.getInt(1))));
            SqlDirectory directory = new SqlDirectory(SchemaConnections.to(alwaysReturning(broken), schema.name));
            assertThrows(StorageUnavailableException.class, () -> directory.roomIds(ADA));
        }
    }

    @Test
    void anUnreachableServerIsUnavailableAndNoMessageHoldsThePassword() {
        DatabaseSettings nowhere = new DatabaseSettings(
                "jdbc:postgresql://127.0.0.1:1/chatlist",
                "somebody",
                "hunter2",
                "chatlist",
                2,
                Duration.ofMillis(300),
                Duration.ofSeconds(1),
                DatabaseSettings.UNLIMITED);
        StorageUnavailableException e = assertThrows(StorageUnavailableException.class, () -> Database.open(nowhere));
        assertEquals("can't connect to the database", e.getMessage());
        for (Throwable t = e; t != null; t = t.getCause()) {
            assertFalse(t.toString().contains("hunter2"), t.toString());
        }
        assertFalse(nowhere.toString().contains("hunter2"));
    }

    @Test
    void theSocketTimesOutAfterTheStatementShouldHave() throws Exception {
        HikariConfig config = ConnectionPool.configure(schema.settings());
        try (HikariDataSource pool = new HikariDataSource(config);
                Connection connection = pool.getConnection()) {
            assertEquals(
                    schema.settings().statementTimeout().plusSeconds(1).toMillis(), connection.getNetworkTimeout());
        }
    }

    @Test
    void aRoleWhoseDefaultIsAnotherIsolationWritesInReadCommitted() throws Exception {
        schema.execute("ALTER ROLE CURRENT_USER SET default_transaction_isolation = 'repeatable read'");
        try (Database database = Database.open(schema.settings())) {
            assertEquals("repeatable read", schema.query("SHOW transaction_isolation"));
            UserId bob = new UserId("bob");
            ChatEventService events = new ChatEventService(database.journal());
            events.record(new UserSaved(User.named(bob, "Bob", 1)));
            events.record(new UserSaved(User.named(bob, "Robert", 1)));
            events.record(new UserSaved(User.named(bob, "Bobby", 1)), new UserSaved(User.named(ADA, "Ada", 1)));
            assertEquals("Bobby", schema.query("SELECT nick_name FROM users WHERE user_id = 'bob'"));
        } finally {
            schema.execute("ALTER ROLE CURRENT_USER RESET default_transaction_isolation");
        }
    }

    @Test
    void aPoolOfOneConnectionIsToldToHaveTwo() {
        try (HikariDataSource pool = impatientPool(1)) {
            StorageUnavailableException e =
                    assertThrows(StorageUnavailableException.class, () -> Database.over(pool, schema.name));
            assertEquals(
                    "can't get a second connection: Database.over needs a pool of two connections or more",
                    e.getMessage());
        }
    }

    @Test
    void aPoolThatLosesItsServerIsNotToldToHaveTwo() {
        AtomicInteger connections = new AtomicInteger();
        PGSimpleDataSource host = TestSchema.dataSource();
        DataSource losing = proxy(DataSource.class, host, connection -> {
            if (connections.incrementAndGet() == 2) {
                host.setPortNumbers(new int[] {1});
            }
            return connection;
        });
        assertUnavailable(() -> Database.over(losing, schema.name));
    }

    @Test
    void inATransactionAListNeedsAnotherConnectionAndARecordingDoesNot() throws Exception {
        try (HikariDataSource pool = impatientPool(2);
                Database database = Database.over(pool, schema.name);
                Connection transaction = pool.getConnection()) {
            transaction.setAutoCommit(false);
            try (Connection taken = pool.getConnection()) {
                new ChatEventService(database.journal(transaction))
                        .record(new UserSaved(User.named(new UserId("carol"), "Carol", 1)));
                assertThrows(
                        StorageUnavailableException.class,
                        () -> database.directory().roomIds(ADA));
                assertFalse(taken.isClosed());
            }
            assertDoesNotThrow(() -> database.directory().roomIds(ADA));
            transaction.commit();
        }
        assertEquals("Carol", schema.query("SELECT nick_name FROM users WHERE user_id = 'carol'"));
    }

    private static HikariDataSource impatientPool(int size) {
        HikariDataSource pool = new HikariDataSource();
        pool.setDataSource(TestSchema.dataSource());
        pool.setMaximumPoolSize(size);
        pool.setConnectionTimeout(250);
        return pool;
    }

    @Test
    void bulkWorkHasNoTimeLimit() throws Exception {
        DatabaseSettings patient = new DatabaseSettings(
                TestServer.jdbcUrl(),
                TestServer.user(),
                TestServer.password(),
                schema.name,
                1,
                Duration.ofSeconds(10),
                DatabaseSettings.UNLIMITED,
                DatabaseSettings.UNLIMITED);
        try (HikariDataSource pool = new HikariDataSource(ConnectionPool.configure(patient));
                Connection connection = pool.getConnection();
                Statement statement = connection.createStatement();
                ResultSet limit = statement.executeQuery("SHOW statement_timeout")) {
            assertTrue(limit.next());
            assertEquals("0", limit.getString(1));
            assertEquals(0, connection.getNetworkTimeout());
        }
    }

    /** A program may read its events from a database of its own, with the same libraries. */
    @Test
    void aFailureToReadEventsIsNotAFailureOfStorage() {
        DataAccessException theirs = new DataAccessException("the source of events is down");
        UserSaved saved = new UserSaved(User.named(new UserId("eve"), "Eve", 1));
        for (int before : new int[] {0, 1, 10_000, 20_000}) {
            Iterable<ChatEvent> events = () -> Stream.concat(
                            Stream.<ChatEvent>generate(() -> saved).limit(before), Stream.<ChatEvent>generate(() -> {
                                throw theirs;
                            }))
                    .iterator();
            assertSame(
                    theirs,
                    assertThrows(
                            DataAccessException.class,
                            () -> new ChatEventService(schema.database.journal()).record(events)),
                    "after " + before);
        }
        assertEquals("0", assertDoesNotThrow(() -> schema.query("SELECT count(*) FROM users WHERE user_id = 'eve'")));
    }

    @Test
    void aClosedPoolIsUnavailable() {
        Database closed = Database.open(schema.settings());
        closed.close();
        assertThrows(StorageUnavailableException.class, closed::check);
        assertThrows(StorageUnavailableException.class, () -> closed.directory().roomIds(ADA));
        assertThrows(StorageUnavailableException.class, () -> closed.directory().page(ADA, new PageRequest(1, 20)));
        assertThrows(
                StorageUnavailableException.class,
                () -> closed.directory().chats(List.of(new RoomVersion(new RoomId("r"), 1))));
        assertThrows(
                StorageUnavailableException.class,
                () -> new ChatEventService(closed.journal()).record(new UserSaved(User.named(ADA, "Ada", 1))));
    }

    @Test
    void badSettingsAreRefused() {
        assertThrows(IllegalArgumentException.class, () -> DatabaseSettings.of("jdbc:mysql://x", "u", "p"));
        String[] badSchemas = {"", "Chat", "1st", "a-b", "a".repeat(64), "a\"; DROP", "information_schema", "pg_chat"};
        for (String bad : badSchemas) {
            assertThrows(IllegalArgumentException.class, () -> DatabaseSettings.requireSchemaName(bad), bad);
        }
    }

    private static DataSource alwaysReturning(Connection connection) {
        return (DataSource) Proxy.newProxyInstance(
                DataSource.class.getClassLoader(),
                new Class<?>[] {DataSource.class},
                (self, method, args) -> connection);
    }

    /** Counts the prepared statements of its connections. What a new connection is asked first isn't prepared. */
    private static DataSource counting(AtomicInteger statements) {
        PGSimpleDataSource source = TestSchema.dataSource();
        return proxy(
                DataSource.class,
                source,
                result -> result instanceof Connection connection
                        ? proxy(Connection.class, connection, made -> {
                            if (made instanceof PreparedStatement) {
                                statements.incrementAndGet();
                            }
                            return made;
                        })
                        : result);
    }

    private static <T> T proxy(Class<T> type, T target, UnaryOperator<Object> seen) {
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, (self, method, args) -> {
            try {
                return seen.apply(method.invoke(target, args));
            } catch (InvocationTargetException e) {
                throw e.getCause();
            }
        }));
    }
}
