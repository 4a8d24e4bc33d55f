package dev.chatlist.adapter.persistence;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.chatlist.application.ChatListService;
import dev.chatlist.application.StorageUnavailableException;
import dev.chatlist.application.contract.SyncClient;
import dev.chatlist.application.sync.ChatSyncService;
import dev.chatlist.application.sync.SyncDirectory;
import dev.chatlist.application.sync.SyncMyChats;
import dev.chatlist.application.sync.SyncRequest;
import dev.chatlist.application.sync.SyncRequest.Delta;
import dev.chatlist.application.sync.Synced;
import dev.chatlist.domain.Chat;
import dev.chatlist.domain.MembersLimit;
import dev.chatlist.domain.Message;
import dev.chatlist.domain.PageRequest;
import dev.chatlist.domain.UserId;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * With the last page of a walk or a delta, a client holds exactly the list, while {@link OverlappingWriters} write.
 *
 * <p>A client asks for page after page while others commit. When it has the last one, commits are held back, and it asks
 * for the deltas that are left. Then its copy must be what the tables have. A room that a page left out or showed too
 * old stays wrong: a delta tells only of rooms that have changed since.
 *
 * <p>{@code -Dchatlist.walks=20000} makes it longer. {@code -Dchatlist.seed=} repeats what writers and clients choose,
 * but not the order in which they get their turns.
 */
class SyncUnderWritersTest {
    private static final int WALKS = Integer.getInteger("chatlist.walks", 25);
    private static final int READERS = 3;
    private static final int CLIENTS = 4;
    private static final int[] LIMITS = {0, 1, 2, 3, 5, 12, 100};
    private static final PageRequest WHOLE_LIST = new PageRequest(1, PageRequest.MAX_SIZE);
    private static final long BYTES = 10_000_000;

    /** Too little for all lists and chats. */
    private static final int FEW_BYTES = 60_000;

    private static final int FEW_CHANGES = 4;

    /** A user's list by the four tables that programs write. */
    private static final String LIST = """
            SELECT r.room_id, r.name, r.creator_id, (SELECT nick_name FROM users WHERE user_id = r.creator_id),
                coalesce(latest.created_at, r.created_at), latest.id, latest.from_uid, latest.msg_contents,
                ARRAY(
                    SELECT user_id || ' ' || nick_name FROM memberships JOIN users USING (user_id)
                    WHERE room_id = r.room_id ORDER BY joined_at, user_id)
            FROM memberships mine JOIN rooms r ON r.room_id = mine.room_id
            LEFT JOIN LATERAL (
                SELECT * FROM messages WHERE to_room_id = r.room_id ORDER BY created_at DESC, id DESC LIMIT 1) latest
                ON true
            WHERE mine.user_id = ?
            ORDER BY 5 DESC, r.room_id DESC""";

    /** Who answers. */
    enum Instances {
        WITHOUT_MEMORY,
        FROM_MEMORY,
        FROM_LITTLE_MEMORY,
        ALTERNATING;

        SyncDirectory of(Database database) {
            return switch (this) {
                case WITHOUT_MEMORY -> database.directory();
                case FROM_MEMORY -> database.directory(BYTES);
                case FROM_LITTLE_MEMORY -> database.directory(FEW_CHANGES, FEW_BYTES);
                // The second one reads its lists anew again and again.
                case ALTERNATING ->
                    new Alternating(
                            database.directory(BYTES), database.directory(FEW_CHANGES, BYTES), database.directory());
            };
        }
    }

    private static TestSchema schema;

    @BeforeAll
    static void open() {
        schema = new TestSchema();
    }

    @AfterAll
    static void close() {
        schema.close();
    }

    @ParameterizedTest
    @EnumSource
    void withTheLastPageAClientHoldsTheList(Instances instances, TestReporter reporter) throws Exception {
        long seed = Long.getLong("chatlist.seed", System.nanoTime());
        OverlappingWriters writers = new OverlappingWriters(schema, READERS, seed);
        SyncMyChats sync = new ChatSyncService(instances.of(schema.database));
        Counts counts = new Counts();
        List<Callable<Void>> tasks = new ArrayList<>(writers.tasks());
        for (int n = 0; n < READERS; n++) {
            Random random = new Random(seed - 2 - n);
            tasks.add(() -> read(writers, sync, counts, random));
        }
        ExecutorService threads = Executors.newFixedThreadPool(tasks.size());
        try {
            for (Future<Void> done : threads.invokeAll(tasks)) {
                done.get();
            }
        } catch (Exception e) {
            throw new AssertionError("seed " + seed, e);
        } finally {
            threads.shutdownNow();
        }
        reporter.publishEntry(instances.name(), counts + ", " + writers);
        assertEquals(0, counts.resets.get(), counts::toString);
    }

