package dev.chatlist.adapter.persistence.memory;

import static java.util.Objects.requireNonNull;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.chatlist.adapter.persistence.sql.ChangeFeed.Posted;
import dev.chatlist.application.RoomVersion;
import dev.chatlist.domain.Chat;
import dev.chatlist.domain.ChatHead;
import dev.chatlist.domain.MembersLimit;
import dev.chatlist.domain.Message;
import dev.chatlist.domain.MessageId;
import dev.chatlist.domain.Room;
import dev.chatlist.domain.RoomId;
import dev.chatlist.domain.User;
import dev.chatlist.domain.UserId;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Which chats stay in memory, at which version, and for how long. */
class ChatCacheTest {
    private static final UserId CREATOR = new UserId("creator");

    private static final RoomId LARGE = new RoomId("large");
    private static final MembersLimit TWO = new MembersLimit(2);
    private static final long PLENTY = 1 << 20;

    private final ChatCache cache = new ChatCache(PLENTY, () -> 0);
    private int members = 3;
    private String nickName = "nick";

    @Test
    void aChatIsFoundAtTheVersionThatWasAdded() {
        Chat first = add(cache, "a", 1);
        assertSame(first, find("a", 1));
        assertNull(find("a", 2));
        Chat second = add(cache, "a", 2);
        assertSame(second, find("a", 2));
        assertNull(find("a", 1));
    }

    @Test
    void theFirstOfTwoEqualVersionsStays() {
        Chat first = add(cache, "a", 1);
        assertSame(first, add(cache, "a", 1));
    }

    @Test
    void anOlderVersionNeverReplacesANewerOne() {
        Chat newer = add(cache, "a", 2);
        assertEquals(newer.room(), add(cache, "a", 1).room());
        assertSame(newer, find("a", 2));
    }

    @Test
    void aProfileIsOneObjectInAllChatsUntilItChanges() {
        Chat a = add(cache, "a", 1);
        User inA = a.members().get(0);
        assertSame(inA, add(cache, "b", 1).members().get(0));
        nickName = "renamed";
        User renamed = add(cache, "b", 2).members().get(0);
        assertEquals("renamed 0", renamed.nickName());
        assertSame(renamed, add(cache, "c", 1).members().get(0));
        assertSame(a, find("a", 1), "version 1 keeps the old profile");
    }

    @Test
    void theBoundHolds() {
        long maxBytes = 300_000;
        ChatCache bounded = new ChatCache(maxBytes, () -> 0);
        Random random = new Random(1);
        long most = 0;
        for (int n = 0; n < 5_000; n++) {
            // In turns a few large profiles that many chats share, and many that only one chat shows.
            members = random.nextInt(20);
            nickName = n % 1000 < 500 ? "x".repeat(1000) : "y".repeat(200) + n;
            add(bounded, "r" + random.nextInt(2_000), n + 1);
            most = Math.max(most, bounded.bytes());
        }
        // The newest profiles are added before chats are evicted for them.
        assertTrue(most < maxBytes * 1.1, most + " bytes");
        assertTrue(most > maxBytes / 2, most + " bytes");
    }

    @Test
    void chatsTakeWhatAllElseLeaves() {
        AtomicLong others = new AtomicLong();
        ChatCache bounded = new ChatCache(300_000, others::get);
        IntStream.range(0, 2_000).forEach(n -> add(bounded, "r" + n, 1));
        assertTrue(bounded.bytes() > 290_000, bounded.bytes() + " bytes");
        others.set(200_000);
        bounded.leaveRoom();
        assertTrue(bounded.bytes() <= 100_000, bounded.bytes() + " bytes");
        others.set(0);
        bounded.leaveRoom();
        IntStream.range(0, 2_000).forEach(n -> add(bounded, "s" + n, 1));
        assertTrue(bounded.bytes() > 290_000, bounded.bytes() + " bytes");
        IntStream.range(0, 500).forEach(n -> excerpt(bounded, n, 1));
        assertTrue(bounded.excerpts().bytes() > 10_000, bounded.excerpts().bytes() + " bytes");
        assertTrue(bounded.bytes() <= 305_000, bounded.bytes() + " bytes");
    }

    @Test
    void excerptsOfAChatShareHeadAndProfilesUntilTheyLeave() {
        ChatCache excerpts = new ChatCache(PLENTY, () -> 0);
        Chat first = excerpt(excerpts, 0, 1);
        long once = excerpts.bytes();
        Chat second = excerpt(excerpts, 0, 2);
        assertSame(first.head(), second.head());
        assertSame(first.members().get(0), second.members().get(0));
        Chat other = excerpt(excerpts, 1, 2);
        assertSame(first.head(), other.head());
        assertSame(first.members().get(0), other.members().get(0));
        assertTrue(excerpts.bytes() - once < once / 2, once + " bytes, then " + excerpts.bytes());
        assertSame(other, excerpts.excerpts().find(viewer(1), new RoomVersion(LARGE, 2), TWO, true));
        assertNull(excerpts.excerpts().find(viewer(1), new RoomVersion(LARGE, 1), TWO, true));

        excerpt(excerpts, 1, 1);
        assertSame(other, excerpts.excerpts().find(viewer(1), new RoomVersion(LARGE, 2), TWO, true), "newer ones stay");

        ChatCache none = new ChatCache(0, () -> 0);
        excerpt(none, 0, 1);
        assertEquals(0, none.bytes());
    }

