package dev.chatlist.adapter.persistence;

import static java.util.stream.Collectors.joining;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.chatlist.application.ChatEventService;
import dev.chatlist.application.ChatListService;
import dev.chatlist.application.RecordChatEvents;
import dev.chatlist.application.sync.ChatSyncService;
import dev.chatlist.application.sync.Cursor;
import dev.chatlist.application.sync.SyncMyChats;
import dev.chatlist.application.sync.SyncRequest;
import dev.chatlist.application.sync.Synced;
import dev.chatlist.domain.Chat;
import dev.chatlist.domain.ChatEvent;
import dev.chatlist.domain.ChatEvent.MemberJoined;
import dev.chatlist.domain.ChatEvent.MemberLeft;
import dev.chatlist.domain.ChatEvent.MessageRemoved;
import dev.chatlist.domain.ChatEvent.MessageSaved;
import dev.chatlist.domain.ChatEvent.RoomRemoved;
import dev.chatlist.domain.ChatEvent.RoomSaved;
import dev.chatlist.domain.ChatEvent.UserRemoved;
import dev.chatlist.domain.ChatEvent.UserSaved;
import dev.chatlist.domain.MembersLimit;
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
import java.sql.SQLException;
import java.sql.SQLWarning;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.postgresql.ds.PGSimpleDataSource;

/**
 * Every statement finds its rows by an index, one for each id, whatever the planner knows. It plans here in the worst
 * moment: right after a vacuum of the empty tables, when reading all of one seems to cost nothing. The server itself
 * reports its plans, those of triggers and foreign keys too.
 */
class PlanTest {
    private static final String REPORT_PLANS = "-c session_preload_libraries=auto_explain"
            + " -c auto_explain.log_min_duration=0 -c auto_explain.log_nested_statements=on -c client_min_messages=log ";

    private static final String TABLE = " on (users|rooms|memberships|messages|room_activity|departures)\\b.*";

    /** A whole table read, by itself or by an index, all members of a room, and each row compared with an array. */
    private static final Pattern BAD = Pattern.compile("Seq Scan" + TABLE
            + "|Index (Only )?Scan using \\w+" + TABLE + "\\R(?!\\s+Index Cond)"
            + "|using memberships_by_room\\b.*\\R\\s+Index Cond: .*= ANY"
            + "|Filter: .*= ANY");

    private static final int MANY = 1200;
    private static final MembersLimit LIMIT = new MembersLimit(3);
    private static final long PLENTY = 1 << 30;
    private static final UserId ADA = user(0);
    private static final RoomId ROOM = room(0);

    private final List<String> plans = new ArrayList<>();
    private @Nullable HikariDataSource pool;

    private static UserId user(int n) {
        return new UserId("user" + n);
    }

    private static RoomId room(int n) {
        return new RoomId("room" + n);
    }

    private static MessageSaved message(String id, RoomId room) {
        return new MessageSaved(Message.text(new MessageId(id), room, ADA, "hi", 1));
    }

    private static List<ChatEvent> world(int size) {
        return IntStream.range(0, size)
                .boxed()
                .flatMap(n -> Stream.<ChatEvent>of(
                        new UserSaved(User.named(user(n), "", 1)),
                        new RoomSaved(Room.group(room(n), "", user(n), 1)),
                        new MemberJoined(room(n), user(n), 1),
                        message("m" + n, room(n))))
                .toList();
    }

    private static List<ChatEvent> removals(int size) {
        return IntStream.range(0, size)
                .boxed()
                .flatMap(n -> Stream.<ChatEvent>of(
                        new MemberLeft(room(n), user(n)),
                        new MessageRemoved(new MessageId("m" + n)),
                        new RoomRemoved(room(n)),
                        new UserRemoved(user(n))))
                .toList();
    }

    @Test
    void recordingsOfSeveralEventsFindRowsByAnIndex() throws SQLException {
        try (TestSchema schema = new TestSchema()) {
            RecordChatEvents events = events(schema, "");
            for (int size : new int[] {2, MANY, 2 * MANY}) {
                vacuumEmpty(schema);
                events.record(world(size));
                events.record(world(size));
                events.record(List.of(message("next", ROOM), new UserSaved(User.named(ADA, "Ada", 1))));
                events.record(removals(size));
            }
            assertNoBadPlan();
        }
    }

    @Test
    void recordingsOfOneEventFindRowsByAnIndex() throws SQLException {
        try (TestSchema schema = new TestSchema()) {
            vacuumEmpty(schema);
            RecordChatEvents events = events(schema, ConnectionPool.OPTIONS + "0");
            for (ChatEvent event : world(2)) {
                events.record(event);
            }
            events.record(new UserSaved(User.named(ADA, "Ada", 1)));
            for (ChatEvent event : removals(2)) {
                events.record(event);
            }
            assertNoBadPlan();
        }
    }

