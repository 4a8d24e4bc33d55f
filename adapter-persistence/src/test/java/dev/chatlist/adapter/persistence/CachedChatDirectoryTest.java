package dev.chatlist.adapter.persistence;

import static java.util.Objects.requireNonNull;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.chatlist.adapter.persistence.RoomFeed.Posted;
import dev.chatlist.application.ChatDirectory;
import dev.chatlist.application.RoomVersion;
import dev.chatlist.domain.Chat;
import dev.chatlist.domain.Message;
import dev.chatlist.domain.MessageId;
import dev.chatlist.domain.PageRequest;
import dev.chatlist.domain.Room;
import dev.chatlist.domain.RoomId;
import dev.chatlist.domain.User;
import dev.chatlist.domain.UserId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What is kept and for how long. That the answers are right is the contract suite's to say. */
class CachedChatDirectoryTest {
    private static final UserId CREATOR = new UserId("creator");

    /** Chats as they are at this moment; each asked for is read anew. */
    private final List<RoomVersion> read = new ArrayList<>();

    private KeptChats kept = new KeptChats(0);
    private int members = 3;
    /** Since which version the members of each room have been the same. */
    private long membersVersion = Long.MAX_VALUE;

    private int membersRead;
    private String nickName = "nick";

    private CachedChatDirectory directory(long maxBytes) {
        kept = new KeptChats(maxBytes);
        return new CachedChatDirectory(new Source(), kept);
    }

    @Test
    void aChatIsReadOnceForAVersion() {
        CachedChatDirectory directory = directory(1 << 20);
        Chat first = one(directory, "a", 1);
        assertSame(first, one(directory, "a", 1));
        assertNotSame(first, one(directory, "a", 2));
        assertEquals(List.of(version("a", 1), version("a", 2)), read);
    }

    @Test
    void whatIsKeptAndWhatIsReadComeInTheOrderAsked() {
        CachedChatDirectory directory = directory(1 << 20);
        one(directory, "b", 1);
        List<Chat> chats =
                directory.chats(List.of(version("c", 1), version("b", 1), version("gone", 1), version("a", 1)));
        assertEquals(
                List.of("c", "b", "a"),
                chats.stream().map(chat -> chat.room().id().value()).toList());
    }

    @Test
    void anOlderVersionNeverTakesANewersPlace() {
        CachedChatDirectory directory = directory(1 << 20);
        Chat newer = one(directory, "a", 2);
        assertEquals(newer.room(), one(directory, "a", 1).room());
        assertSame(newer, one(directory, "a", 2));
    }

    @Test
    void aProfileIsOneObjectInAllChatsUntilItChanges() {
        CachedChatDirectory directory = directory(1 << 20);
        User inA = one(directory, "a", 1).members().get(0);
        assertSame(inA, one(directory, "b", 1).members().get(0));
        nickName = "renamed";
        User renamed = one(directory, "b", 2).members().get(0);
        assertEquals("renamed 0", renamed.nickName());
        assertSame(renamed, one(directory, "c", 1).members().get(0));
        assertSame(inA, one(directory, "a", 1).members().get(0), "at version 1 the old one shows");
    }

    @Test
    void theBoundHolds() {
        long maxBytes = 300_000;
        CachedChatDirectory directory = directory(maxBytes);
        Random random = new Random(1);
        long most = 0;
        for (int n = 0; n < 5_000; n++) {
            // Now few large profiles that many chats share, now many that no other does.
            members = random.nextInt(20);
            nickName = n % 1000 < 500 ? "x".repeat(1000) : "y".repeat(200) + n;
            one(directory, "r" + random.nextInt(2_000), n + 1);
            most = Math.max(most, kept.bytes());
        }
        // A few profiles more than allowed are there until room is made for them.
        assertTrue(most < maxBytes * 1.1, most + " bytes");
        assertTrue(most > maxBytes / 2, most + " bytes");
    }

    @Test
    void profilesGoWithTheLastChatThatShowsThem() {
        CachedChatDirectory none = directory(0);
        one(none, "a", 1);
        one(none, "b", 1);
        assertEquals(0, kept.bytes());
    }