    private static Void read(OverlappingWriters writers, SyncMyChats sync, Counts counts, Random random)
            throws Exception {
        try (Connection connection = schema.connect();
                PreparedStatement list = connection.prepareStatement(LIST)) {
            ChatListService plain = new ChatListService(schema.database.directory());
            List<Client> clients = new ArrayList<>();
            for (int n = 0; n < CLIENTS; n++) {
                clients.add(new Client(writers, sync, counts, random));
            }
            while (!counts.areEnough() && !writers.isOver()) {
                int n = random.nextInt(CLIENTS);
                Client client = clients.get(n);
                // Some ask for several pages in a row, and others long after the page before.
                int requests = 1 + random.nextInt(20);
                while (requests > 0 && client.askWhileOthersCommit()) {
                    requests--;
                }
                if (client.isUpToDate()) {
                    writers.whileNobodyCommits(() -> client.assertHoldsTheList(plain, list));
                    if (counts.walks.get() <= counts.deltas.get()) {
                        clients.set(n, new Client(writers, sync, counts, random));
                    }
                }
            }
            return null;
        } finally {
            writers.end();
        }
    }

    /** A client, with what it must hold. */
    private static final class Client {
        private final OverlappingWriters writers;
        private final Counts counts;
        private final Random random;
        private final UserId user;
        private final @Nullable MembersLimit limit;
        private final SyncClient copy;

        /** Whether this is a delta. It counts if it had anything to tell. */
        private boolean isDelta;

        private boolean hasNews;

        Client(OverlappingWriters writers, SyncMyChats sync, Counts counts, Random random) {
            this.writers = writers;
            this.counts = counts;
            this.random = random;
            List<UserId> users = OverlappingWriters.users();
            user = users.get(random.nextInt(users.size()));
            limit = random.nextBoolean() ? null : new MembersLimit(LIMITS[random.nextInt(LIMITS.length)]);
            copy = new SyncClient(
                    user,
                    request -> limit == null
                            ? sync.syncMyChats(user, request, Long.MAX_VALUE)
                            : sync.syncMyChats(user, request, limit, Long.MAX_VALUE));
        }

        boolean isUpToDate() {
            return copy.isUpToDate();
        }

        /** Returns whether there is another page. */
        boolean askWhileOthersCommit() throws InterruptedException {
            if (random.nextInt(3) == 0) {
                writers.awaitTransactions(1 + random.nextInt(5));
            }
            SyncRequest request = request();
            if (request instanceof Delta) {
                isDelta = true;
                hasNews = false;
            }
            long from = writers.now();
            Synced<Chat> answer = ask(request);
            writers.step();
            if (answer == null) {
                return true;
            }
            assertToldToMembers(answer, from, writers.now());
            hasNews |= !answer.listed().isEmpty()
                    || !answer.moved().isEmpty()
                    || !answer.removed().isEmpty();
            counts.add(answer);
            if (copy.isUpToDate()) {
                (isDelta ? hasNews ? counts.deltas : counts.quietDeltas : counts.walks).incrementAndGet();
            }
            return !copy.isUpToDate();
        }

        private SyncRequest request() {
            return copy.request(random.nextInt(10) == 0 ? PageRequest.MAX_SIZE : 1 + random.nextInt(8));
        }

        private @Nullable Synced<Chat> ask(SyncRequest request) {
            try {
                return copy.ask(request);
            } catch (StorageUnavailableException e) {
                // The rooms changed at each try. A client asks again, and its copy is as it was.
                counts.unanswered.incrementAndGet();
                return null;
            }
        }

        private void assertToldToMembers(Synced<Chat> answer, long from, long to) {
            Stream.concat(answer.listed().stream(), answer.moved().stream())
                    .map(chat -> chat.room().id())
                    .forEach(room -> assertTrue(
                            writers.mayHaveBeenMember(user, room, from, to),
                            () -> "%s is told of %s without being a member: %s".formatted(user, room, answer)));
            answer.removed()
                    .forEach(removed -> assertTrue(
                            writers.mayHaveBeenMember(user, removed.roomId(), 0, to),
                            () -> "%s was never a member of %s: %s".formatted(user, removed, answer)));
        }

