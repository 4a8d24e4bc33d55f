package dev.chatlist.application.contract;

import static java.util.Objects.requireNonNull;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.chatlist.application.ChatDirectory;
import dev.chatlist.application.ChatEventService;
import dev.chatlist.application.ChatJournal;
import dev.chatlist.application.ChatListService;
import dev.chatlist.application.RecordChatEvents;
import dev.chatlist.application.RejectedEventException;
import dev.chatlist.application.RoomVersion;
import dev.chatlist.application.StorageUnavailableException;
import dev.chatlist.domain.Chat;
import dev.chatlist.domain.ChatEvent;
import dev.chatlist.domain.ChatEvent.MemberLeft;
import dev.chatlist.domain.ChatEvent.MessageRemoved;
import dev.chatlist.domain.ChatEvent.MessageSaved;
import dev.chatlist.domain.ChatEvent.RoomRemoved;
import dev.chatlist.domain.ChatEvent.RoomSaved;
import dev.chatlist.domain.ChatEvent.UserRemoved;
import dev.chatlist.domain.ChatEvent.UserSaved;
import dev.chatlist.domain.Message;
import dev.chatlist.domain.Message.OpenseaItem;
import dev.chatlist.domain.MessageId;
import dev.chatlist.domain.PageRequest;
import dev.chatlist.domain.Room;
import dev.chatlist.domain.Room.OpenseaCollection;
import dev.chatlist.domain.RoomId;
import dev.chatlist.domain.User;
import dev.chatlist.domain.User.SocialAccount;
import dev.chatlist.domain.UserId;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * The promises of {@link ChatDirectory} and {@link ChatJournal}, as tests. An adapter's test extends this class and
 * implements three methods: two give each test its ports on an empty store, the third makes that store unavailable.
 * {@link ChatExcerptContract}, {@link ChatSyncContract} and {@link RandomSyncContract} test the rest of the reading port.
 */
public abstract class ChatStoreContract extends PortContract<ChatDirectory> {
    // ---- who sees what

    @Test
    void anUnknownUserHasNoRooms() {
        assertEquals(List.of(), directory.page(ADA, FIRST_PAGE));
        assertEquals(List.of(), directory.roomIds(ADA));
        assertEquals(List.of(), directory.chats(List.of()));
    }

    @Test
    void onlyMembersSeeARoom() {
        events.record(user(ADA), user(BOB), user(EVE), room(R1, ADA, 10), join(R1, BOB, 11));

        assertEquals(List.of(R1), pageOf(BOB));
        assertEquals(List.of(), pageOf(EVE));
        assertEquals(List.of(), pageOf(ADA), "a creator is not a member by that alone");
        assertEquals(List.of(R1), directory.roomIds(BOB));
        assertEquals(List.of(), directory.roomIds(ADA));
    }

    @Test
    void leavingHidesARoomUntilJoiningAgain() {
        events.record(user(ADA), user(BOB), room(R1, ADA, 10), join(R1, ADA, 11), join(R1, BOB, 12));
        events.record(new MemberLeft(R1, ADA));

        assertEquals(List.of(), pageOf(ADA));
        assertEquals(List.of(BOB), members(R1, BOB));

        events.record(join(R1, ADA, 13));
        assertEquals(List.of(BOB, ADA), members(R1, ADA), "ordered by the time of the second joining");
    }

    @Test
    void idsThatDifferInCaseAreDifferentUsers() {
        UserId upper = new UserId("0xABCDEF");
        UserId lower = new UserId("0xabcdef");
        events.record(user(upper), user(lower), room(R1, upper, 10), join(R1, upper, 11));

        assertEquals(List.of(R1), pageOf(upper));
        assertEquals(List.of(), pageOf(lower));
    }

