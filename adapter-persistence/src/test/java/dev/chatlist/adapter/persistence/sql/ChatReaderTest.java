package dev.chatlist.adapter.persistence.sql;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.chatlist.adapter.persistence.TestSchema;
import dev.chatlist.application.AnswerTooLargeException;
import dev.chatlist.application.RoomVersion;
import dev.chatlist.domain.Chat;
import dev.chatlist.domain.PageRequest;
import dev.chatlist.domain.RoomId;
import dev.chatlist.domain.UserId;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Chats are read only if they fit into the given memory. Ada is in a small room, a large one, and many more. */
class ChatReaderTest {
    private static final UserId ADA = new UserId("ada");
    private static final long MEGABYTE = 1 << 20;
    private static TestSchema schema;
    private static SqlDirectory directory;

    @BeforeAll
    static void open() {
        schema = new TestSchema();
        directory = new SqlDirectory(schema.connections());
    }

    @AfterAll
    static void close() {
        schema.close();
    }

    @BeforeEach
    void twoRooms() throws SQLException {
        schema.execute(
                "TRUNCATE users CASCADE",
                "INSERT INTO users (user_id, created_at) VALUES ('ada', 1)",
                "INSERT INTO users (user_id, created_at) SELECT 'u' || n, 1 FROM generate_series(1, 3000) n",
                "INSERT INTO rooms (room_id, creator_id, created_at) VALUES ('small', 'ada', 2), ('large', 'ada', 1)",
                "INSERT INTO memberships VALUES ('ada', 'small', 1), ('ada', 'large', 1)",
                "INSERT INTO messages (id, to_room_id, from_uid, created_at) VALUES ('m', 'large', 'ada', 1)");
    }

    @Test
    void aLargeRoomIsReadIfItFits() throws SQLException {
        schema.execute("INSERT INTO memberships SELECT 'u' || n, 'large', 2 FROM generate_series(1, 3000) n");
        List<RoomVersion> page = page();
        long needed = assertThrows(AnswerTooLargeException.class, () -> directory.chats(page, MEGABYTE))
                .bytes();
        assertTrue(needed > 3_000 * 450 && needed < 4 * MEGABYTE, needed + " bytes");
        List<Chat> chats = directory.chats(page, needed);
        assertEquals(
                List.of(1, 3_001),
                chats.stream().map(chat -> chat.members().size()).toList());
        assertEquals(chats, directory.chats(page));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "UPDATE rooms SET name = repeat('x', 2000000)",
                "UPDATE rooms SET description = repeat('x', 2000000)",
                "UPDATE rooms SET opensea_coll_cover = repeat('x', 2000000)",
                "UPDATE messages SET msg_contents = repeat('é', 1000000)",
                "UPDATE messages SET belong_to_thread_id = repeat('x', 2000000)",
                "UPDATE messages SET opensea_item_image_url = repeat('x', 2000000)",
                "UPDATE users SET nick_name = repeat('x', 2000000) WHERE user_id = 'ada'",
            })
    void aLongTextOfAnyKindIsReadIfItFits(String update) throws SQLException {
        schema.execute(update);
        List<RoomVersion> page = page();
        long needed = assertThrows(AnswerTooLargeException.class, () -> directory.chats(page, MEGABYTE))
                .bytes();
        assertTrue(needed > 4 * MEGABYTE, needed + " bytes");
        assertEquals(directory.chats(page), directory.chats(page, needed));
    }

    /** None of the rooms takes more than its share. */
    @Test
    void manyRoomsOfUsualSizeAreTooManyTogether() throws SQLException {
        schema.execute(
                "INSERT INTO rooms (room_id, creator_id, created_at) SELECT 'r' || n, 'ada', 3 FROM generate_series(1, 200) n",
                "INSERT INTO memberships SELECT 'ada', 'r' || n, 1 FROM generate_series(1, 200) n",
                "INSERT INTO memberships SELECT 'u' || u, 'r' || r, 1 FROM generate_series(1, 200) r, generate_series(1, 30) u");
        List<RoomVersion> page = directory.page(ADA, new PageRequest(1, 200));
        long needed = assertThrows(AnswerTooLargeException.class, () -> directory.chats(page, MEGABYTE))
                .bytes();
        assertEquals(200, directory.chats(page, needed).size());
    }

    @Test
    void aChangedRoomIsLeftOutAndTheRestIsRead() throws SQLException {
        List<RoomVersion> page = new ArrayList<>(page());
        schema.execute("UPDATE rooms SET name = 'renamed' WHERE room_id = 'small'");
        assertEquals(1, directory.chats(page, MEGABYTE).size());
        schema.execute("UPDATE rooms SET name = repeat('x', 2000000) WHERE room_id = 'large'");
        assertEquals(List.of(), directory.chats(page, MEGABYTE), "what isn't read any more isn't too large");
    }

    @Test
    void roomIdsAreReadIfTheyFit() throws SQLException {
        schema.execute(
                "INSERT INTO rooms (room_id, creator_id, created_at) SELECT 'r' || n, 'ada', 3 FROM generate_series(1, 200) n",
                "INSERT INTO memberships SELECT 'ada', 'r' || n, 1 FROM generate_series(1, 200) n");
        long needed = assertThrows(AnswerTooLargeException.class, () -> directory.roomIds(ADA, 10_000))
                .bytes();
        List<RoomId> ids = directory.roomIds(ADA, needed);
        assertEquals(202, ids.size());
        assertThrows(AnswerTooLargeException.class, () -> directory.roomIds(ADA, needed - 1));
    }

    private static List<RoomVersion> page() {
        return directory.page(ADA, new PageRequest(1, 20));
    }
}
