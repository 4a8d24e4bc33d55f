package dev.chatlist.application.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.chatlist.application.RoomVersion;
import dev.chatlist.application.sync.ChatSyncService;
import dev.chatlist.application.sync.SyncDirectory;
import dev.chatlist.application.sync.SyncMyChats;
import dev.chatlist.application.sync.SyncRequest.Numbered;
import dev.chatlist.domain.Chat;
import dev.chatlist.domain.ChatEvent;
import dev.chatlist.domain.ChatEvent.MemberLeft;
import dev.chatlist.domain.ChatEvent.MessageRemoved;
import dev.chatlist.domain.ChatEvent.RoomRemoved;
import dev.chatlist.domain.ChatEvent.UserSaved;
import dev.chatlist.domain.MembersLimit;
import dev.chatlist.domain.MessageId;
import dev.chatlist.domain.RoomId;
import dev.chatlist.domain.User;
import dev.chatlist.domain.UserId;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/**
 * The promises of {@link SyncDirectory#excerpts}, as tests. An adapter's test extends this class and implements the same
 * three methods as for {@link ChatStoreContract}.
 */
public abstract class ChatExcerptContract extends PortContract<SyncDirectory> {
    @Test
    void anExcerptShowsMeTheLatestAuthorAndThoseWhoJoinedFirst() {
        roomOfTen(userId(8));

        assertEquals(userIds(0, 1, 5, 8), shown(userId(5), 4));
        assertEquals(userIds(0, 5, 8), shown(userId(5), 3));
        assertEquals(userIds(0, 1, 2, 8), shown(userId(1), 4), "I would be shown anyway");
    }

    @Test
    void meAndTheLatestAuthorAreShownEvenIfTheLimitIsLower() {
        roomOfTen(userId(8));

        assertEquals(userIds(5, 8), shown(userId(5), 2));
        assertEquals(userIds(5, 8), shown(userId(5), 1));
        assertEquals(userIds(5, 8), shown(userId(5), 0));
    }

    @Test
    void anAuthorWhoIsNoMemberIsNotShown() {
        roomOfTen(EVE);

        assertEquals(userIds(5), shown(userId(5), 0));
        assertEquals(userIds(0, 1, 5), shown(userId(5), 3));
    }

    @Test
    void theLatestAuthorCountsOnceIfThatIsMe() {
        roomOfTen(userId(5));

        assertEquals(userIds(5), shown(userId(5), 1));
        assertEquals(userIds(0, 1, 5), shown(userId(5), 3));
    }

    @Test
    void anExcerptFollowsTheLatestAuthor() {
        roomOfTen(userId(8));
        events.record(message("m2", R1, userId(9), 60));
        assertEquals(userIds(5, 9), shown(userId(5), 2));

        events.record(new MessageRemoved(new MessageId("m2")));
        assertEquals(userIds(5, 8), shown(userId(5), 2));

        events.record(new MemberLeft(R1, userId(8)));
        assertEquals(userIds(0, 5), shown(userId(5), 2));
        assertEquals(9, excerpt(userId(5), 2).head().memberCount());
    }

    @Test
    void anExcerptFollowsProfilesOfThoseItShows() {
        roomOfTen(userId(8));
        for (int n : List.of(0, 5, 8)) {
            assertEquals(userIds(0, 5, 8), shown(userId(5), 3));
            events.record(new UserSaved(User.named(userId(n), "renamed", 1)));
            assertTrue(excerpt(userId(5), 3).members().contains(User.named(userId(n), "renamed", 1)), "member " + n);
        }
    }

    @Test
    void eachViewerHasAnExcerptOfTheirOwn() {
        roomOfTen(userId(8));
        RoomVersion room = directory.page(userId(0), FIRST_PAGE).get(0);

        for (int n = 0; n < 10; n++) {
            List<UserId> expected = n == 8
                    ? userIds(8)
                    : IntStream.of(n, 8)
                            .sorted()
                            .mapToObj(ChatExcerptContract::userId)
                            .toList();
            assertEquals(expected, members(excerpts(userId(n), List.of(room), 0).get(0)));
        }
        assertEquals(userIds(8), members(excerpts(EVE, List.of(room), 0).get(0)), "eve is no member");
    }