    @Test
    void aRoomStaysWithItsLastMember() {
        events.record(user(ADA), user(BOB), room(R1, BOB, 10), join(R1, ADA, 11), join(R1, BOB, 12));
        events.record(message("m1", R1, 20), new MemberLeft(R1, BOB));

        assertEquals(List.of(ADA), members(R1, ADA));
        assertEquals(BOB, chat(ADA, R1).creator().id());
        assertEquals("m1", latest(R1));
    }

    @Test
    void aNewMemberSeesTheLatestMessageFromBeforeTheirTime() {
        events.record(user(ADA), room(R1, ADA, 10), message("m1", R1, 20), join(R1, ADA, 30));

        assertEquals("m1", latest(R1));
    }

    @Test
    void aTimeInTheFutureIsATimeLikeAnyOther() {
        long inTwoCenturies = Long.MAX_VALUE;
        events.record(user(ADA), room(R1, ADA, 10), room(R2, ADA, 20), join(R1, ADA, 10), join(R2, ADA, 20));
        events.record(message("m1", R1, inTwoCenturies), message("m2", R2, 30));

        assertEquals(List.of(R1, R2), pageOf(ADA));
    }

    // ---- order and pages

    @Test
    void roomsAreListedMostRecentlyActiveFirst() {
        events.record(
                user(ADA),
                room(R1, ADA, 10),
                room(R2, ADA, 20),
                room(R3, ADA, 30),
                join(R1, ADA, 1),
                join(R2, ADA, 1),
                join(R3, ADA, 1));
        assertEquals(List.of(R3, R2, R1), pageOf(ADA), "a room without messages is as active as it is new");

        events.record(message("m1", R1, 40), message("m2", R2, 35));
        assertEquals(List.of(R1, R2, R3), pageOf(ADA));

        events.record(message("m3", R3, 5));
        assertEquals(List.of(R1, R2, R3), pageOf(ADA), "a message older than its room moves the room down");
        assertEquals(5, chat(ADA, R3).lastActivity());
    }

    @Test
    void equallyActiveRoomsAreListedByIdDescending() {
        events.record(user(ADA));
        for (RoomId id : BY_CODE_POINT) {
            events.record(room(id, ADA, 7), join(id, ADA, 1));
        }

        assertEquals(reversed(BY_CODE_POINT), pageOf(ADA));
        assertEquals(BY_CODE_POINT, directory.roomIds(ADA));
    }

    @Test
    void pagesOfAnySizeHoldEachRoomOnceAndThenNone() {
        events.record(user(ADA));
        for (int n = 0; n < 23; n++) {
            RoomId id = new RoomId("room " + n);
            events.record(room(id, ADA, n / 4), join(id, ADA, 1));
        }
        List<RoomId> whole = ids(directory.page(ADA, new PageRequest(1, PageRequest.MAX_SIZE)));
        assertEquals(23, whole.size());

        for (int size = 1; size <= 24; size++) {
            List<RoomId> tiled = new ArrayList<>();
            for (int n = 1; n <= 23 / size + 2; n++) {
                tiled.addAll(ids(directory.page(ADA, new PageRequest(n, size))));
            }
            assertEquals(whole, tiled, "pages of " + size);
        }
        assertEquals(whole.stream().sorted().toList(), directory.roomIds(ADA));
        assertEquals(List.of(), directory.page(ADA, new PageRequest(Long.MAX_VALUE, PageRequest.MAX_SIZE)));
    }

    // ---- what a chat shows

    @Test
    void everyFieldOfAUserIsReadBack() {
        User blank = User.removed(ADA);
        events.record(new UserSaved(blank), room(R1, ADA, 1), join(R1, ADA, 1));
        for (RecordField<User> field : RecordField.of(blank)) {
            User recorded = field.value();
            List<RoomVersion> before = readFirstPage();
            events.record(new UserSaved(recorded), join(R1, recorded.id(), 1));

            Chat chat = chat(ADA, R1);
            assertReadBack(
                    field, chat.members().stream().filter(user -> user.id().equals(recorded.id())));
            if (recorded.id().equals(ADA)) {
                assertReadBack(field, Stream.of(chat.creator()));
            }
            assertNewVersion(field, before);
            events.record(new UserSaved(blank));
        }
    }

