package dev.chatlist.adapter.persistence.memory;

import static java.util.Objects.requireNonNull;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import dev.chatlist.adapter.persistence.TestSchema;
import dev.chatlist.adapter.persistence.sql.ChangeFeed;
import dev.chatlist.adapter.persistence.sql.SchemaConnections;
import dev.chatlist.adapter.persistence.sql.SqlDirectory;
import dev.chatlist.application.RoomVersion;
import dev.chatlist.domain.Chat;
import dev.chatlist.domain.PageRequest;
import dev.chatlist.domain.RoomId;
import dev.chatlist.domain.User;
import dev.chatlist.domain.UserId;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * What is answered from memory and what is read. To tell the two apart, tests change the tables behind the triggers'
 * back: such a change shows only in what is read afterwards.
 */
class InMemoryDirectoryTest {
    private static final UserId ADA = new UserId("ada");
    private static TestSchema schema;
    private InMemoryDirectory directory;

    @BeforeAll
    static void open() {
        schema = new TestSchema();
    }

    @AfterAll
    static void close() {
        schema.close();
    }

    @BeforeEach
    void twoRooms() throws SQLException {
        schema.execute(
                "TRUNCATE users CASCADE",
                "INSERT INTO users (user_id, nick_name, created_at) VALUES ('ada', 'Ada', 1), ('bob', 'Bob', 1)",
                "INSERT INTO rooms (room_id, name, creator_id, created_at) VALUES ('a', 'A', 'ada', 1), ('b', 'B', 'bob', 2)",
                "INSERT INTO memberships (user_id, room_id, joined_at) VALUES ('ada', 'a', 1), ('bob', 'a', 2), ('ada', 'b', 1)");
        SchemaConnections connections = schema.connections();
        directory = new InMemoryDirectory(
                new ChangeFeed(connections, 100), new SqlDirectory(connections), 100, 1 << 20, new DirectoryCounts());
    }

    @Test
    void anUnchangedChatIsReadOnce() throws SQLException {
        List<Chat> first = list();
        behindTheTriggers("UPDATE rooms SET name = 'renamed'");
        List<Chat> second = list();
        assertEquals(List.of("B", "A"), names(second));
        assertSame(first.get(0), second.get(0));
        assertSame(first.get(1), second.get(1));
    }

    @Test
    void aChangedChatIsReadAgain() throws SQLException {
        list();
        schema.execute("UPDATE rooms SET name = 'renamed' WHERE room_id = 'a'");
        assertEquals(List.of("B", "renamed"), names(list()));
    }

    @Test
    void cachedAndLoadedChatsComeInTheRequestedOrder() throws SQLException {
        list();
        schema.execute("UPDATE rooms SET name = 'renamed' WHERE room_id = 'b'");
        assertEquals(List.of("renamed", "A"), names(list()));
        schema.execute("UPDATE rooms SET name = 'renamed too' WHERE room_id = 'a'");
        List<RoomVersion> page = directory.page(ADA, new PageRequest(1, 20));
        RoomVersion gone = new RoomVersion(new RoomId("gone"), 1);
        List<RoomVersion> requested = List.of(page.get(1), gone, page.get(0));
        assertEquals(List.of("renamed too", "renamed"), names(directory.chats(requested)));
    }

    @Test
    void aNewMessageIsShownWithoutReadingItsChat() throws SQLException {
        list();
        behindTheTriggers("UPDATE rooms SET name = 'renamed'");
        schema.execute("INSERT INTO messages (id, to_room_id, from_uid, msg_contents, created_at)"
                + " VALUES ('m', 'a', 'bob', 'hello', 9)");
        List<Chat> chats = list();
        assertEquals(List.of("A", "B"), names(chats));
        assertEquals("hello", requireNonNull(chats.get(0).latest()).msgContents());
    }

    @Test
    void aLongMessageIsReadWithoutTheMembers() throws SQLException {
        list();
        behindTheTriggers("UPDATE rooms SET name = 'renamed'", "UPDATE users SET nick_name = 'renamed'");
        schema.execute("INSERT INTO messages (id, to_room_id, from_uid, msg_contents, created_at)"
                + " VALUES ('m', 'a', 'bob', repeat('x', 3000), 9)");
        Chat chat = list().get(0);
        assertEquals("renamed", chat.room().name(), "the room is read with its message");
        assertEquals("Ada", chat.creator().nickName());
        assertEquals(List.of("Ada", "Bob"), nickNames(chat));
    }

    @Test
    void membersAreReadAgainAfterAJoin() throws SQLException {
        list();
        behindTheTriggers("UPDATE users SET nick_name = 'renamed'");
        schema.execute("INSERT INTO memberships (user_id, room_id, joined_at) VALUES ('bob', 'b', 3)");
        assertEquals(List.of("renamed", "renamed"), nickNames(list().get(0)));
    }

    /** Members that were read at a version may be the wrong ones for an older version. */
    @Test
    void anOlderVersionIsNotAnsweredWithNewerMembers() throws SQLException {
        RoomVersion before = directory.page(ADA, new PageRequest(1, 20)).get(1);
        schema.execute("DELETE FROM memberships WHERE user_id = 'bob' AND room_id = 'a'");
        RoomVersion after = directory.page(ADA, new PageRequest(1, 20)).get(1);
        assertNotEquals(before, after);
        assertEquals(List.of("Ada"), nickNames(directory.chats(List.of(after)).get(0)));
        assertEquals(List.of(), directory.chats(List.of(before)));
    }

    private List<Chat> list() {
        return directory.chats(directory.page(ADA, new PageRequest(1, 20)));
    }

    private static void behindTheTriggers(String... statements) throws SQLException {
        schema.execute(
                "ALTER TABLE rooms DISABLE TRIGGER rooms_updated", "ALTER TABLE users DISABLE TRIGGER users_updated");
        try {
            schema.execute(statements);
        } finally {
            schema.execute(
                    "ALTER TABLE rooms ENABLE TRIGGER rooms_updated", "ALTER TABLE users ENABLE TRIGGER users_updated");
        }
    }

    private static List<String> names(List<Chat> chats) {
        return chats.stream().map(chat -> chat.room().name()).toList();
    }

    private static List<String> nickNames(Chat chat) {
        return chat.members().stream().map(User::nickName).toList();
    }
}
