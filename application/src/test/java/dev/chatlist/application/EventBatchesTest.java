package dev.chatlist.application;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

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
import dev.chatlist.domain.Room;
import dev.chatlist.domain.RoomId;
import dev.chatlist.domain.TextLimit;
import dev.chatlist.domain.User;
import dev.chatlist.domain.UserId;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class EventBatchesTest {
    private static final UserId ADA = new UserId("ada");
    private static final UserId BOB = new UserId("bob");
    private static final RoomId ROOM = new RoomId("room");
    private static final RoomId OTHER = new RoomId("other");
    private static final MessageId HELLO = new MessageId("hello");

    @Test
    void noEventsMakeNoBatch() {
        EventBatches batches = new EventBatches(Collections.emptyIterator(), TextLimit.DEFAULT);
        assertFalse(batches.hasNext());
        assertThrows(NoSuchElementException.class, batches::next);
        assertEquals(0, batches.eventsRead());
    }

    /** A batch is held in memory, twice while it is sent. */
    @Test
    void aBatchOfLongTextsIsSmall() {
        String text = "x".repeat(1_000_000);
        List<ChatEvent> events = Collections.nCopies(100, new MessageSaved(Message.text(HELLO, ROOM, ADA, text, 1)));

        assertEquals(12, batches(events.toArray(ChatEvent[]::new)).size());
    }

    @Test
    void aBatchEndsWhereSavesAndRemovalsAlternate() {
        List<EventBatch> batches = batches(
                user(ADA, "Ada"),
                room(ROOM, "", ADA),
                new MemberLeft(ROOM, ADA),
                new MessageRemoved(HELLO),
                new RoomRemoved(ROOM),
                new UserRemoved(ADA),
                user(ADA, "Ada"));
        assertEquals(3, batches.size());
        assertInstanceOf(EventBatch.Saves.class, batches.get(0));
        assertEquals(
                new EventBatch.Removals(
                        List.of(new MemberLeft(ROOM, ADA)), List.of(HELLO), List.of(ROOM), List.of(ADA)),
                batches.get(1));
        assertInstanceOf(EventBatch.Saves.class, batches.get(2));
    }

    @Test
    void aFullBatchEnds() {
        for (ChatEvent event : List.of(user(ADA, "Ada"), new MessageRemoved(HELLO))) {
            int two = 2 * EventBatches.MAX_EVENTS;
            assertEquals(2, batches(Collections.nCopies(two, event).iterator()).size());
            assertEquals(
                    3, batches(Collections.nCopies(two + 1, event).iterator()).size());
        }
    }

    @Test
    void theLastSaveOfAnIdWins() {
        EventBatch.Saves saves = onlySaves(
                user(ADA, "A."),
                room(ROOM, "old", ADA),
                message(ROOM, "Helo"),
                user(ADA, "Ada"),
                room(ROOM, "new", ADA),
                message(ROOM, "Hello"));
        assertEquals(List.of(User.named(ADA, "Ada", 1)), saves.users());
        assertEquals(List.of(Room.group(ROOM, "new", ADA, 1)), saves.rooms());
        assertEquals(List.of(Message.text(HELLO, ROOM, ADA, "Hello", 1)), saves.messages());
    }

    @Test
    void theFirstJoinOfAMemberWins() {
        MemberJoined first = new MemberJoined(ROOM, ADA, 7);
        MemberJoined elsewhere = new MemberJoined(OTHER, ADA, 6);
        EventBatch.Saves saves = onlySaves(first, new MemberJoined(ROOM, ADA, 5), elsewhere);
        assertEquals(List.of(first, elsewhere), saves.joins());
    }

    @Test
    void repeatedRemovalsBecomeOne() {
        List<EventBatch> batches = batches(new UserRemoved(ADA), new UserRemoved(BOB), new UserRemoved(ADA));
        assertEquals(List.of(new EventBatch.Removals(List.of(), List.of(), List.of(), List.of(ADA, BOB))), batches);
    }

    @Test
    void aReferenceBeforeTheSaveIsPresumedAtItsFirstEvent() {
        EventBatch.Saves saves = onlySaves(
                room(ROOM, "", ADA), // 0: ada
                message(OTHER, "Hi"), // 1: other; the author may be unknown
                new MemberJoined(ROOM, BOB, 1), // 2: bob
                new MemberJoined(OTHER, ADA, 1),
                user(BOB, "Bob"),
                room(OTHER, "", BOB));
        assertEquals(Map.of(ADA, 0L, BOB, 2L), saves.presumedUsers());
        assertEquals(Map.of(OTHER, 1L), saves.presumedRooms());
    }

    @Test
    void aReferenceAfterTheSaveIsNotPresumed() {
        EventBatch.Saves saves = onlySaves(
                user(ADA, "Ada"), room(ROOM, "", ADA), new MemberJoined(ROOM, ADA, 1), message(ROOM, "Hello"));
        assertEquals(Map.of(), saves.presumedUsers());
        assertEquals(Map.of(), saves.presumedRooms());
    }

    @Test
    void indicesCountFromTheFirstEventOfTheRecording() {
        List<EventBatch> batches = batches(
                user(BOB, "Bob"), new RoomRemoved(ROOM), new RoomRemoved(OTHER), new MemberJoined(ROOM, BOB, 1));
        EventBatch.Saves last = assertInstanceOf(EventBatch.Saves.class, batches.get(2));
        assertEquals(Map.of(BOB, 3L), last.presumedUsers());
        assertEquals(Map.of(ROOM, 3L), last.presumedRooms());
    }

    @Test
    void aFailureOfTheSourceComesAfterTheEventsBeforeIt() {
        RuntimeException failure = new IllegalStateException("line 3");
        Stream<Supplier<ChatEvent>> lines = Stream.of(() -> user(ADA, "Ada"), () -> user(BOB, "Bob"), () -> {
            throw failure;
        });
        EventBatches batches = new EventBatches(lines.map(Supplier::get).iterator(), TextLimit.DEFAULT);
        EventBatch.Saves saves = assertInstanceOf(EventBatch.Saves.class, batches.next());
        assertEquals(2, saves.users().size());
        assertSame(failure, assertThrows(RuntimeException.class, batches::next));
        assertEquals(2, batches.eventsRead());
    }

    @Test
    void theEarliestReferenceToSomethingNotStoredIsRejected() {
        EventBatch.Saves saves = onlySaves(
                new MemberJoined(ROOM, ADA, 1), new MemberJoined(OTHER, BOB, 1), message(new RoomId("third"), "Hi"));
        assertRejected(0, "unknown user ada", saves, List.of(), List.of(ROOM, OTHER));
        assertRejected(1, "unknown room other", saves, List.of(ADA, BOB), List.of(ROOM));
        assertRejected(2, "unknown room third", saves, List.of(ADA, BOB), List.of(ROOM, OTHER));
        saves.requirePresumed(Set.of(ADA, BOB), Set.of(ROOM, OTHER, new RoomId("third")));
    }

    private static void assertRejected(
            long index, String reason, EventBatch.Saves saves, List<UserId> users, List<RoomId> rooms) {
        RejectedEventException rejected = assertThrows(
                RejectedEventException.class, () -> saves.requirePresumed(Set.copyOf(users), Set.copyOf(rooms)));
        assertEquals(index, rejected.index());
        assertEquals(reason, rejected.reason());
    }

    private static EventBatch.Saves onlySaves(ChatEvent... events) {
        List<EventBatch> batches = batches(events);
        assertEquals(1, batches.size());
        return assertInstanceOf(EventBatch.Saves.class, batches.get(0));
    }

    private static List<EventBatch> batches(ChatEvent... events) {
        return batches(List.of(events).iterator());
    }

    private static List<EventBatch> batches(Iterator<ChatEvent> events) {
        List<EventBatch> batches = new ArrayList<>();
        new EventBatches(events, TextLimit.DEFAULT).forEachRemaining(batches::add);
        return batches;
    }

    private static UserSaved user(UserId id, String nickName) {
        return new UserSaved(User.named(id, nickName, 1));
    }

    private static RoomSaved room(RoomId id, String name, UserId creator) {
        return new RoomSaved(Room.group(id, name, creator, 1));
    }

    private static MessageSaved message(RoomId room, String contents) {
        return new MessageSaved(Message.text(HELLO, room, ADA, contents, 1));
    }
}