    @Test
    void everyFieldOfARoomIsReadBack() {
        Room blank = Room.group(R1, "", ADA, 0);
        events.record(user(ADA), new RoomSaved(blank), join(R1, ADA, 1));
        for (RecordField<Room> field : RecordField.of(blank)) {
            Room recorded = field.value();
            events.record(user(recorded.creatorId()));
            List<RoomVersion> before = readFirstPage();
            events.record(new RoomSaved(recorded), join(recorded.id(), ADA, 1));

            assertReadBack(
                    field, chats().map(Chat::room).filter(room -> room.id().equals(recorded.id())));
            assertNewVersion(field, before);
            events.record(new RoomSaved(blank));
        }
    }

    @Test
    void everyFieldOfAMessageIsReadBack() {
        // Its id comes before any other's, so it is never the latest message beside another.
        Message blank = Message.text(new MessageId("0"), R1, ADA, "", 0);
        events.record(user(ADA), room(R1, ADA, 1), join(R1, ADA, 1));
        for (RecordField<Message> field : RecordField.of(blank)) {
            Message recorded = field.value();
            events.record(room(recorded.toRoomId(), ADA, 1), join(recorded.toRoomId(), ADA, 1));
            events.record(new MessageSaved(blank));
            List<RoomVersion> before = readFirstPage();
            events.record(new MessageSaved(recorded));

            assertReadBack(
                    field,
                    chats().map(Chat::latest)
                            .filter(Objects::nonNull)
                            .filter(message -> message.toRoomId().equals(recorded.toRoomId())));
            assertNewVersion(field, before);
            events.record(new MessageRemoved(recorded.id()));
        }
    }

    @Test
    void aChatShowsAllThatWasSaved() {
        User creator = new User(
                ADA,
                "Ada Λόβλεϊς",
                "1111111",
                "0xa07c",
                "ada.eth",
                new SocialAccount("ada-o", "o.png"),
                new SocialAccount("ada-t", "t.png"),
                new SocialAccount("ada#1", "d.png"),
                new SocialAccount("ada-f", "f.png"),
                new SocialAccount("ada-i", "i.png"),
                1643444610000000001L);
        Room room = new Room(
                R1,
                "عنوان \"quoted\" \\ \n line",
                "ChatRoom",
                ADA,
                true,
                true,
                new OpenseaCollection("Cool Cats", "cover.png", "cool-cats"),
                1643444610855372555L);
        Message message = new Message(
                new MessageId("m1"),
                R1,
                new UserId("a stranger"),
                "opensea_item",
                "👩‍👩‍👧‍👦 語 नमस्ते",
                "thread 1",
                true,
                "m0",
                new OpenseaItem("0xc0ffee", "Cat #7", "cat7.png"),
                List.of(BOB, ADA, BOB),
                Long.MAX_VALUE);
        events.record(new UserSaved(creator), new RoomSaved(room), join(R1, ADA, 5), new MessageSaved(message));

        assertEquals(List.of(new Chat(room, creator, List.of(creator), message)), list.listMyChats(ADA, FIRST_PAGE));
    }

    @Test
    void membersAreOrderedByJoiningTimeThenId() {
        events.record(user(ADA), user(BOB), user(EVE), room(R1, ADA, 1));
        events.record(join(R1, EVE, 5), join(R1, BOB, 7), join(R1, ADA, 7));

        assertEquals(List.of(EVE, ADA, BOB), members(R1, ADA));
    }

    @Test
    void joiningAgainChangesNothing() {
        events.record(user(ADA), user(BOB), room(R1, ADA, 1), join(R1, ADA, 5), join(R1, BOB, 6), join(R1, ADA, 9));
        events.record(join(R1, BOB, 2));

        assertEquals(List.of(ADA, BOB), members(R1, ADA));
    }