        /** Nothing can become visible meanwhile, so the deltas end, and a further one has no news. */
        Void assertHoldsTheList(ChatListService plain, PreparedStatement list) throws SQLException {
            do {
                ask(request());
            } while (!copy.isUpToDate());
            SyncRequest request = request();
            Synced<Chat> nothing = copy.ask(request);
            assertEquals(List.of(), nothing.listed());
            assertEquals(List.of(), nothing.removed());
            assertEquals(((Delta) request).since(), nothing.state(), "nothing is new, so the state is the same");

            List<Chat> whole = plain.listMyChats(user, WHOLE_LIST);
            List<Chat> expected = limit == null
                    ? whole
                    : whole.stream().map(chat -> chat.excerpt(user, limit)).toList();
            assertEquals(List.of(), differences(expected), () -> "of the copy of %s, limit %s".formatted(user, limit));
            assertEquals(expected, copy.chats());
            assertIsInTheTables(list);
            return null;
        }

        /** What a room is shown as if it isn't shown as it is. */
        private List<String> differences(List<Chat> expected) {
            List<Chat> held = copy.chats();
            return Stream.concat(
                            expected.stream()
                                    .filter(chat -> !held.contains(chat))
                                    .map(chat -> (has(held, chat) ? "stale: " : "missed: ") + chat),
                            held.stream().filter(chat -> !has(expected, chat)).map(chat -> "left over: " + chat))
                    .toList();
        }

        private static boolean has(List<Chat> chats, Chat room) {
            return chats.stream()
                    .anyMatch(chat -> chat.room().id().equals(room.room().id()));
        }

        private void assertIsInTheTables(PreparedStatement list) throws SQLException {
            list.setString(1, user.value());
            try (ResultSet row = list.executeQuery()) {
                for (Chat chat : copy.chats()) {
                    assertTrue(row.next(), () -> "no room of " + user + ": " + chat);
                    Message latest = chat.latest();
                    assertEquals(
                            Arrays.asList(
                                    row.getString(1),
                                    row.getString(2),
                                    row.getString(3),
                                    row.getString(4),
                                    row.getLong(5),
                                    row.getString(6),
                                    row.getString(7),
                                    row.getString(8)),
                            Arrays.asList(
                                    chat.room().id().value(),
                                    chat.room().name(),
                                    chat.creator().id().value(),
                                    chat.creator().nickName(),
                                    chat.lastActivity(),
                                    latest == null ? null : latest.id().value(),
                                    latest == null ? null : latest.fromUid().value(),
                                    latest == null ? null : latest.msgContents()));
                    assertShows(List.of((String[]) row.getArray(9).getArray()), chat);
                }
                assertFalse(row.next(), () -> "a room is missing in the copy of " + user);
            }
        }

        /** @param all the ids and names of all members */
        private void assertShows(List<String> all, Chat chat) {
            List<String> shown = chat.members().stream()
                    .map(member -> member.id() + " " + member.nickName())
                    .toList();
            assertEquals(all.size(), chat.head().memberCount(), chat::toString);
            assertEquals(all.stream().filter(shown::contains).toList(), shown, "some of all, in their order");
            assertTrue(chat.members().stream().anyMatch(member -> member.id().equals(user)), chat::toString);
            if (limit == null || limit.max() >= all.size()) {
                assertEquals(all, shown);
            } else {
                assertTrue(shown.size() <= Math.max(limit.max(), 2), () -> limit + ": " + chat);
                assertTrue(shown.size() >= limit.max(), () -> limit + ": " + chat);
            }
        }
    }

    private static final class Counts {
        final AtomicLong walks = new AtomicLong();
        final AtomicLong deltas = new AtomicLong();
        final AtomicLong quietDeltas = new AtomicLong();
        final AtomicLong pages = new AtomicLong();
        final AtomicLong listed = new AtomicLong();
        final AtomicLong moved = new AtomicLong();
        final AtomicLong removed = new AtomicLong();
        final AtomicLong resets = new AtomicLong();
        final AtomicLong unanswered = new AtomicLong();

        boolean areEnough() {
            return walks.get() >= WALKS && deltas.get() >= WALKS && moved.get() > 0 && removed.get() > 0;
        }

        void add(Synced<?> answer) {
            pages.incrementAndGet();
            listed.addAndGet(answer.listed().size());
            moved.addAndGet(answer.moved().size());
            removed.addAndGet(answer.removed().size());
            resets.addAndGet(answer.isReset() ? 1 : 0);
        }

        @Override
        public String toString() {
            return "%s walks, %s deltas with news, %s without, in %s pages: %s rooms listed, %s moved, %s removed, %s resets, %s unanswered"
                    .formatted(walks, deltas, quietDeltas, pages, listed, moved, removed, resets, unanswered);
        }
    }
}
