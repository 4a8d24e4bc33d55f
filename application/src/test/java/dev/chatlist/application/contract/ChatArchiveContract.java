package dev.chatlist.application.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.chatlist.application.ChatArchive;
import dev.chatlist.application.ChatEventService;
import dev.chatlist.application.ChatJournal;
import dev.chatlist.application.ChatListService;
import dev.chatlist.application.RecordChatEvents;
import dev.chatlist.application.StorageUnavailableException;
import dev.chatlist.domain.ChatEvent;
import dev.chatlist.domain.ChatEvent.MemberJoined;
import dev.chatlist.domain.ChatEvent.MemberLeft;
import dev.chatlist.domain.ChatEvent.MessageRemoved;
import dev.chatlist.domain.ChatEvent.MessageSaved;
import dev.chatlist.domain.ChatEvent.RoomRemoved;
import dev.chatlist.domain.ChatEvent.RoomSaved;
import dev.chatlist.domain.ChatEvent.UserRemoved;
import dev.chatlist.domain.ChatEvent.UserSaved;
import dev.chatlist.domain.Message;
import dev.chatlist.domain.MessageId;
import dev.chatlist.domain.PageRequest;
import dev.chatlist.domain.Room;
import dev.chatlist.domain.RoomId;
import dev.chatlist.domain.User;
import dev.chatlist.domain.UserId;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * The promises of {@link ChatArchive}, as tests. An adapter's test extends this class and implements three methods: two
 * give each test its ports on an empty store, the third makes that store unavailable.
 */
public abstract class ChatArchiveContract {
    private static final UserId ADA = new UserId("ada");
    private static final UserId BOB = new UserId("bob");
    private static final RoomId R1 = new RoomId("r1");
    private static final RoomId R2 = new RoomId("r2");

    private RecordChatEvents events;
    private ChatArchive archive;

    /** The writing port, on an empty store. Each test calls this once, before {@link #archive}. */
    protected abstract ChatJournal journal() throws Exception;

    /** The archive of the same store. Each test calls this once. */
    protected abstract ChatArchive archive() throws Exception;

    /**
     * Makes the store unavailable to this test's two ports, for example by closing their connection pool. A test calls
     * this once at most, near its end; the ports of the next test must work again.
     */
    protected abstract void makeUnavailable() throws Exception;

    @BeforeEach
    void connect() throws Exception {
        events = new ChatEventService(journal());
        archive = archive();
    }

    @Test
    void anEmptyStoreHasNoEvents() {
        assertEquals(List.of(), readAll());
    }

    @Test
    void usersComeFirstThenRoomsThenJoinsThenMessagesEachByCodePoint() {
        UserId first = new UserId("z\uFFFD");
        UserId last = new UserId("z\uD83D\uDE00");
        List<ChatEvent> inOrder = List.of(
                user("B"),
                user("a"),
                user(first.value()),
                user(last.value()),
                user("é"),
                room(R1, last, 9),
                room(R2, last, 1),
                new MemberJoined(R1, last, 1),
                new MemberJoined(R1, new UserId("a"), 7),
                new MemberJoined(R1, first, 7),
                new MemberJoined(R1, new UserId("B"), 8),
                new MemberJoined(R2, new UserId("B"), 1),
                message("9", R1, 1),
                message(first.value(), R1, 2),
                message(last.value(), R1, 2),
                message("0", R2, 0));
        List<ChatEvent> shuffled = new ArrayList<>(inOrder);
        Collections.reverse(shuffled.subList(0, 5));
        Collections.reverse(shuffled.subList(5, 7));
        Collections.reverse(shuffled.subList(7, 16));
        events.record(shuffled);

        assertEquals(inOrder, readAll());
    }

    @Test
    void equalContentsGiveEqualEventsWhateverTheirHistory() {
        events.record(user("bob"), user("ada"), room(R2, BOB, 2), room(R1, BOB, 1));
        events.record(new MemberJoined(R1, BOB, 9), message("m1", R2, 1), message("m2", R1, 2), message("m3", R1, 3));
        events.record(new MemberLeft(R1, BOB), new MemberJoined(R1, BOB, 2), new MessageRemoved(new MessageId("m3")));
        events.record(message("m1", R1, 5), new RoomRemoved(R2), room(R1, ADA, 1), new UserRemoved(BOB));

        assertEquals(
                List.of(
                        user("ada"),
                        new UserSaved(User.removed(BOB)),
                        room(R1, ADA, 1),
                        new MemberJoined(R1, BOB, 2),
                        message("m2", R1, 2),
                        message("m1", R1, 5)),
                readAll());
    }