    @Test
    void aCreatorWhoIsNotAMemberIsShown() {
        events.record(user(ADA), user(BOB), room(R1, ADA, 1), join(R1, BOB, 2));

        assertEquals(ADA, chat(BOB, R1).creator().id());
        assertEquals(List.of(BOB), members(R1, BOB));
    }

    @Test
    void theLatestMessageIsTheGreatestByTimeThenId() {
        events.record(user(ADA), room(R1, ADA, 1), join(R1, ADA, 1));
        assertNull(chat(ADA, R1).latest());

        events.record(message("m2", R1, 50), message("m3", R1, 50), message("m1", R1, 50), message("m9", R1, 49));
        assertEquals("m3", latest(R1));

        events.record(message("z\uFFFD", R1, 50), message("z\uD83D\uDE00", R1, 50));
        assertEquals("z\uD83D\uDE00", latest(R1), "by code point");
    }

    // ---- changes

    @Test
    void savingAMessageAgainReplacesIt() {
        events.record(user(ADA), room(R1, ADA, 1), join(R1, ADA, 1), message("m1", R1, 50), message("m2", R1, 60));

        events.record(new MessageSaved(Message.text(new MessageId("m2"), R1, EVE, "edited", 60)));
        assertEquals("edited", requireNonNull(chat(ADA, R1).latest()).msgContents());

        events.record(message("m2", R1, 40));
        assertEquals("m1", latest(R1), "m2 is the older one now");
    }

    @Test
    void movingAMessageToAnotherRoomChangesBothRooms() {
        events.record(user(ADA), room(R1, ADA, 1), room(R2, ADA, 2), join(R1, ADA, 1), join(R2, ADA, 1));
        events.record(message("m1", R1, 50), message("m2", R1, 60));
        List<Chat> before = list.listMyChats(ADA, FIRST_PAGE);
        RoomVersion oldRoom = version(R1);
        RoomVersion newRoom = version(R2);

        events.record(message("m2", R2, 60));
        assertTrue(version(R1).version() > oldRoom.version(), "the room that lost the message has a new version");
        assertTrue(version(R2).version() > newRoom.version(), "the room that got the message has a new version");
        List<Chat> remembered = directory.chats(List.of(oldRoom, newRoom));
        assertTrue(before.containsAll(remembered), "an old version shows its old content or nothing");
        assertEquals("m1", latest(R1));
        assertEquals("m2", latest(R2));
        assertEquals(List.of(R2, R1), pageOf(ADA));

        events.record(message("m1", R2, 50));
        assertNull(chat(ADA, R1).latest(), "its last message moved too");
        assertEquals("m2", latest(R2));
    }

    @Test
    void removingTheLatestMessageShowsTheOneBefore() {
        events.record(user(ADA), room(R1, ADA, 1), join(R1, ADA, 1));
        events.record(message("m1", R1, 50), message("m2", R1, 60), message("m3", R1, 60));

        events.record(new MessageRemoved(new MessageId("m3")));
        assertEquals("m2", latest(R1));
        events.record(new MessageRemoved(new MessageId("m1")), new MessageRemoved(new MessageId("m2")));
        assertNull(chat(ADA, R1).latest());
        assertEquals(1, chat(ADA, R1).lastActivity());
    }

    @Test
    void savingARoomAgainReplacesIt() {
        events.record(user(ADA), user(BOB), room(R1, ADA, 10), room(R2, ADA, 20), join(R1, ADA, 1), join(R2, ADA, 1));
        events.record(new RoomSaved(Room.group(R1, "renamed", BOB, 30)));

        assertEquals("renamed", chat(ADA, R1).room().name());
        assertEquals(BOB, chat(ADA, R1).creator().id());
        assertEquals(List.of(R1, R2), pageOf(ADA), "a room without messages moves with its own time");
        assertEquals(List.of(ADA), members(R1, ADA));
    }