    @Test
    void membersAreReadAnewOnlyWhereTheyMayHaveChanged() {
        CachedChatDirectory directory = directory(1 << 20);
        membersVersion = 1;
        one(directory, "a", 1);
        assertEquals(1, membersRead, "nothing was known");
        one(directory, "a", 4);
        assertEquals(1, membersRead, "those of version 1 have stayed since");
        one(directory, "a", 2);
        assertEquals(2, membersRead, "those of version 4 may have come later");
        membersVersion = 5;
        one(directory, "a", 6);
        assertEquals(3, membersRead, "those of version 4 may have left");
    }

    @Test
    void aNewMessageIsPutIntoItsChatWithoutReading() {
        CachedChatDirectory directory = directory(1 << 20);
        Chat before = one(directory, "a", 3);
        kept.follow(posted("a", 5, 2, "hello"));
        Chat after = one(directory, "a", 5);
        assertEquals(List.of(version("a", 3)), read);
        assertEquals("hello", requireNonNull(after.latest()).msgContents());
        assertSame(before.room(), after.room());
        assertSame(before.creator(), after.creator());
        assertSame(before.members(), after.members());
        assertSame(before.members().get(1).id(), requireNonNull(after.latest()).fromUid());
    }

    @Test
    void aMessageThatIsNotAllThatIsNewIsNotPutIntoAChat() {
        CachedChatDirectory directory = directory(1 << 20);
        kept.follow(posted("a", 3, 1, "nobody keeps the chat"));
        one(directory, "a", 3);
        kept.follow(posted("a", 3, 1, "already there"));
        kept.follow(posted("a", 2, 1, "older"));
        assertNull(one(directory, "a", 3).latest());
        kept.follow(posted("a", 5, 4, "somebody joined at 4"));
        one(directory, "a", 5);
        assertEquals(List.of(version("a", 3), version("a", 5)), read);
    }

    @Test
    void profilesStayAsLongAsAMessageAfterTheOtherIsPutIntoTheirChat() {
        CachedChatDirectory directory = directory(1 << 20);
        User member = one(directory, "a", 1).members().get(0);
        long bytes = kept.bytes();
        for (int version = 2; version < 10; version++) {
            kept.follow(posted("a", version, 1, "x".repeat(version)));
        }
        kept.follow(posted("a", 10, 1, ""));
        assertSame(member, one(directory, "b", 1).members().get(0));
        membersVersion = 11;
        members = 0;
        one(directory, "a", 11);
        one(directory, "b", 11);
        assertTrue(kept.bytes() < bytes, "those profiles are gone that nobody shows any more");
    }

    private static Posted posted(String room, long version, long since, String contents) {
        RoomVersion posted = version(room, version);
        UserId author = new UserId("u1");
        return new Posted(posted, since, Message.text(new MessageId("m"), posted.roomId(), author, contents, 1));
    }

    private static Chat one(ChatDirectory directory, String room, long version) {
        return directory.chats(List.of(version(room, version))).get(0);
    }

    private static RoomVersion version(String room, long version) {
        return new RoomVersion(new RoomId(room), version);
    }

    private final class Source implements ChatSource {
        @Override
        public List<RoomVersion> page(UserId member, PageRequest request) {
            throw new AssertionError("not asked");
        }

        @Override
        public List<RoomId> roomIds(UserId member) {
            throw new AssertionError("not asked");
        }

        @Override
        public List<Chat> chats(List<RoomVersion> rooms, Map<RoomId, Earlier> earlier) {
            read.addAll(rooms);
            return rooms.stream()
                    .filter(room -> !room.roomId().value().equals("gone"))
                    .map(room -> new Chat(
                            Room.group(room.roomId(), "name", CREATOR, 1),
                            User.named(CREATOR, "creator", 1),
                            members(earlier.get(room.roomId())),
                            null))
                    .toList();
        }

        private List<User> members(@Nullable Earlier known) {
            if (known != null && known.version() >= membersVersion) {
                return known.members();
            }
            membersRead++;
            return IntStream.range(0, members)
                    .mapToObj(n -> User.named(new UserId("u" + n), nickName + " " + n, 1))
                    .toList();
        }
    }
}
