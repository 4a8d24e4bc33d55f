package dev.chatlist.adapter.persistence;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.chatlist.application.RoomVersion;
import dev.chatlist.application.sync.SyncDirectory;
import dev.chatlist.domain.Chat;
import dev.chatlist.domain.MembersLimit;
import dev.chatlist.domain.PageRequest;
import dev.chatlist.domain.RoomId;
import dev.chatlist.domain.UserId;
import java.sql.SQLException;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Excerpts of a room that is too large to be read whole for them. */
class LargeRoomTest {
    private static final int MEMBERS = 700;
    private static final PageRequest PAGE = new PageRequest(1, 10);
    private static TestSchema schema;

    @BeforeAll
    static void open() throws SQLException {
        schema = new TestSchema();
        schema.execute("INSERT INTO users (user_id, nick_name, created_at) SELECT 'u' || n, 'nick ' || n, 1"
                + " FROM generate_series(0, " + MEMBERS + ") n");
        schema.execute(
                "INSERT INTO rooms (room_id, creator_id, created_at) VALUES ('large', 'u0', 1), ('small', 'u0', 2)");
        // Many join at the same time, and not in the order of their ids.
        schema.execute("INSERT INTO memberships SELECT 'u' || n, 'large', (n * 7919) % 100"
                + " FROM generate_series(1, " + MEMBERS + ") n");
        schema.execute("INSERT INTO memberships SELECT 'u' || n, 'small', n FROM generate_series(1, 9) n");
    }

    @AfterAll
    static void close() {
        schema.close();
    }

    @Test
    void anExcerptIsThatOfTheWholeChat() throws SQLException {
        Random random = new Random(1);
        SyncDirectory inMemory = schema.database.directory(100_000_000);
        for (int n = 0; n < 60; n++) {
            UserId viewer = new UserId("u" + (1 + random.nextInt(MEMBERS)));
            MembersLimit limit = new MembersLimit(random.nextInt(MembersLimit.MAX + 1));
            if (n % 4 == 1) {
                schema.execute(
                        "INSERT INTO messages (id, to_room_id, from_uid, created_at) VALUES ('m%s', '%s', 'u%s', %s)"
                                .formatted(n, n % 8 == 1 ? "large" : "small", random.nextInt(MEMBERS + 50), n));
            }
            if (n % 8 == 3) {
                schema.execute("UPDATE users SET nick_name = 'renamed %s' WHERE user_id = '%s'".formatted(n, viewer));
            }
            SyncDirectory sql = schema.database.directory();
            List<RoomVersion> page = sql.page(viewer, PAGE);
            List<Chat> expected = sql.chats(page).stream()
                    .map(chat -> chat.excerpt(viewer, limit))
                    .map(chat -> new Chat(chat.head(), chat.members()))
                    .toList();
            assertEquals(expected, sql.excerpts(viewer, page, limit, Long.MAX_VALUE));
            assertEquals(page, inMemory.page(viewer, PAGE));
            List<Chat> excerpts = inMemory.excerpts(viewer, page, limit, Long.MAX_VALUE);
            assertEquals(expected, excerpts);
            List<Chat> again = inMemory.excerpts(viewer, page, limit, Long.MAX_VALUE);
            for (int room = 0; room < excerpts.size(); room++) {
                assertSame(excerpts.get(room).head(), again.get(room).head());
            }
        }
    }

    @Test
    void anExcerptReadsFewMembers() {
        UserId viewer = new UserId("u5");
        SyncDirectory sql = schema.database.directory();
        List<RoomVersion> large = sql.page(viewer, PAGE).stream()
                .filter(room -> room.roomId().equals(new RoomId("large")))
                .toList();
        // Too little for the whole chat.
        List<Chat> excerpt = sql.excerpts(viewer, large, new MembersLimit(3), 20_000);
        assertEquals(MEMBERS, excerpt.get(0).head().memberCount());
        assertTrue(excerpt.get(0).members().size() <= 3);
    }
}