    @Test
    void aChangedProfileShowsInEveryRoomOfItsUser() {
        events.record(user(ADA), user(BOB), room(R1, BOB, 1), room(R2, ADA, 2), join(R1, ADA, 1), join(R2, ADA, 1));
        events.record(join(R2, BOB, 2), new UserSaved(User.named(BOB, "Robert", 3)));

        assertEquals("Robert", chat(ADA, R1).creator().nickName());
        assertEquals("Robert", chat(ADA, R2).members().get(1).nickName());
    }

    @Test
    void aRemovedUserIsBlankAndStaysAMember() {
        events.record(user(ADA), user(BOB), room(R1, BOB, 1), join(R1, ADA, 1), join(R1, BOB, 2), message("m", R1, 3));
        events.record(new UserRemoved(BOB));

        assertEquals(User.removed(BOB), chat(ADA, R1).creator());
        assertEquals(
                List.of(User.named(ADA, "nick of ada", 1), User.removed(BOB)),
                chat(ADA, R1).members());
        assertEquals(List.of(R1), pageOf(BOB));

        events.record(room(R2, BOB, 4), join(R2, BOB, 5));
        assertEquals(List.of(R2, R1), pageOf(BOB), "a removed user is still known");
        events.record(user(BOB));
        assertEquals("nick of bob", chat(ADA, R1).creator().nickName());
    }

    @Test
    void removingARoomRemovesItsMembershipsAndMessages() {
        events.record(user(ADA), room(R1, ADA, 1), join(R1, ADA, 1), message("m", R1, 3));
        events.record(new RoomRemoved(R1));
        assertEquals(List.of(), pageOf(ADA));
        assertEquals(List.of(), directory.roomIds(ADA));

        events.record(room(R1, ADA, 7));
        assertEquals(List.of(), pageOf(ADA));
        events.record(join(R1, ADA, 8));
        assertNull(chat(ADA, R1).latest());
    }

    @Test
    void removingSomethingUnknownChangesNothing() {
        events.record(user(ADA), room(R1, ADA, 1), join(R1, ADA, 1), message("m", R1, 3));
        List<Chat> before = list.listMyChats(ADA, FIRST_PAGE);

        events.record(
                new MemberLeft(R1, BOB),
                new MemberLeft(R3, ADA),
                new MessageRemoved(new MessageId("no such")),
                new RoomRemoved(R3),
                new UserRemoved(BOB));
        assertEquals(before, list.listMyChats(ADA, FIRST_PAGE));
        assertThrows(RejectedEventException.class, () -> events.record(room(R2, BOB, 1)), "bob is still unknown");
    }

    @Test
    void eventsOfOneRecordingAreAppliedInOrder() {
        events.record(
                user(ADA),
                user(BOB),
                room(R1, ADA, 1),
                join(R1, ADA, 5),
                join(R1, BOB, 6),
                new MemberLeft(R1, ADA),
                join(R1, ADA, 7),
                message("m1", R1, 50),
                new MessageRemoved(new MessageId("m1")),
                message("m1", R1, 20),
                message("m2", R1, 30),
                new RoomRemoved(R2),
                room(R2, ADA, 9),
                join(R2, ADA, 9),
                new RoomRemoved(R2),
                new UserRemoved(BOB),
                new UserSaved(User.named(BOB, "back", 1)));

        assertEquals(List.of(R1), pageOf(ADA));
        assertEquals(List.of(BOB, ADA), members(R1, ADA));
        assertEquals("m2", latest(R1));
        assertEquals("back", chat(ADA, R1).members().get(0).nickName());
    }

    // ---- versions

