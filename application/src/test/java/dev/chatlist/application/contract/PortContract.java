package dev.chatlist.application.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.chatlist.application.AnswerTooLargeException;
import dev.chatlist.application.ChatDirectory;
import dev.chatlist.application.ChatEventService;
import dev.chatlist.application.ChatJournal;
import dev.chatlist.application.ChatListService;
import dev.chatlist.application.RecordChatEvents;
import dev.chatlist.application.RoomVersion;
import dev.chatlist.application.StorageUnavailableException;
import dev.chatlist.domain.Chat;
import dev.chatlist.domain.ChatEvent.MemberJoined;
import dev.chatlist.domain.ChatEvent.MessageSaved;
import dev.chatlist.domain.ChatEvent.RoomSaved;
import dev.chatlist.domain.ChatEvent.UserSaved;
import dev.chatlist.domain.Message;
import dev.chatlist.domain.MessageId;
import dev.chatlist.domain.PageRequest;
import dev.chatlist.domain.Room;
import dev.chatlist.domain.RoomId;
import dev.chatlist.domain.User;
import dev.chatlist.domain.UserId;
import java.util.List;
import java.util.function.LongFunction;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.function.Executable;

/** What the contracts of the ports for reading and writing share: the ports themselves, and short names for events. *
 * @param <D> the reading port
 */
abstract class PortContract<D extends ChatDirectory> {
    protected static final UserId ADA = new UserId("ada");
    protected static final UserId BOB = new UserId("bob");
    protected static final UserId EVE = new UserId("eve");
    protected static final RoomId R1 = new RoomId("r1");
    protected static final RoomId R2 = new RoomId("r2");
    protected static final RoomId R3 = new RoomId("r3");
    static final PageRequest FIRST_PAGE = new PageRequest(1, 20);

    D directory;
    ChatListService list;
    RecordChatEvents events;

    /** The writing port, on an empty store. Each test calls this once, before {@link #directory}. */
    protected abstract ChatJournal journal() throws Exception;

    /** The reading port, on the same store. Each test calls this once. */
    protected abstract D directory() throws Exception;

    /**
     * Makes the store unavailable to this test's two ports, for example by closing their connection pool. A test calls
     * this once at most, near its end; the ports of the next test must work again.
     */
    protected abstract void makeUnavailable() throws Exception;

    @BeforeEach
    void connect() throws Exception {
        events = new ChatEventService(journal());
        directory = directory();
        list = new ChatListService(directory);
    }

    /** Ada is in three rooms. The latest activity is in the third. */
    void threeRooms() {
        events.record(user(ADA), user(BOB), user(EVE), room(R1, EVE, 10), room(R2, ADA, 20), room(R3, ADA, 30));
        events.record(join(R1, ADA, 1), join(R2, ADA, 1), join(R3, ADA, 1));
    }

    static UserSaved user(UserId id) {
        return new UserSaved(User.named(id, "nick of " + id, 1));
    }

    static RoomSaved room(RoomId id, UserId creator, long createdAt) {
        return new RoomSaved(Room.group(id, "name of " + id, creator, createdAt));
    }

    static MemberJoined join(RoomId room, UserId user, long at) {
        return new MemberJoined(room, user, at);
    }

    static MessageSaved message(String id, RoomId room, long createdAt) {
        return message(id, room, EVE, createdAt);
    }

    static MessageSaved message(String id, RoomId room, UserId author, long createdAt) {
        return new MessageSaved(Message.text(new MessageId(id), room, author, "contents of " + id, createdAt));
    }

    static List<RoomId> ids(List<RoomVersion> rooms) {
        return rooms.stream().map(RoomVersion::roomId).toList();
    }

    static List<RoomId> roomIdsOf(List<Chat> chats) {
        return chats.stream().map(chat -> chat.room().id()).toList();
    }

    static void assertUnavailable(String call, Executable port) {
        assertThrows(StorageUnavailableException.class, port, call + " on an unavailable store");
    }

    /** What is in memory anyway takes no more, so it may be returned whatever is allowed. */
    static <T> void assertReadWhole(List<T> whole, LongFunction<List<T>> read) {
        try {
            assertEquals(whole, read.apply(1));
        } catch (AnswerTooLargeException e) {
            assertTrue(e.bytes() > 1, e.getMessage());
            assertEquals(whole, read.apply(e.bytes()));
        }
    }
}