    @Test
    void everyFieldIsArchived() {
        User user = User.removed(ADA);
        for (RecordField<User> field : RecordField.of(user)) {
            assertArchived(field, new UserSaved(field.value()));
            events.record(new UserSaved(user));
        }
        Room room = Room.group(R1, "", ADA, 0);
        for (RecordField<Room> field : RecordField.of(room)) {
            events.record(user(field.value().creatorId().value()));
            assertArchived(field, new RoomSaved(field.value()));
            events.record(new RoomSaved(room));
        }
        Message message = Message.text(new MessageId("m"), R1, ADA, "", 0);
        for (RecordField<Message> field : RecordField.of(message)) {
            events.record(room(field.value().toRoomId(), ADA, 0));
            assertArchived(field, new MessageSaved(field.value()));
            events.record(new MessageSaved(message));
        }
    }

    private void assertArchived(RecordField<?> field, ChatEvent recorded) {
        events.record(recorded);
        assertTrue(readAll().contains(recorded), field + " was recorded and not archived");
    }

    /** The message of a failure has the seed: {@code -Dchatlist.seed=} repeats it. */
    @Test
    void aStoreIsRebuiltFromItsEvents() {
        long seed = Long.getLong("chatlist.seed", System.nanoTime());
        RandomEvents random = new RandomEvents(seed);
        InMemoryChatStore model = new InMemoryChatStore();
        for (int round = 0; round < 20; round++) {
            List<ChatEvent> batch = random.next(60);
            events.record(batch);
            new ChatEventService(model).record(batch);

            List<ChatEvent> archived = readAll();
            InMemoryChatStore rebuilt = new InMemoryChatStore();
            new ChatEventService(rebuilt).record(archived);
            assertEquals(archived, readAll(rebuilt), () -> "seed " + seed);
            for (UserId user : RandomEvents.users()) {
                PageRequest all = new PageRequest(1, PageRequest.MAX_SIZE);
                assertEquals(
                        new ChatListService(model).listMyChats(user, all),
                        new ChatListService(rebuilt).listMyChats(user, all),
                        () -> "seed " + seed);
            }
        }
    }

    @Test
    void anyNumberOfEventsIsRead() {
        List<ChatEvent> many = new ArrayList<>(List.of(user("ada"), room(R1, ADA, 1)));
        LongStream.range(10_000, 22_345).forEach(n -> many.add(message("m" + n, R1, 1)));
        events.record(many);
        assertEquals(many, readAll());
    }

    @Test
    void whatIsRecordedMeanwhileIsLeftOut() {
        List<ChatEvent> before = List.of(user("ada"), room(R1, ADA, 1), message("m1", R1, 1));
        events.record(before);
        List<ChatEvent> read = new ArrayList<>();
        archive.readAll(total -> {}, event -> {
            read.add(event);
            String id = "later " + read.size();
            RoomId room = new RoomId(id);
            events.record(user(id), room(room, ADA, 1), message(id, room, 1), new MessageRemoved(new MessageId("m1")));
        });
        assertEquals(before, read);
        assertEquals(2 + 3 * 3, readAll().size());
    }

    @Test
    void anExceptionOfAConsumerIsPassedOn() {
        events.record(user("ada"), user("bob"));
        IllegalStateException failure = new IllegalStateException("the disk is full");
        assertSame(
                failure,
                assertThrows(
                        IllegalStateException.class,
                        () -> archive.readAll(
                                total -> {
                                    throw failure;
                                },
                                event -> {})));
        assertSame(
                failure,
                assertThrows(
                        IllegalStateException.class,
                        () -> archive.readAll(total -> {}, event -> {
                            throw failure;
                        })));
        assertEquals(List.of(user("ada"), user("bob")), readAll(), "it can be read again");
    }

    @Test
    void anUnavailableStoreIsAFailureAndNotAnEmptyArchive() throws Exception {
        events.record(user("ada"));
        makeUnavailable();
        assertThrows(StorageUnavailableException.class, this::readAll);
    }

    private List<ChatEvent> readAll() {
        return readAll(archive);
    }

    private static List<ChatEvent> readAll(ChatArchive archive) {
        List<Long> totals = new ArrayList<>();
        List<ChatEvent> read = new ArrayList<>();
        archive.readAll(
                total -> {
                    assertEquals(List.of(), read, "the total comes before the first event");
                    totals.add(total);
                },
                read::add);
        assertEquals(List.of((long) read.size()), totals);
        return read;
    }

    private static UserSaved user(String id) {
        return new UserSaved(User.named(new UserId(id), "nick of " + id, 1));
    }

    private static RoomSaved room(RoomId id, UserId creator, long createdAt) {
        return new RoomSaved(Room.group(id, "name of " + id, creator, createdAt));
    }

    private static MessageSaved message(String id, RoomId room, long createdAt) {
        return new MessageSaved(Message.text(new MessageId(id), room, ADA, "contents of " + id, createdAt));
    }
}