    @Test
    void everyVisibleChangeRaisesTheVersion() {
        events.record(user(ADA), user(BOB), user(EVE), room(R1, EVE, 1), join(R1, ADA, 1), message("m1", R1, 5));

        List<ChatEvent> changes = List.of(
                new RoomSaved(Room.group(R1, "renamed", EVE, 1)),
                new UserSaved(User.named(ADA, "member renamed", 1)),
                new UserSaved(User.named(EVE, "creator renamed", 1)),
                join(R1, BOB, 2),
                new UserRemoved(BOB),
                new MemberLeft(R1, BOB),
                message("m2", R1, 6),
                new MessageSaved(Message.text(new MessageId("m2"), R1, EVE, "edited", 6)),
                new MessageRemoved(new MessageId("m2")));
        for (ChatEvent change : changes) {
            RoomVersion before = directory.page(ADA, FIRST_PAGE).get(0);
            List<Chat> shown = directory.chats(List.of(before));
            assertEquals(1, shown.size());
            events.record(change);
            RoomVersion after = directory.page(ADA, FIRST_PAGE).get(0);
            assertTrue(after.version() > before.version(), "a greater version after " + change);
            List<Chat> remembered = directory.chats(List.of(before));
            assertTrue(
                    remembered.isEmpty() || remembered.equals(shown),
                    "the old version shows its old content or nothing after " + change);
            assertNotEquals(
                    shown, directory.chats(List.of(after)), "the new version shows the new content after " + change);
        }
    }

    @Test
    void aRoomSavedAfterItsRemovalReusesNoVersion() {
        events.record(user(ADA), room(R1, ADA, 1), join(R1, ADA, 1));
        RoomVersion first = directory.page(ADA, FIRST_PAGE).get(0);
        events.record(new RoomRemoved(R1));
        assertEquals(List.of(), directory.chats(List.of(first)));

        events.record(room(R1, ADA, 1), join(R1, ADA, 1));
        assertTrue(directory.page(ADA, FIRST_PAGE).get(0).version() > first.version());
        assertEquals(List.of(), directory.chats(List.of(first)));
    }

    @Test
    void chatsComeInTheRequestedOrder() {
        events.record(user(ADA), room(R1, ADA, 1), room(R2, ADA, 2), room(R3, ADA, 3), join(R2, ADA, 1));
        events.record(join(R1, ADA, 1), join(R3, ADA, 1));
        List<RoomVersion> page = directory.page(ADA, FIRST_PAGE);
        List<RoomVersion> shuffled = List.of(page.get(1), page.get(2), page.get(0));
        assertEquals(
                ids(shuffled),
                directory.chats(shuffled).stream().map(chat -> chat.room().id()).toList());
    }

    @Test
    void anAnswerIsReadIfItFitsIntoTheAllowedMemory() {
        events.record(user(ADA), user(BOB), room(R1, ADA, 1), room(R2, ADA, 2));
        events.record(join(R1, ADA, 1), join(R2, ADA, 1), join(R1, BOB, 2), message("m", R1, 5));
        List<RoomVersion> page = directory.page(ADA, FIRST_PAGE);

        assertReadWhole(
                ids(page),
                maxBytes -> directory.chats(page, maxBytes).stream()
                        .map(chat -> chat.room().id())
                        .toList());
        assertReadWhole(List.of(R1, R2), maxBytes -> directory.roomIds(ADA, maxBytes));
    }

    // ---- failures

    @Test
    void aReferenceToSomethingUnknownRejectsTheWholeRecording() {
        events.record(user(ADA), room(R1, ADA, 1), join(R1, ADA, 1));
        List<Chat> before = list.listMyChats(ADA, FIRST_PAGE);

        assertRejected(2, "unknown room r3", user(BOB), message("m1", R1, 5), message("m2", R3, 5));
        assertRejected(1, "unknown user eve", message("m1", R1, 5), room(R2, EVE, 2), user(EVE));
        assertRejected(0, "unknown user bob", join(R1, BOB, 1), user(BOB));
        assertRejected(1, "unknown room r2", message("m1", R1, 5), join(R2, ADA, 1), room(R2, ADA, 2));
        assertRejected(2, "unknown room r1", message("m1", R1, 5), new RoomRemoved(R1), join(R1, ADA, 3));

        assertEquals(before, list.listMyChats(ADA, FIRST_PAGE));
        assertThrows(RejectedEventException.class, () -> events.record(join(R1, BOB, 1)), "bob was never saved");
    }

