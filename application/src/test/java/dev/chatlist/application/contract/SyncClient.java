package dev.chatlist.application.contract;

import static java.util.Comparator.comparingLong;
import static java.util.Objects.requireNonNull;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.chatlist.application.sync.Cursor;
import dev.chatlist.application.sync.RemovedRoom;
import dev.chatlist.application.sync.StateToken;
import dev.chatlist.application.sync.SyncRequest;
import dev.chatlist.application.sync.SyncRequest.Delta;
import dev.chatlist.application.sync.SyncRequest.Walk;
import dev.chatlist.application.sync.Synced;
import dev.chatlist.domain.Chat;
import dev.chatlist.domain.PageRequest;
import dev.chatlist.domain.RoomId;
import dev.chatlist.domain.UserId;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A client that keeps a copy of a user's list as {@link Synced} says. It throws an {@link AssertionError} when an answer
 * breaks a promise that a client can see: for example when a walk lists a room twice. Not thread-safe.
 */
public final class SyncClient {
    private static final Comparator<Chat> ORDER =
            comparingLong(Chat::lastActivity).thenComparing(SyncClient::id).reversed();

    private final UserId user;
    private final Function<SyncRequest, Synced<Chat>> server;
    private final Map<RoomId, Chat> copy = new HashMap<>();
    private final Set<RoomId> listed = new HashSet<>();
    private @Nullable Chat lastListed;
    private @Nullable Cursor next = Cursor.BEGIN;
    private @Nullable StateToken state;

    /** @param server answers the user's requests, for example by calling {@code SyncMyChats} */
    public SyncClient(UserId user, Function<SyncRequest, Synced<Chat>> server) {
        this.user = user;
        this.server = server;
    }

    /** The next page of the walk or delta; after its last page, the delta since then. */
    public SyncRequest request(int size) {
        return next == null ? new Delta(requireNonNull(state), size) : new Walk(next, size);
    }

    /** Makes a request and brings the copy up to date with its answer. */
    public Synced<Chat> ask(SyncRequest request) {
        Synced<Chat> answer = server.apply(request);
        assertPromisesKept(request, answer);
        if (answer.isReset()) {
            copy.clear();
        }
        answer.removed().forEach(removed -> copy.remove(removed.roomId()));
        chats(answer).forEach(chat -> copy.put(id(chat), chat));
        next = answer.next();
        state = answer.state();
        if (isUpToDate()) {
            assertEquals(copy.size(), answer.count(), () -> "the count of " + answer);
        }
        return answer;
    }

    /** Whether the copy is the list as of the last answer: that was the last page. */
    public boolean isUpToDate() {
        return next == null;
    }

    /** The copy, in the order of the list. */
    public List<Chat> chats() {
        return copy.values().stream().sorted(ORDER).toList();
    }

    private void assertPromisesKept(SyncRequest request, Synced<Chat> answer) {
        boolean isWalkBegun = answer.isReset()
                || (request instanceof Walk walk && walk.cursor().equals(Cursor.BEGIN));
        boolean isFirstPage = isWalkBegun || request instanceof Delta;
        if (isFirstPage) {
            listed.clear();
            lastListed = null;
            assertEquals(List.of(), answer.moved(), () -> "a first page lists what has moved: " + answer);
        }
        if (isWalkBegun) {
            assertEquals(List.of(), answer.removed(), () -> "nothing to remove from an empty copy: " + answer);
        }
        for (Chat chat : answer.listed()) {
            assertTrue(listed.add(id(chat)), () -> id(chat) + " comes twice: " + answer);
            assertDescends(lastListed, chat, answer);
            lastListed = chat;
        }
        if (answer.listed().size() < request.size()) {
            assertNull(answer.next(), () -> "a page shorter than " + request.size() + " isn't the last: " + answer);
        }
        assertTrue(answer.listed().size() <= request.size(), () -> "more than " + request.size() + ": " + answer);
        assertTrue(answer.moved().size() <= PageRequest.MAX_SIZE, () -> "too many moved: " + answer);
        assertTrue(answer.removed().size() <= Synced.MAX_REMOVED, () -> "too many removed: " + answer);

        Chat before = null;
        for (Chat moved : answer.moved()) {
            assertDescends(before, moved, answer);
            before = moved;
        }
        Set<RoomId> told = new HashSet<>();
        Stream.concat(
                        chats(answer).map(SyncClient::id),
                        answer.removed().stream().map(RemovedRoom::roomId))
                .forEach(id -> assertTrue(told.add(id), () -> id + " is told twice in one answer: " + answer));
        chats(answer)
                .forEach(chat -> assertTrue(
                        chat.members().stream().anyMatch(member -> member.id().equals(user)),
                        () -> user + " is told of a room without being a member: " + chat));
    }

    private static Stream<Chat> chats(Synced<Chat> answer) {
        return Stream.concat(answer.moved().stream(), answer.listed().stream());
    }

    private static void assertDescends(@Nullable Chat before, Chat chat, Synced<Chat> answer) {
        assertTrue(
                before == null || ORDER.compare(before, chat) < 0, () -> id(chat) + " comes out of order: " + answer);
    }

    private static RoomId id(Chat chat) {
        return chat.room().id();
    }
}
