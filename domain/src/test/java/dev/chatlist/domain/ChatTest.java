package dev.chatlist.domain;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.chatlist.domain.Message.OpenseaItem;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
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

    /** Many ids have the same hash: AaAa, AaBB, BBAa and BBBB. */
    @Test
    void anExcerptHasTheViewerTheAuthorAndTheFirstOthersInOrder() {
        for (long seed = 0; seed < 2_000; seed++) {
            Random random = new Random(seed);
            List<String> ids = new ArrayList<>(List.of("AaAa", "AaBB", "BBAa", "BBBB", "a", "b", "c", "d"));
            Collections.shuffle(ids, random);
            List<String> members = ids.subList(0, random.nextInt(8));
            String viewer = ids.get(random.nextInt(8));
            String author = random.nextInt(9) == 0 ? "" : ids.get(random.nextInt(8));
            int limit = random.nextInt(9);

            Chat whole = chat(members, author);
            Chat excerpt = whole.excerpt(new UserId(viewer), new MembersLimit(limit));

            List<String> always = members.stream()
                    .filter(id -> id.equals(viewer) || id.equals(author))
                    .toList();
            List<String> others =
                    members.stream().filter(id -> !always.contains(id)).toList();
            Set<String> shown = new HashSet<>(always);
            shown.addAll(others.subList(0, Math.min(others.size(), Math.max(0, limit - always.size()))));
            assertEquals(
                    members.size() <= limit
                            ? members
                            : members.stream().filter(shown::contains).toList(),
                    excerpt.members().stream()
                            .map(member -> member.id().value())
                            .toList(),
                    "seed " + seed);
            assertEquals(whole.head(), excerpt.head());
            User member = whole.member(new UserId(viewer));
            assertEquals(
                    members.contains(viewer) ? viewer : "none",
                    member == null ? "none" : member.id().value());
            assertEquals(excerpt.members().size() == members.size(), excerpt.isWhole());
        }
    }

    private static Chat chat(List<String> members, String author) {
        Message latest =
                author.isEmpty() ? null : Message.text(new MessageId("m"), ROOM.id(), new UserId(author), "Hi", 20);
        return new Chat(
                ROOM,
                ADA,
                members.stream().map(id -> User.named(new UserId(id), id, 1)).toList(),
                latest);
    }

    private static Message message(String id, Room room, long createdAt) {
        return Message.text(new MessageId(id), room.id(), ADA.id(), "Hi", createdAt);
    }
}