    @Test
    void aFailingSourceLeavesNothingRecorded() {
        events.record(user(ADA), room(R1, ADA, 1), join(R1, ADA, 1));
        IllegalStateException failure = new IllegalStateException("line 3 is broken");
        Iterator<ChatEvent> source = Stream.concat(
                        LongStream.range(0, 25_000).<ChatEvent>mapToObj(n -> message("m" + n, R1, n)),
                        Stream.generate(() -> {
                            throw failure;
                        }))
                .iterator();

        assertSame(failure, assertThrows(IllegalStateException.class, () -> events.record(() -> source)));
        assertNull(chat(ADA, R1).latest());
    }

    @Test
    void aLongRecordingIsAppliedWholeOrNotAtAll() {
        events.record(user(ADA), room(R1, ADA, 1), join(R1, ADA, 1));
        List<ChatEvent> many = new ArrayList<>();
        LongStream.range(0, 25_000).forEach(n -> many.add(message("m" + n, R1, n)));
        many.add(message("last", R2, 1));

        RejectedEventException rejected = assertThrows(RejectedEventException.class, () -> events.record(many));
        assertEquals(25_000, rejected.index());
        assertNull(chat(ADA, R1).latest());

        many.remove(25_000);
        assertEquals(25_000, events.record(many));
        assertEquals("m24999", latest(R1));
    }

    @Test
    void anUnavailableStoreFailsEveryCall() throws Exception {
        RoomVersion neverRead = new RoomVersion(new RoomId("never read"), 1);
        events.record(user(ADA), room(R1, ADA, 1), join(R1, ADA, 1));
        makeUnavailable();

        assertUnavailable("page", () -> directory.page(ADA, FIRST_PAGE));
        assertUnavailable("chats", () -> directory.chats(List.of(neverRead)));
        assertUnavailable("roomIds", () -> directory.roomIds(ADA));
        assertUnavailable("record", () -> events.record(user(BOB)));
    }

    @Test
    void aPageReadEarlierIsNotRepeatedWhileTheStoreIsUnavailable() throws Exception {
        events.record(user(ADA), room(R1, ADA, 1), join(R1, ADA, 1));
        List<RoomVersion> page = directory.page(ADA, FIRST_PAGE);
        List<Chat> shown = directory.chats(page);
        assertEquals(List.of(R1), directory.roomIds(ADA));
        makeUnavailable();

        assertUnavailable("page", () -> directory.page(ADA, FIRST_PAGE));
        assertUnavailable("roomIds", () -> directory.roomIds(ADA));
        try {
            assertEquals(shown, directory.chats(page), "chats of known versions may come from memory, but all of them");
        } catch (StorageUnavailableException e) {
            // The other right answer.
        }
    }

    // ---- many events

    /** The message of a failure has the seed: {@code -Dchatlist.seed=} repeats it. */
    @Test
    void randomEventsInBatchesShowTheSameAsOneByOne() {
        long seed = Long.getLong("chatlist.seed", System.nanoTime());
        RandomEvents random = new RandomEvents(seed);
        InMemoryChatStore model = new InMemoryChatStore();
        ChatListService modelList = new ChatListService(model);
        RecordChatEvents modelEvents = new ChatEventService(model);
        Map<RoomVersion, Chat> contents = new HashMap<>();

        for (int round = 0; round < 60; round++) {
            // Large batches merge events; small ones change so little that a version left as it was is noticed.
            List<ChatEvent> batch = random.next(round % 2 == 0 ? 60 : 2);
            events.record(batch);
            // The model takes each event alone, so batches can't merge or reorder its events.
            batch.forEach(modelEvents::record);

            for (UserId user : RandomEvents.users()) {
                String where = "seed %d, round %d, user %s".formatted(seed, round, user);
                assertEquals(model.roomIds(user), directory.roomIds(user), where);
                for (int page = 1; page <= 3; page++) {
                    PageRequest request = new PageRequest(page, 5);
                    List<RoomVersion> versions = directory.page(user, request);
                    List<Chat> chats = directory.chats(versions);
                    assertEquals(modelList.listMyChats(user, request), chats, where);
                    for (int n = 0; n < chats.size(); n++) {
                        Chat first = contents.putIfAbsent(versions.get(n), chats.get(n));
                        assertTrue(first == null || first.equals(chats.get(n)), "one version, two contents, " + where);
                    }
                }
            }
        }
    }

