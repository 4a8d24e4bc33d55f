package dev.chatlist.domain;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The limit, and the excerpts that it makes of a chat with five members. */
class MembersLimitTest {
    private static final Room ROOM = Room.group(new RoomId("room"), "Room", id(9), 10);

    @Test
    void aLimitIs0To100() {
        assertEquals(0, new MembersLimit(0).max());
        assertEquals(100, new MembersLimit(MembersLimit.MAX).max());
        for (int max : new int[] {-1, 101}) {
            Exception e = assertThrows(IllegalArgumentException.class, () -> new MembersLimit(max));
            assertEquals("members_limit must be 0 to 100, it is " + max, e.getMessage());
        }
    }

    @ParameterizedTest
    @CsvSource({
        // limit, viewer, author, shown
        "0, 3, 4, 34",
        "1, 3, 4, 34",
        "2, 3, 4, 34",
        "3, 3, 4, 034",
        "4, 3, 4, 0134",
        "3, 4, 3, 034",
        "2, 0, 1, 01",
        "3, 0, 4, 014",
        "0, 3, 3, 3",
        "2, 3, 3, 03",
        // User 8 is no member.
        "0, 3, 8, 3",
        "2, 3, 8, 03",
        "0, 8, 4, 4",
        "2, 8, 4, 04",
        "0, 8, 8, ''",
        "1, 8, 8, 0",
    })
    void anExcerptShowsTheViewerTheAuthorAndThoseWhoJoinedFirst(int limit, int viewer, int author, String shown) {
        Chat excerpt = chat(message(author)).excerpt(id(viewer), new MembersLimit(limit));

        assertEquals(members(shown), excerpt.members());
        assertEquals(chat(message(author)).head(), excerpt.head());
        assertEquals(5, excerpt.head().memberCount());
    }

    @ParameterizedTest
    @CsvSource({"0, 3", "1, 3", "2, 03", "4, 0123"})
    void withoutAMessageTheViewerAndThoseWhoJoinedFirstAreShown(int limit, String shown) {
        assertEquals(
                members(shown), chat().excerpt(id(3), new MembersLimit(limit)).members());
    }

    @ParameterizedTest
    @ValueSource(ints = {5, 6, 100})
    void aLimitOfAllMembersLeavesTheChatAsItIs(int limit) {
        assertEquals(chat(message(8)), chat(message(8)).excerpt(id(3), new MembersLimit(limit)));
    }

    @Test
    void aChatHasNoMoreMembersThanItsHeadCounts() {
        ChatHead head = new ChatHead(ROOM, user(9), 1, null);
        Exception e = assertThrows(IllegalArgumentException.class, () -> new Chat(head, members("01")));
        assertEquals("members must be 1 at most, which is member_count, not 2", e.getMessage());
    }

    @Test
    void aChatWithAllMembersCountsThem() {
        assertEquals(new ChatHead(ROOM, user(9), 5, null), chat().head());
    }

    @Test
    void aCountIsNotNegative() {
        assertEquals(0, new ChatHead(ROOM, user(9), 0, null).memberCount());
        Exception e = assertThrows(IllegalArgumentException.class, () -> new ChatHead(ROOM, user(9), -1, null));
        assertEquals("member_count must be 0 or more, it is -1", e.getMessage());
    }

    private static Chat chat(Message... latest) {
        return new Chat(ROOM, user(9), members("01234"), latest.length == 0 ? null : latest[0]);
    }

    private static Message message(int author) {
        return Message.text(new MessageId("m"), ROOM.id(), id(author), "Hi", 20);
    }

    private static List<User> members(String digits) {
        IntStream ids = digits.chars().map(Character::getNumericValue);
        return ids.mapToObj(MembersLimitTest::user).toList();
    }

    private static User user(int n) {
        return User.named(id(n), "user " + n, 1);
    }

    private static UserId id(int n) {
        return new UserId("u" + n);
    }
}