    /** Around the numbers of members that a store may hold ready. */
    @Test
    void anExcerptOfAnyLimitIsThatOfTheWholeChat() {
        List<ChatEvent> large = new ArrayList<>(List.of(user(EVE), room(R1, EVE, 1)));
        for (int n = 0; n < 130; n++) {
            large.add(user(userId(n)));
            // Several join at the same instant, and not in the order of their ids.
            large.add(join(R1, userId(n), (n * 7 % 130) / 3));
        }
        events.record(large);

        for (UserId author : List.of(EVE, userId(3), userId(77), userId(129))) {
            events.record(message("m", R1, author, 50));
            RoomVersion room = directory.page(userId(0), FIRST_PAGE).get(0);
            Chat whole = directory.chats(List.of(room)).get(0);
            for (UserId viewer : List.of(userId(0), userId(3), userId(64), userId(129), EVE)) {
                for (int limit : new int[] {0, 1, 2, 3, 8, 15, 16, 17, 18, 31, 32, 33, 64, 99, MembersLimit.MAX}) {
                    Chat excerpt = excerpts(viewer, List.of(room), limit).get(0);
                    String where = "limit %s, viewer %s, author %s".formatted(limit, viewer, author);
                    assertEquals(whole.excerpt(viewer, new MembersLimit(limit)), excerpt, where);
                    assertEquals(130, excerpt.head().memberCount(), where);
                    assertTrue(excerpt.members().size() <= Math.max(limit, 2), where);
                    assertEquals(
                            whole.members().stream()
                                    .filter(excerpt.members()::contains)
                                    .toList(),
                            excerpt.members(),
                            where);
                }
            }
        }
    }

    @Test
    void aLimitOfAllMembersOrMoreGivesTheWholeChat() {
        roomOfTen(userId(8));
        List<RoomVersion> page = directory.page(userId(5), FIRST_PAGE);
        List<Chat> whole = directory.chats(page);

        for (int limit : new int[] {10, 11, 16, MembersLimit.MAX}) {
            assertEquals(whole, excerpts(userId(5), page, limit));
        }
        assertNotEquals(whole, excerpts(userId(5), page, 9));
    }

    @Test
    void excerptsComeInTheRequestedOrder() {
        threeRooms();
        List<RoomVersion> page = directory.page(ADA, FIRST_PAGE);
        List<RoomVersion> shuffled = List.of(page.get(1), page.get(2), page.get(0));

        assertEquals(ids(shuffled), roomIdsOf(excerpts(ADA, shuffled, 1)));
        assertEquals(List.of(), excerpts(ADA, List.of(), 1));
    }

    @Test
    void anExcerptIsOfItsVersionOrLeftOut() {
        roomOfTen(userId(8));
        List<RoomVersion> before = directory.page(userId(5), FIRST_PAGE);
        List<Chat> shown = excerpts(userId(5), before, 3);
        List<ChatEvent> changes = List.of(
                new UserSaved(User.named(userId(0), "renamed", 1)),
                new MemberLeft(R1, userId(0)),
                new MemberLeft(R1, userId(7)),
                message("m2", R1, userId(2), 60),
                new RoomRemoved(R1));
        for (ChatEvent change : changes) {
            events.record(change);
            List<Chat> remembered = excerpts(userId(5), before, 3);
            assertTrue(
                    remembered.isEmpty() || remembered.equals(shown),
                    "the old version shows its old content or nothing after " + change);
        }
    }

    @Test
    void excerptsAreReadIfTheyFitIntoTheAllowedMemory() {
        threeRooms();
        List<RoomVersion> page = directory.page(ADA, FIRST_PAGE);

        assertReadWhole(ids(page), maxBytes -> roomIdsOf(directory.excerpts(ADA, page, new MembersLimit(1), maxBytes)));
    }

    @Test
    void anUnavailableStoreShowsNoExcerpts() throws Exception {
        roomOfTen(userId(8));
        makeUnavailable();

        assertUnavailable(
                "excerpts", () -> excerpts(userId(5), List.of(new RoomVersion(new RoomId("never read"), 1)), 1));
    }

    /** Users 0 to 9 have joined {@link #R1} in this order. It has one message. */
    private void roomOfTen(UserId author) {
        List<ChatEvent> recorded = new ArrayList<>(List.of(user(EVE), room(R1, EVE, 1)));
        for (int n = 0; n < 10; n++) {
            recorded.add(user(userId(n)));
            recorded.add(join(R1, userId(n), n));
        }
        recorded.add(message("m1", R1, author, 50));
        events.record(recorded);
    }

    private static UserId userId(int n) {
        return new UserId("user " + (1000 + n));
    }

    private static List<UserId> userIds(int... numbers) {
        return IntStream.of(numbers).mapToObj(ChatExcerptContract::userId).toList();
    }

    private List<Chat> excerpts(UserId viewer, List<RoomVersion> rooms, int limit) {
        return directory.excerpts(viewer, rooms, new MembersLimit(limit), Long.MAX_VALUE);
    }

    /** Of the viewer's only room. */
    private Chat excerpt(UserId viewer, int limit) {
        return sync().syncMyChats(viewer, new Numbered(FIRST_PAGE), new MembersLimit(limit), Long.MAX_VALUE)
                .listed()
                .get(0);
    }

    private List<UserId> shown(UserId viewer, int limit) {
        return members(excerpt(viewer, limit));
    }

    private static List<UserId> members(Chat chat) {
        return chat.members().stream().map(User::id).toList();
    }

    private SyncMyChats sync() {
        return new ChatSyncService(directory);
    }
}