    @Test
    void concurrentWritersAgreeOnTheLatestMessage() throws Exception {
        events.record(user(ADA), room(R1, ADA, 1), room(R2, ADA, 1), join(R1, ADA, 1), join(R2, ADA, 1));
        int writers = 4;
        int messages = 50;
        ExecutorService threads = Executors.newFixedThreadPool(writers);
        try {
            List<Callable<Void>> tasks = IntStream.range(0, writers)
                    .<Callable<Void>>mapToObj(writer -> () -> {
                        for (int n = 0; n < messages; n++) {
                            String id = "w%d-%03d".formatted(writer, n);
                            // Half of the writers write to the rooms in the other order.
                            RoomId first = writer % 2 == 0 ? R1 : R2;
                            RoomId second = writer % 2 == 0 ? R2 : R1;
                            events.record(message(id + first, first, n), message(id + second, second, n));
                            if (n % 3 == 0) {
                                events.record(new MessageRemoved(new MessageId(id + first)));
                            }
                        }
                        return null;
                    })
                    .toList();
            for (Future<Void> done : threads.invokeAll(tasks)) {
                done.get();
            }
        } finally {
            threads.shutdownNow();
        }
        assertEquals("w3-049r1", latest(R1));
        assertEquals("w3-049r2", latest(R2));
    }

    // ---- helpers

    private static final List<RoomId> BY_CODE_POINT = Stream.of("B", "a", "z\uFFFD", "z\uD83D\uDE00", "é")
            .map(RoomId::new)
            .toList();

    private List<RoomId> pageOf(UserId user) {
        return ids(directory.page(user, FIRST_PAGE));
    }

    private RoomVersion version(RoomId room) {
        return directory.page(ADA, FIRST_PAGE).stream()
                .filter(listed -> listed.roomId().equals(room))
                .findFirst()
                .orElseThrow();
    }

    private Stream<Chat> chats() {
        return list.listMyChats(ADA, FIRST_PAGE).stream();
    }

    private Chat chat(UserId member, RoomId room) {
        return list.listMyChats(member, FIRST_PAGE).stream()
                .filter(chat -> chat.room().id().equals(room))
                .findFirst()
                .orElseThrow();
    }

    private List<UserId> members(RoomId room, UserId member) {
        return chat(member, room).members().stream().map(User::id).toList();
    }

    private String latest(RoomId room) {
        return requireNonNull(chat(ADA, room).latest()).id().value();
    }

    /** Reads the chats too, so that a store that caches them has them in its cache. */
    private List<RoomVersion> readFirstPage() {
        List<RoomVersion> page = directory.page(ADA, FIRST_PAGE);
        directory.chats(page);
        return page;
    }

    private void assertNewVersion(RecordField<?> changed, List<RoomVersion> before) {
        assertNotEquals(before, directory.page(ADA, FIRST_PAGE), changed + " changed and its chat kept its version");
    }

    private static <R extends Record> void assertReadBack(RecordField<R> field, Stream<R> read) {
        assertEquals(List.of(field.value()), read.toList(), field + " was recorded and not read back");
    }

    private void assertRejected(long index, String reason, ChatEvent... rejected) {
        RejectedEventException e = assertThrows(RejectedEventException.class, () -> events.record(rejected));
        assertEquals(index, e.index());
        assertEquals(reason, e.reason());
    }

    private static <T> List<T> reversed(List<T> list) {
        List<T> reversed = new ArrayList<>(list);
        Collections.reverse(reversed);
        return reversed;
    }
}