    /** Each excerpt is of another room, and shows a hundred others. */
    @Test
    void theProfilesOfExcerptsCount() {
        long maxBytes = 1_000_000;
        ChatCache bounded = new ChatCache(maxBytes, () -> 0);
        for (int n = 0; n < 300; n++) {
            String prefix = "room " + n + " member ";
            List<User> shown = IntStream.range(0, 100)
                    .mapToObj(m -> User.named(new UserId(prefix + m), "", 1))
                    .toList();
            RoomId room = new RoomId("room" + n);
            ChatHead head = new ChatHead(Room.group(room, "", CREATOR, 1), User.removed(CREATOR), 1_000, null);
            bounded.excerpts().cut(viewer(0), new RoomVersion(room, 1), new MembersLimit(100), new Chat(head, shown));
            assertTrue(bounded.bytes() < maxBytes / 4, bounded.bytes() + " bytes");
        }
    }

    @Test
    void excerptsOfAWholeChatInMemoryTakeLittle() {
        members = 300;
        Chat whole = add(cache, "large", 1);
        long before = cache.bytes();
        for (int n = 0; n < 100; n++) {
            UserId viewer = new UserId("u" + n);
            cache.excerpts().cut(viewer, new RoomVersion(LARGE, 1), TWO, whole);
        }
        assertTrue(cache.bytes() - before < 100 * 300, before + " bytes, then " + cache.bytes());
    }

    @Test
    void excerptsMakeRoomForAllElse() {
        AtomicLong others = new AtomicLong();
        ChatCache bounded = new ChatCache(600_000, others::get);
        IntStream.range(0, 500).forEach(n -> excerpt(bounded, n, 1));
        assertTrue(bounded.excerpts().bytes() > 40_000, bounded.excerpts().bytes() + " bytes");
        others.set(595_000);
        for (int n = 0; n < 10; n++) {
            bounded.leaveRoom();
        }
        assertTrue(bounded.bytes() < 20_000, bounded.bytes() + " bytes");
    }

    /** The excerpt of a large room for one of its members, read from a database. */
    private static Chat excerpt(ChatCache to, int viewer, long version) {
        Room room = Room.group(LARGE, "x".repeat(1_000), CREATOR, 1);
        User creator = User.named(CREATOR, "creator", 1);
        User member = User.named(viewer(viewer), "viewer", 1);
        Chat read = new Chat(new ChatHead(room, creator, 100_000, null), List.of(creator, member));
        return to.excerpts().cut(viewer(viewer), new RoomVersion(LARGE, version), TWO, read);
    }

    private static UserId viewer(int n) {
        return new UserId("viewer " + n);
    }

    @Test
    void profilesLeaveWithTheLastChatThatShowsThem() {
        ChatCache none = new ChatCache(0, () -> 0);
        add(none, "a", 1);
        add(none, "b", 1);
        assertEquals(0, none.bytes());
    }

    @Test
    void aPostedMessageIsPutIntoItsChat() {
        Chat before = add(cache, "a", 3);
        cache.follow(posted("a", 5, 2, "hello"));
        Chat after = requireNonNull(find("a", 5));
        assertEquals("hello", requireNonNull(after.latest()).msgContents());
        assertSame(before.room(), after.room());
        assertSame(before.creator(), after.creator());
        assertSame(before.members(), after.members());
        assertSame(before.members().get(1).id(), requireNonNull(after.latest()).fromUid());
    }

    @Test
    void aPostedMessageIsNotPutIntoAChatThatDiffersByMore() {
        cache.follow(posted("a", 3, 1, "the chat isn't cached"));
        assertNull(find("a", 3));
        Chat cached = add(cache, "a", 3);
        cache.follow(posted("a", 3, 1, "the chat has this version already"));
        cache.follow(posted("a", 2, 1, "the chat is newer"));
        assertSame(cached, find("a", 3));
        cache.follow(posted("a", 5, 4, "a member joined at version 4"));
        assertSame(cached, find("a", 3));
    }

    @Test
    void profilesStayWhileMessagesArePutIntoTheirChat() {
        User member = add(cache, "a", 1).members().get(0);
        long bytes = cache.bytes();
        for (int version = 2; version < 10; version++) {
            cache.follow(posted("a", version, 1, "x".repeat(version)));
        }
        cache.follow(posted("a", 10, 1, ""));
        assertSame(member, add(cache, "b", 1).members().get(0));
        members = 0;
        add(cache, "a", 11);
        add(cache, "b", 11);
        assertTrue(cache.bytes() < bytes, "profiles that no chat shows any more are dropped");
    }

    private static Posted posted(String room, long version, long since, String contents) {
        RoomVersion posted = new RoomVersion(new RoomId(room), version);
        UserId author = new UserId("u1");
        return new Posted(posted, since, Message.text(new MessageId("m"), posted.roomId(), author, contents, 1));
    }

    private Chat add(ChatCache to, String room, long version) {
        List<User> profiles = IntStream.range(0, members)
                .mapToObj(n -> User.named(new UserId("u" + n), nickName + " " + n, 1))
                .toList();
        User creator = User.named(CREATOR, "creator", 1);
        return to.add(version, new Chat(Room.group(new RoomId(room), "name", CREATOR, 1), creator, profiles, null));
    }

    private @Nullable Chat find(String room, long version) {
        ChatCache.CachedChat cached = cache.find(new RoomId(room));
        return cached != null && cached.version == version ? cached.chat : null;
    }
}
