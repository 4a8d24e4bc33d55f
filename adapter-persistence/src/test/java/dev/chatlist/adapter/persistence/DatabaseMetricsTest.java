package dev.chatlist.adapter.persistence;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.chatlist.application.ChatDirectory;
import dev.chatlist.application.RoomVersion;
import dev.chatlist.domain.PageRequest;
import dev.chatlist.domain.UserId;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class DatabaseMetricsTest {
    private static final UserId ADA = new UserId("ada");
    private static final int MAX_CHANGES = 3;

    private final TestSchema schema = new TestSchema();
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final ChatDirectory directory = schema.database.directory(MAX_CHANGES, 1 << 20);

    @BeforeEach
    void twoRooms() throws Exception {
        schema.execute(
                "INSERT INTO users (user_id, created_at) VALUES ('ada', 1)",
                "INSERT INTO rooms (room_id, creator_id, created_at) VALUES ('a', 'ada', 1), ('b', 'ada', 2)",
                "INSERT INTO memberships (user_id, room_id, joined_at) VALUES ('ada', 'a', 1), ('ada', 'b', 1)");
        new DatabaseMetrics(schema.database).bindTo(registry);
    }

    @AfterEach
    void close() {
        schema.close();
    }

    private void readAPage() {
        List<RoomVersion> page = directory.page(ADA, new PageRequest(1, 20));
        assertEquals(2, directory.chats(page).size());
    }

    private double count(String name, String tag, String value) {
        return registry.get(name).tag(tag, value).functionCounter().count();
    }

    private void insertMessages(int from, int to) throws Exception {
        schema.execute("INSERT INTO messages (id, to_room_id, from_uid, created_at) SELECT 'm' || n, room_id, 'ada', n"
                + " FROM generate_series(%s, %s) AS n, rooms WHERE room_id = 'a'".formatted(from, to));
    }

    @Test
    void chatsAreCountedByWhereTheyCameFrom() {
        readAPage();
        readAPage();
        readAPage();
        assertEquals(2, count("chatlist.chats", "from", "database"));
        assertEquals(4, count("chatlist.chats", "from", "memory"));
        assertEquals(3, count("chatlist.questions", "by", "asked"));
        assertEquals(0, count("chatlist.questions", "by", "shared"));
    }

    @Test
    void appliedChangesAreCounted() throws Exception {
        readAPage();
        insertMessages(1, 1);
        readAPage();
        assertEquals(
                1, registry.get("chatlist.changes.applied").functionCounter().count());
    }

    @Test
    void readingAnewIsCountedByItsCause() throws Exception {
        readAPage();
        schema.execute("SELECT renew_epoch()");
        readAPage();
        schema.execute(
                "INSERT INTO users (user_id, created_at) SELECT 'u' || n, 1 FROM generate_series(1, 9) AS n",
                "INSERT INTO memberships (user_id, room_id, joined_at) SELECT 'u' || n, 'a', 1"
                        + " FROM generate_series(1, 9) AS n");
        readAPage();
        assertEquals(1, count("chatlist.memory.reread", "cause", "epoch"));
        assertEquals(1, count("chatlist.memory.reread", "cause", "too_many"));
        assertEquals(0, count("chatlist.memory.reread", "cause", "log_ended"));
    }

    @Test
    void whatIsInMemoryIsMeasured() {
        assertEquals(0, bytes("chats") + bytes("lists"));
        readAPage();
        assertTrue(bytes("chats") > 0);
        assertTrue(bytes("lists") > 0);
    }

    private double bytes(String cache) {
        return registry.get("chatlist.cache.bytes").tag("cache", cache).gauge().value();
    }

    @Test
    void theFiguresOfThePoolAreHikariCPsOwn() {
        readAPage();
        for (String pool : List.of("chatlist", "chatlist-kept")) {
            assertTrue(
                    registry.get("hikaricp.connections")
                                    .tag("pool", pool)
                                    .gauge()
                                    .value()
                            > 0,
                    pool);
        }
    }

    @Test
    void aSlowQueryIsLoggedWithItsPurpose() {
        DatabaseSettings usual = schema.settings();
        DatabaseSettings settings = new DatabaseSettings(
                usual.jdbcUrl(),
                usual.user(),
                usual.password(),
                usual.schema(),
                1,
                usual.connectTimeout(),
                usual.statementTimeout(),
                Duration.ofNanos(1));
        ListAppender<ILoggingEvent> log = new ListAppender<>();
        log.start();
        Logger logger = (Logger) LoggerFactory.getLogger("dev.chatlist.adapter.persistence.sql.PreparedQuery");
        logger.addAppender(log);
        try (Database database = Database.open(settings)) {
            database.directory().roomIds(ADA);
            readAPage();
        } finally {
            logger.detachAppender(log);
        }
        assertEquals(1, log.list.size(), log.list::toString);
        String line = log.list.get(0).getFormattedMessage();
        assertTrue(line.matches("slow query, to read room ids: [0-9]+ ms, [0-9]+ ms of it for a connection"), line);
    }
}
