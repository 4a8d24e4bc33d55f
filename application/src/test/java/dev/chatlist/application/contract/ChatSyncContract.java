package dev.chatlist.application.contract;

import static dev.chatlist.application.sync.RemovedRoom.Reason.LEFT;
import static dev.chatlist.application.sync.RemovedRoom.Reason.ROOM_REMOVED;
import static java.util.Comparator.comparing;
import static java.util.Objects.requireNonNull;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.chatlist.application.RoomVersion;
import dev.chatlist.application.sync.Cursor;
import dev.chatlist.application.sync.RemovedRoom;
import dev.chatlist.application.sync.StateToken;
import dev.chatlist.application.sync.SyncDirectory;
import dev.chatlist.application.sync.SyncRequest;
import dev.chatlist.application.sync.SyncRequest.Delta;
import dev.chatlist.application.sync.SyncRequest.Numbered;
import dev.chatlist.application.sync.SyncRequest.Walk;
import dev.chatlist.application.sync.Synced;
import dev.chatlist.domain.ChatEvent;
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
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * The promises of {@link SyncDirectory#sync}, as tests. An adapter's test extends
 * this class and implements the same three methods as for {@link ChatStoreContract}.
 */
public abstract class ChatSyncContract extends PortContract<SyncDirectory> {
    private static final int SIZE = 4;
    private static final RemovedRoom LEFT_R1 = new RemovedRoom(R1, LEFT);
    private static final RemovedRoom REMOVED_R1 = new RemovedRoom(R1, ROOM_REMOVED);

    // ---- a numbered page

    @Test
    void aNumberedPageHasAStateAndTheCount() {
        rooms(10);
        for (int n = 1; n <= 4; n++) {
            PageRequest request = new PageRequest(n, SIZE);
            Synced<RoomVersion> page = directory.sync(ADA, new Numbered(request));
            assertEquals(directory.page(ADA, request), page.listed());
            assertNull(page.next());
            assertTold(page, ids(page.listed()));
            assertEquals(10, page.count());
            assertNothingNew(ADA, page.state());
        }
    }

    @Test
    void anUnknownUserHasAnEmptyListWithAState() {
        for (SyncRequest request : List.of(new Numbered(FIRST_PAGE), new Walk(Cursor.BEGIN, SIZE))) {
            Synced<RoomVersion> empty = directory.sync(ADA, request);
            assertTold(empty, List.of());
            assertNull(empty.next());
            assertEquals(0, empty.count());
            assertNothingNew(ADA, empty.state());
        }
    }

    @Test
    void aStateFromBeforeTheUserWasKnownIsOfUse() {
        StateToken state = state(ADA);
        threeRooms();

        assertTold(since(ADA, state), List.of(R3, R2, R1));
    }

    // ---- a delta

    @Test
    void withNothingNewTheStateIsTheSame() {
        threeRooms();
        StateToken state = state(ADA);

        assertNothingNew(ADA, state);
        assertEquals(3, since(ADA, state).count());
    }

    @Test
    void aChangeOfARoomThatIsNotMineIsNeverTold() {
        threeRooms();
        StateToken state = state(ADA);

        RoomId others = new RoomId("others");
        events.record(room(others, ADA, 50), join(others, BOB, 1), message("m", others, ADA, 51));
        assertNothingNew(ADA, state);
        events.record(new MemberLeft(others, BOB), new MessageRemoved(new MessageId("m")));
        assertNothingNew(ADA, state);
        events.record(new RoomRemoved(others));
        assertNothingNew(ADA, state);
    }

    @Test
    void everyVisibleChangeIsTold() {
        threeRooms();
        List<ChatEvent> changes = List.of(
                message("m1", R1, 50),
                new MessageSaved(Message.text(new MessageId("m1"), R1, EVE, "edited", 50)),
                new MessageRemoved(new MessageId("m1")),
                new RoomSaved(Room.group(R1, "renamed", EVE, 1)),
                new UserSaved(User.named(EVE, "creator renamed", 1)),
                join(R1, BOB, 2),
                new UserSaved(User.named(BOB, "member renamed", 1)),
                new UserRemoved(BOB),
                new MemberLeft(R1, BOB));
        for (ChatEvent change : changes) {
            StateToken state = state(ADA);
            events.record(change);
            Synced<RoomVersion> delta = since(ADA, state);
            assertTold(delta, List.of(R1));
            assertNotEquals(state, delta.state(), "after " + change);
            assertNothingNew(ADA, delta.state());
        }
    }

    @Test
    void aDeltaIsOrderedLikeTheList() {
        threeRooms();
        StateToken state = state(ADA);
        events.record(message("m1", R1, 50), message("m3", R3, 40));

        assertTold(since(ADA, state), List.of(R1, R3));
    }

    @Test
    void aRoomThatIJoinedIsListed() {
        threeRooms();
        StateToken state = state(BOB);
        events.record(join(R2, BOB, 50));

        Synced<RoomVersion> delta = since(BOB, state);
        assertTold(delta, List.of(R2));
        assertEquals(1, delta.count());
    }

    @Test
    void aRoomThatILeftIsRemoved() {
        threeRooms();
        StateToken state = state(ADA);
        events.record(new MemberLeft(R1, ADA));

        Synced<RoomVersion> delta = since(ADA, state);
        assertTold(delta, List.of(), LEFT_R1);
        assertEquals(2, delta.count());
        assertNothingNew(ADA, delta.state());
    }

    @Test
    void aRoomThatWasRemovedIsRemovedFromTheListsOfItsMembers() {
        threeRooms();
        events.record(join(R1, BOB, 5));
        StateToken ada = state(ADA);
        StateToken bob = state(BOB);
        StateToken eve = state(EVE);
        events.record(new RoomRemoved(R1));

        assertTold(since(ADA, ada), List.of(), REMOVED_R1);
        assertTold(since(BOB, bob), List.of(), REMOVED_R1);
        assertNothingNew(EVE, eve);
    }

    @Test
    void aRoomThatILeftAndJoinedAgainIsListedAndNotRemoved() {
        threeRooms();
        StateToken state = state(ADA);
        events.record(new MemberLeft(R1, ADA));
        events.record(join(R1, ADA, 50));
        assertTold(since(ADA, state), List.of(R1));

        events.record(new RoomRemoved(R2));
        events.record(room(R2, EVE, 20), join(R2, ADA, 51));
        assertTold(since(ADA, state), List.of(R2, R1));

        events.record(join(R3, BOB, 51));
        StateToken between = state(ADA);
        events.record(new MemberLeft(R3, ADA), join(R3, ADA, 52));
        assertTold(since(ADA, between), List.of(R3));
    }

    @Test
    void aRoomThatIJoinedAndLeftIsNotListed() {
        threeRooms();
        StateToken before = state(BOB);
        events.record(join(R1, BOB, 50));
        StateToken between = state(BOB);
        events.record(new MemberLeft(R1, BOB));

        assertTold(since(BOB, between), List.of(), LEFT_R1);
        assertEquals(List.of(), since(BOB, before).listed());
    }

    @Test
    void whatHappensAfterILeftIsNotTold() {
        threeRooms();
        StateToken before = state(ADA);
        events.record(new MemberLeft(R1, ADA));
        StateToken after = state(ADA);
        events.record(message("m", R1, ADA, 50));
        assertNothingNew(ADA, after);
        events.record(new RoomSaved(Room.group(R1, "renamed", ADA, 90)), join(R1, BOB, 51));
        assertNothingNew(ADA, after);
        events.record(new RoomRemoved(R1));
        assertNothingNew(ADA, after);

        assertTold(since(ADA, before), List.of(), LEFT_R1);
    }

    @Test
    void aRoomSavedAgainWithoutMeStaysRemoved() {
        threeRooms();
        StateToken state = state(ADA);
        events.record(new RoomRemoved(R1));
        events.record(room(R1, ADA, 10), join(R1, BOB, 5), message("m", R1, ADA, 50));

        assertTold(since(ADA, state), List.of(), REMOVED_R1);
    }

    @Test
    void aDeltaLargerThanAPageGoesOn() {
        rooms(20);
        StateToken state = state(ADA);
        for (int n = 0; n < 10; n++) {
            events.record(message("m" + n, roomId(n * 2), 100 + n));
        }

        Synced<RoomVersion> first = since(ADA, state);
        assertTold(first, roomIds(18, 16, 14, 12));
        events.record(
                message("again", roomId(6), 200), message("new", roomId(3), 201), message("known", roomId(18), 202));
        events.record(new MemberLeft(roomId(4), ADA), new MemberLeft(roomId(5), ADA));
        Synced<RoomVersion> second = next(ADA, first);
        assertEquals(roomIds(10, 8, 2, 0), ids(second.listed()), "those that haven't changed since the first page");
        assertEquals(roomIds(18, 3, 6), ids(second.moved()));
        assertEquals(
                List.of(new RemovedRoom(roomId(4), LEFT), new RemovedRoom(roomId(5), LEFT)), sorted(second.removed()));
        assertNull(second.next());
        assertEquals(18, second.count());
        assertNothingNew(ADA, second.state());
    }

    @Test
    void aPageOfADeltaListsOnlyWhatHasChanged() {
        rooms(20);
        StateToken state = state(ADA);
        for (int n = 5; n < 15; n++) {
            events.record(new RoomSaved(Room.group(roomId(n), "renamed", EVE, n)));
        }

        Synced<RoomVersion> first = since(ADA, state);
        assertTold(first, roomIds(14, 13, 12, 11));
        Synced<RoomVersion> second = next(ADA, first);
        assertTold(second, roomIds(10, 9, 8, 7));
        Synced<RoomVersion> third = next(ADA, second);
        assertTold(third, roomIds(6, 5));
        assertNull(third.next());
    }

    @Test
    void theSameStateMayBeUsedTwice() {
        threeRooms();
        StateToken state = state(ADA);
        events.record(message("m1", R1, 50), new MemberLeft(R3, ADA));
        Synced<RoomVersion> first = since(ADA, state);
        Synced<RoomVersion> second = since(ADA, state);
        assertEquals(first.listed(), second.listed());
        assertEquals(first.removed(), second.removed());
        assertFalse(second.isReset());

        events.record(message("m2", R2, 60));
        assertTold(since(ADA, state), List.of(R2, R1), new RemovedRoom(R3, LEFT));
        assertTold(since(ADA, first.state()), List.of(R2));
    }

    // ---- a walk

    @Test
    void withoutWritersAWalkIsTheNumberedPages() {
        rooms(23);
        for (int size = 1; size <= 25; size++) {
            Synced<RoomVersion> page = begin(ADA, size);
            for (int n = 1; ; n++) {
                assertEquals(
                        directory.page(ADA, new PageRequest(n, size)),
                        page.listed(),
                        "page %s of %s".formatted(n, size));
                assertTold(page, ids(page.listed()));
                assertEquals(23, page.count());
                assertEquals(n * size >= 23, page.next() == null, "the last page of %s, at %s".formatted(size, n));
                if (page.next() == null) {
                    break;
                }
                page = next(ADA, page, size);
            }
            assertNothingNew(ADA, page.state());
        }
    }

    @Test
    void theSizeMayChangeFromPageToPage() {
        rooms(10);
        Synced<RoomVersion> first = begin(ADA, 2);
        Synced<RoomVersion> second = next(ADA, first, 5);
        Synced<RoomVersion> third = next(ADA, second, PageRequest.MAX_SIZE);

        assertTold(first, roomIds(9, 8));
        assertTold(second, roomIds(7, 6, 5, 4, 3));
        assertTold(third, roomIds(2, 1, 0));
        assertNull(third.next());
    }

    @Test
    void equallyActiveRoomsAreWalkedById() {
        events.record(user(ADA));
        for (int n = 0; n < 9; n++) {
            events.record(room(roomId(n), ADA, 7), join(roomId(n), ADA, 1));
        }
        Synced<RoomVersion> first = begin(ADA, SIZE);
        Synced<RoomVersion> second = next(ADA, first);

        assertTold(first, roomIds(8, 7, 6, 5));
        assertTold(second, roomIds(4, 3, 2, 1));
        assertTold(next(ADA, second), roomIds(0));
    }

    @Test
    void aRoomThatChangedSinceTheFirstPageComesOnlyAsMoved() {
        rooms(12);
        Synced<RoomVersion> first = begin(ADA, SIZE);
        events.record(
                message("up", roomId(5), 100),
                message("down", roomId(7), 0),
                message("listed before, now ahead", roomId(10), 3),
                new RoomSaved(Room.group(roomId(6), "renamed where it is", EVE, 6)));

        Synced<RoomVersion> second = next(ADA, first);
        assertEquals(roomIds(4, 3, 2, 1), ids(second.listed()));
        assertEquals(roomIds(5, 6, 10, 7), ids(second.moved()), "in the order of the list");
        assertCurrent(second);

        Synced<RoomVersion> third = next(ADA, second);
        assertTold(third, roomIds(0));
        assertNull(third.next());
        assertNothingNew(ADA, third.state());
    }

    @Test
    void aWalkGoesOnWhereTheLastRoomOfThePageWas() {
        rooms(12);
        Synced<RoomVersion> first = begin(ADA, SIZE);
        assertEquals(roomId(8), first.listed().get(SIZE - 1).roomId());
        events.record(message("up", roomId(8), 100));
        Synced<RoomVersion> second = next(ADA, first);
        assertEquals(roomIds(7, 6, 5, 4), ids(second.listed()));

        events.record(new MemberLeft(roomId(4), ADA));
        assertTold(next(ADA, second), roomIds(3, 2, 1, 0), new RemovedRoom(roomId(4), LEFT));
    }

    @Test
    void eachPageTellsWhatHasChangedSinceTheOneBefore() {
        rooms(12);
        Synced<RoomVersion> first = begin(ADA, SIZE);
        events.record(message("m1", roomId(0), 100));
        Synced<RoomVersion> second = next(ADA, first);
        assertEquals(roomIds(0), ids(second.moved()));

        events.record(message("m2", roomId(0), 101), message("m3", roomId(9), 102));
        Synced<RoomVersion> third = next(ADA, second);
        assertEquals(roomIds(9, 0), ids(third.moved()));
        assertEquals(roomIds(3, 2, 1), ids(third.listed()));

        events.record(message("m4", roomId(2), 103));
        assertTold(since(ADA, third.state()), roomIds(2));
    }

    @Test
    void joiningAndLeavingAreToldOnLaterPages() {
        rooms(12);
        events.record(
                room(R1, EVE, 100), room(R2, EVE, 0), room(R3, EVE, 3), join(R3, ADA, 1), user(BOB), join(R1, BOB, 1));
        Synced<RoomVersion> first = begin(ADA, SIZE);
        assertEquals(roomIds(11, 10, 9, 8), ids(first.listed()));
        events.record(join(R1, ADA, 5), join(R2, ADA, 5), new MemberLeft(roomId(9), ADA), new RoomRemoved(roomId(2)));
        events.record(new MemberLeft(roomId(7), ADA), new MemberLeft(R3, ADA));
        events.record(join(R3, ADA, 6));

        Synced<RoomVersion> second = next(ADA, first);
        assertEquals(roomIds(6, 5, 4, 3), ids(second.listed()));
        assertEquals(List.of(R1, R3, R2), ids(second.moved()));
        assertEquals(
                List.of(
                        new RemovedRoom(roomId(2), ROOM_REMOVED),
                        new RemovedRoom(roomId(7), LEFT),
                        new RemovedRoom(roomId(9), LEFT)),
                sorted(second.removed()));
        assertEquals(12, second.count());
        assertCurrent(second);
        assertTold(next(ADA, second), roomIds(1, 0));
    }

    @Test
    void aWalkEndsWhenAllThatIsLeftHasMoved() {
        rooms(6);
        Synced<RoomVersion> first = begin(ADA, SIZE);
        events.record(message("m0", roomId(0), 100), message("m1", roomId(1), 101));

        Synced<RoomVersion> second = next(ADA, first);
        assertEquals(List.of(), second.listed());
        assertEquals(roomIds(1, 0), ids(second.moved()));
        assertNull(second.next());
        assertNothingNew(ADA, second.state());
    }

    @Test
    void theSameCursorMayBeUsedTwice() {
        rooms(12);
        Synced<RoomVersion> first = begin(ADA, SIZE);
        Synced<RoomVersion> second = next(ADA, first);
        events.record(message("m0", roomId(0), 100), message("m6", roomId(6), 101));

        Synced<RoomVersion> again = next(ADA, first);
        assertEquals(roomIds(7, 6, 5, 4), ids(second.listed()));
        assertEquals(roomIds(7, 5, 4, 3), ids(again.listed()));
        assertEquals(roomIds(6, 0), ids(again.moved()));
        assertEquals(roomIds(6, 0), ids(next(ADA, second).moved()));
        assertFalse(again.isReset());
    }

    @Test
    void aWalkTellsNothingOfRoomsThatAreNotMine() {
        rooms(12);
        events.record(user(BOB), room(R1, ADA, 100), join(R1, BOB, 1), new MemberLeft(roomId(3), ADA));
        Synced<RoomVersion> first = begin(ADA, SIZE);
        events.record(message("m1", R1, 200), message("m2", roomId(3), 201), new MemberLeft(R1, BOB));
        events.record(new RoomRemoved(roomId(3)));

        Synced<RoomVersion> second = next(ADA, first);
        assertTold(second, roomIds(7, 6, 5, 4));
        assertTold(next(ADA, second), roomIds(2, 1, 0));
    }

    // ---- tokens that are of no use

    @Test
    void tokensOfAnotherUserAreAReset() {
        rooms(12);
        events.record(user(BOB), join(roomId(3), BOB, 5), join(roomId(4), BOB, 5));
        Tokens ada = tokens();

        assertReset(BOB, new Delta(ada.state, SIZE));
        assertReset(BOB, new Walk(ada.walk, SIZE));
        assertReset(BOB, new Walk(ada.delta, SIZE));
        assertReset(BOB, new Delta(ada.state, 1));
        assertReset(new UserId("unknown"), new Delta(ada.state, SIZE));
        assertReset(EVE, new Walk(ada.walk, SIZE));
    }

    @Test
    void changedAndMadeUpTextsAreAReset() {
        rooms(12);
        Tokens ada = tokens();
        for (String genuine : ada.values()) {
            for (String text : changed(genuine)) {
                assertResetByBoth(text);
            }
        }
        List<String> madeUp = List.of(
                "0",
                "A",
                "-1",
                " ",
                "\n",
                "\0",
                "\uD83D",
                "😀",
                "null",
                "state:1",
                "AAAAAAAAAAAAAAAAAAAAAAAAAAAA",
                "________________________",
                "====",
                "%41",
                "A".repeat(StateToken.MAX_LENGTH));
        madeUp.forEach(this::assertResetByBoth);
        assertReset(ADA, new Walk(new Cursor("A".repeat(Cursor.MAX_LENGTH)), SIZE));
    }

    /** Each character replaced by another, and the text made shorter and longer. */
    private static List<String> changed(String genuine) {
        List<String> changed = new ArrayList<>();
        for (int n = 0; n < genuine.length(); n++) {
            char next = genuine.charAt(n) == 'A' ? 'B' : 'A';
            changed.add(genuine.substring(0, n) + next + genuine.substring(n + 1));
        }
        // In Base64, the last character may have bits without a meaning.
        char last = genuine.charAt(genuine.length() - 1);
        changed.add(genuine.substring(0, genuine.length() - 1) + (char) (last + 1));
        changed.add(genuine.substring(1));
        changed.add(genuine.substring(0, genuine.length() - 1));
        changed.add(genuine + "A");
        changed.add(genuine + "=");
        changed.add(" " + genuine);
        changed.add(genuine + genuine);
        return changed;
    }

    @Test
    void tokensOfAnotherStoreAreAReset() {
        rooms(12);
        InMemoryChatStore other = new InMemoryChatStore();
        Synced<RoomVersion> foreign = other.sync(ADA, new Walk(Cursor.BEGIN, SIZE));

        assertReset(ADA, new Delta(foreign.state(), SIZE));
        assertReset(ADA, new Walk(new Cursor(foreign.state().value()), SIZE));
    }

    @Test
    void aStateIsNoCursorAndACursorIsNoState() {
        rooms(12);
        Tokens ada = tokens();

        assertReset(ADA, new Walk(new Cursor(ada.state.value()), SIZE));
        assertReset(ADA, new Delta(new StateToken(ada.walk.value()), SIZE));
        assertReset(ADA, new Delta(new StateToken(ada.delta.value()), SIZE));
    }

    @Test
    void moreRemovalsThanAnAnswerTakesAreAReset() {
        rooms(Synced.MAX_REMOVED + 5);
        StateToken state = state(ADA);
        Synced<RoomVersion> first = begin(ADA, 1);
        List<ChatEvent> leaves = new ArrayList<>();
        for (int n = 0; n < Synced.MAX_REMOVED; n++) {
            leaves.add(new MemberLeft(roomId(n), ADA));
        }
        events.record(leaves);
        assertEquals(Synced.MAX_REMOVED, since(ADA, state).removed().size());
        assertEquals(Synced.MAX_REMOVED, next(ADA, first).removed().size());

        events.record(new MemberLeft(roomId(Synced.MAX_REMOVED), ADA));
        assertReset(ADA, new Delta(state, SIZE));
        assertReset(ADA, new Walk(requireNonNull(first.next()), SIZE));

        for (int n = 1; n < 5; n++) {
            events.record(new MemberLeft(roomId(Synced.MAX_REMOVED + n), ADA));
        }
        assertReset(ADA, new Delta(state, SIZE));
    }

    @Test
    void moreMovedRoomsThanAPageTakesAreAReset() {
        List<ChatEvent> many = new ArrayList<>(List.of(user(ADA), user(BOB), user(EVE)));
        for (int n = 0; n <= PageRequest.MAX_SIZE; n++) {
            many.add(room(roomId(n), n == 0 ? EVE : BOB, n));
            many.add(join(roomId(n), ADA, 1));
        }
        events.record(many);
        Synced<RoomVersion> first = begin(ADA, 1);
        events.record(new UserSaved(User.named(BOB, "renamed", 1)));
        Synced<RoomVersion> second = next(ADA, first);
        assertEquals(PageRequest.MAX_SIZE, second.moved().size());
        assertEquals(roomIds(0), ids(second.listed()));

        events.record(new UserSaved(User.named(EVE, "renamed", 1)));
        assertReset(ADA, new Walk(requireNonNull(first.next()), PageRequest.MAX_SIZE));
    }

    // ---- an outage

    @Test
    void anUnavailableStoreFailsEveryRequest() throws Exception {
        rooms(12);
        Tokens ada = tokens();
        makeUnavailable();

        assertUnavailable("a numbered page", () -> directory.sync(ADA, new Numbered(FIRST_PAGE)));
        assertUnavailable("the first page of a walk", () -> begin(ADA, SIZE));
        assertUnavailable("a later page", () -> directory.sync(ADA, new Walk(ada.walk, SIZE)));
        assertUnavailable("a delta", () -> since(ADA, ada.state));
        assertUnavailable("a token of another user", () -> since(BOB, ada.state));
    }

    // ---- helpers

    /** A state, and a cursor of a walk and of a delta, as Ada got them. */
    private record Tokens(StateToken state, Cursor walk, Cursor delta) {
        List<String> values() {
            return List.of(state.value(), walk.value(), delta.value());
        }
    }

    /** Of {@link #rooms 12 rooms}. */
    private Tokens tokens() {
        StateToken state = state(ADA);
        events.record(new UserSaved(User.named(EVE, "renamed", 1)));
        return new Tokens(
                state,
                requireNonNull(begin(ADA, SIZE).next()),
                requireNonNull(since(ADA, state).next()));
    }

    /** Ada is in rooms 0 to {@code count - 1}. The latest activity is in the last. */
    private void rooms(int count) {
        List<ChatEvent> recorded = new ArrayList<>(List.of(user(ADA), user(EVE)));
        for (int n = 0; n < count; n++) {
            recorded.add(room(roomId(n), EVE, n));
            recorded.add(join(roomId(n), ADA, 1));
        }
        events.record(recorded);
    }

    private static RoomId roomId(int n) {
        return new RoomId("room " + (10_000 + n));
    }

    private static List<RoomId> roomIds(int... numbers) {
        return IntStream.of(numbers).mapToObj(ChatSyncContract::roomId).toList();
    }

    private StateToken state(UserId user) {
        return directory.sync(user, new Numbered(FIRST_PAGE)).state();
    }

    private Synced<RoomVersion> since(UserId user, StateToken state) {
        return since(user, state, SIZE);
    }

    private Synced<RoomVersion> since(UserId user, StateToken state, int size) {
        return directory.sync(user, new Delta(state, size));
    }

    private Synced<RoomVersion> begin(UserId user, int size) {
        return directory.sync(user, new Walk(Cursor.BEGIN, size));
    }

    private Synced<RoomVersion> next(UserId user, Synced<RoomVersion> page) {
        return next(user, page, SIZE);
    }

    private Synced<RoomVersion> next(UserId user, Synced<RoomVersion> page, int size) {
        return directory.sync(user, new Walk(requireNonNull(page.next(), "there is no next page"), size));
    }

    /** Nothing has moved, and this is all that is listed and removed. */
    private void assertTold(Synced<RoomVersion> part, List<RoomId> listed, RemovedRoom... removed) {
        assertFalse(part.isReset(), () -> "a reset: " + part);
        assertEquals(listed, ids(part.listed()));
        assertEquals(List.of(), part.moved());
        assertEquals(List.of(removed), sorted(part.removed()));
        assertCurrent(part);
    }

    private void assertCurrent(Synced<RoomVersion> part) {
        List<RoomVersion> rooms =
                Stream.concat(part.listed().stream(), part.moved().stream()).toList();
        assertEquals(ids(rooms), roomIdsOf(directory.chats(rooms)), "rooms with a current version");
    }

    private void assertNothingNew(UserId user, StateToken state) {
        Synced<RoomVersion> delta = since(user, state);
        assertTold(delta, List.of());
        assertNull(delta.next());
        assertEquals(state, delta.state(), "nothing is new, so the state is the same");
    }

    private void assertResetByBoth(String text) {
        assertReset(ADA, new Delta(new StateToken(text), SIZE));
        assertReset(ADA, new Walk(new Cursor(text), SIZE));
    }

    /** The answer is the first page of a walk through the user's whole list, and its state is of use. */
    private void assertReset(UserId user, SyncRequest request) {
        Synced<RoomVersion> part = directory.sync(user, request);
        assertTrue(part.isReset(), () -> "no reset with %s: %s".formatted(request, part));
        assertEquals(directory.page(user, new PageRequest(1, request.size())), part.listed());
        assertEquals(List.of(), part.moved());
        assertEquals(List.of(), part.removed());

        List<RoomId> walked = new ArrayList<>(ids(part.listed()));
        Synced<RoomVersion> last = part;
        while (last.next() != null) {
            last = next(user, last);
            assertTold(last, ids(last.listed()));
            walked.addAll(ids(last.listed()));
        }
        assertEquals(directory.roomIds(user), walked.stream().sorted().toList(), "the whole list");
        assertNothingNew(user, last.state());
    }

    private static List<RemovedRoom> sorted(List<RemovedRoom> removed) {
        assertEquals(removed.size(), Set.copyOf(removed).size(), () -> "removed twice: " + removed);
        return removed.stream().sorted(comparing(RemovedRoom::roomId)).toList();
    }

    // ---- every change of a token

    /** A character of a token stands for six bits, if the token is written in Base64. */
    @Test
    void aTokenWithOneBitFlippedIsAReset() {
        rooms(12);
        List<String> changed = new ArrayList<>();
        for (String genuine : tokens().values()) {
            for (int n = 0; n < genuine.length(); n++) {
                int digit = BASE64.indexOf(genuine.charAt(n));
                for (int bit = 1; bit < 64; bit <<= 1) {
                    char other = digit < 0 ? (char) (genuine.charAt(n) ^ bit) : BASE64.charAt(digit ^ bit);
                    changed.add(genuine.substring(0, n) + other + genuine.substring(n + 1));
                }
            }
        }
        assertAllReset(changed);
    }

    @Test
    void aPartOfATokenAndATokenWithMoreTextAreAReset() {
        rooms(12);
        List<String> changed = new ArrayList<>();
        for (String genuine : tokens().values()) {
            for (int n = 1; n < genuine.length(); n++) {
                changed.add(genuine.substring(0, n));
                changed.add(genuine.substring(n));
                changed.add(genuine.substring(0, n) + genuine.substring(n + 1));
                changed.add(genuine.substring(0, n) + genuine.charAt(n) + genuine.substring(n));
            }
            for (String more : List.of("A", "=", "==", "_", "+", "/", ".", " ", "\n", "\0", "é", "\uD83D")) {
                changed.add(genuine + more);
                changed.add(more + genuine);
            }
        }
        assertAllReset(changed);
    }

    /** Nobody has a room twice or misses one because of it. */
    @Test
    void aTokenOfAnotherUserIsAResetInTheMiddleOfAWalk() {
        rooms(12);
        events.record(user(BOB), join(roomId(3), BOB, 5), join(roomId(4), BOB, 5), join(roomId(5), BOB, 5));
        Tokens ada = tokens();
        Synced<RoomVersion> bob = begin(BOB, 1);
        events.record(message("m", roomId(3), 100), new MemberLeft(roomId(5), BOB));

        assertReset(BOB, new Walk(ada.walk, 1));
        assertReset(ADA, new Walk(requireNonNull(bob.next()), 1));
        Synced<RoomVersion> next = next(BOB, bob, 1);
        assertEquals(roomIds(4), ids(next.listed()));
        assertEquals(roomIds(3), ids(next.moved()));
    }

    private static final String BASE64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

    /** Whether they are used as states or as cursors. */
    private void assertAllReset(List<String> texts) {
        List<RoomVersion> page = directory.page(ADA, new PageRequest(1, SIZE));
        for (String text : texts) {
            for (SyncRequest request :
                    List.of(new Delta(new StateToken(text), SIZE), new Walk(new Cursor(text), SIZE))) {
                Synced<RoomVersion> part = directory.sync(ADA, request);
                assertTrue(part.isReset(), () -> "no reset with %s: %s".formatted(request, part));
                assertEquals(page, part.listed());
            }
        }
    }
}
