package dev.chatlist.domain;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.chatlist.domain.Message.OpenseaItem;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ChatTest {
    private static final User ADA = User.named(new UserId("ada"), "Ada", 1);
    private static final User BOB = User.named(new UserId("bob"), "Bob", 1);
    private static final Room ROOM = Room.group(new RoomId("room"), "Room", ADA.id(), 10);

    @Test
    void lastActivityIsTheTimeOfTheLatestMessageElseOfTheRoom() {
        assertEquals(5, new Chat(ROOM, ADA, List.of(), message("m", ROOM, 5)).lastActivity());
        assertEquals(10, new Chat(ROOM, ADA, List.of(), null).lastActivity());
    }

    @Test
    void theCreatorMustBeTheRoomsOwn() {
        Exception e = assertThrows(IllegalArgumentException.class, () -> new Chat(ROOM, BOB, List.of(ADA), null));
        assertEquals("creator must be ada, who made the room, not bob", e.getMessage());
    }

    @Test
    void theLatestMessageMustBeOfTheRoom() {
        Room other = Room.group(new RoomId("other"), "", ADA.id(), 10);
        Exception e = assertThrows(
                IllegalArgumentException.class, () -> new Chat(ROOM, ADA, List.of(), message("m", other, 20)));
        assertEquals("latest_msg must be of room room, not other", e.getMessage());
    }

    @Test
    void listsAreCopied() {
        List<User> members = new ArrayList<>(List.of(ADA));
        Chat chat = new Chat(ROOM, ADA, members, null);
        List<UserId> mentions = new ArrayList<>(List.of(BOB.id()));
        Message message = new Message(
                new MessageId("m"), ROOM.id(), ADA.id(), "", "", "", false, "", OpenseaItem.NONE, mentions, 1);
        members.clear();
        mentions.clear();
        assertEquals(List.of(ADA), chat.members());
        assertEquals(List.of(BOB.id()), message.atUserIds());
    }

    @Test
    void messagesAreOrderedByTimeThenIdByCodePoint() {
        List<Message> ascending = List.of(
                message("z", ROOM, 1),
                message("a", ROOM, Long.MAX_VALUE),
                message("\uFFFD", ROOM, Long.MAX_VALUE),
                message("\uD83D\uDE00", ROOM, Long.MAX_VALUE));
        assertEquals(
                ascending,
                Stream.of(3, 1, 0, 2)
                        .map(ascending::get)
                        .sorted(Message.BY_TIME)
                        .toList());
    }

    @Test
    void aRemovedUserKeepsOnlyTheId() {
        assertEquals(User.named(ADA.id(), "", 0), User.removed(ADA.id()));
    }

    private static Message message(String id, Room room, long createdAt) {
        return Message.text(new MessageId(id), room.id(), ADA.id(), "Hi", createdAt);
    }
}