    @Test
    void listsFindRowsByAnIndex() throws SQLException {
        try (TestSchema schema = new TestSchema()) {
            vacuumEmpty(schema);
            Database database = Database.over(reporting(ConnectionPool.OPTIONS + "0"), schema.name);
            plans.clear();
            for (ChatListService lists : List.of(
                    new ChatListService(database.directory()), new ChatListService(database.directory(1 << 20)))) {
                lists.listMyChats(ADA, new PageRequest(1, 20));
                new ChatEventService(schema.database.journal()).record(world(3));
                assertEquals(1, lists.listMyChats(ADA, new PageRequest(1, 20)).size());
                assertEquals(List.of(ROOM), lists.listMyRoomIds(ADA));
                new ChatEventService(schema.database.journal()).record(message("next", ROOM));
                assertEquals(1, lists.listMyChats(ADA, new PageRequest(1, 20)).size());
                new ChatEventService(schema.database.journal()).record(removals(3));
                assertEquals(List.of(), lists.listMyRoomIds(ADA));
            }
            assertNoBadPlan();
        }
    }

    @Test
    void partsOfAListFindRowsByAnIndex() throws SQLException {
        try (TestSchema schema = new TestSchema()) {
            vacuumEmpty(schema);
            Database database = Database.over(reporting(ConnectionPool.OPTIONS + "0"), schema.name);
            RecordChatEvents events = new ChatEventService(schema.database.journal());
            plans.clear();
            for (SyncMyChats sync : List.of(
                    new ChatSyncService(database.directory()), new ChatSyncService(database.directory(1 << 20)))) {
                events.record(world(3));
                Synced<Chat> all = sync.syncMyChats(ADA, new SyncRequest.Walk(Cursor.BEGIN, 20), LIMIT, PLENTY);
                assertEquals(1, all.listed().size());
                events.record(message("next", ROOM));
                SyncRequest delta = new SyncRequest.Delta(all.state(), 20);
                assertEquals(
                        1, sync.syncMyChats(ADA, delta, LIMIT, PLENTY).listed().size());
                events.record(removals(3));
                assertEquals(
                        1, sync.syncMyChats(ADA, delta, LIMIT, PLENTY).removed().size());
            }
            assertNoBadPlan();
        }
    }

    private static void vacuumEmpty(TestSchema schema) throws SQLException {
        schema.execute("DELETE FROM messages", "DELETE FROM memberships", "DELETE FROM rooms", "DELETE FROM users");
        schema.execute(
                "DELETE FROM room_activity",
                "DELETE FROM membership_changes",
                "DELETE FROM departures",
                "VACUUM (ANALYZE) users, rooms, memberships, messages, room_activity, membership_changes, departures");
    }

    private RecordChatEvents events(TestSchema schema, String options) {
        Database database = Database.over(reporting(options), schema.name);
        plans.clear();
        return new ChatEventService(database.journal());
    }

    private void assertNoBadPlan() {
        assertTrue(plans.size() > 10, plans.size() + " plans");
        Set<String> bad = new TreeSet<>();
        for (String plan : plans) {
            if (BAD.matcher(plan).find()) {
                bad.add(plan);
            }
        }
        assertEquals("", bad.stream().collect(joining("\n\n")));
    }

    /** Flyway needs two connections. Each keeps its plans from one statement to the next. */
    private DataSource reporting(String options) {
        PGSimpleDataSource source = TestSchema.dataSource();
        source.setOptions(REPORT_PLANS + options);
        HikariConfig config = new HikariConfig();
        config.setDataSource(source);
        config.setMaximumPoolSize(2);
        pool = new HikariDataSource(config);
        return proxy(DataSource.class, pool);
    }

    @AfterEach
    void close() {
        if (pool != null) {
            pool.close();
        }
    }

    /** Collects the plans that the server sends with the results of statements. */
    private <T> T proxy(Class<T> type, T target) {
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, (self, method, args) -> {
            try {
                if (target instanceof Connection connection && method.getName().equals("close")) {
                    collect(connection.getWarnings());
                }
                Object result = method.invoke(target, args);
                if (target instanceof Statement statement && method.getName().startsWith("execute")) {
                    collect(statement.getWarnings());
                    statement.clearWarnings();
                }
                if (result instanceof Connection connection && method.getReturnType() == Connection.class) {
                    return proxy(Connection.class, connection);
                }
                return Statement.class.isAssignableFrom(method.getReturnType())
                        ? statement(method.getReturnType(), result)
                        : result;
            } catch (InvocationTargetException e) {
                throw e.getCause();
            }
        }));
    }

    private <T> Object statement(Class<T> type, Object statement) {
        return proxy(type, type.cast(statement));
    }

    private void collect(@Nullable SQLWarning first) {
        for (SQLWarning warning = first; warning != null; warning = warning.getNextWarning()) {
            plans.add(String.valueOf(warning.getMessage()));
        }
    }
}
