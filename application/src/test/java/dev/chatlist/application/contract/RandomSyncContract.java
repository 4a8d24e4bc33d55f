package dev.chatlist.application.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.chatlist.application.RejectedEventException;
import dev.chatlist.application.StorageUnavailableException;
import dev.chatlist.application.sync.ChatSyncService;
import dev.chatlist.application.sync.Cursor;
import dev.chatlist.application.sync.SyncDirectory;
import dev.chatlist.application.sync.SyncMyChats;
import dev.chatlist.application.sync.SyncRequest;
import dev.chatlist.application.sync.SyncRequest.Walk;
import dev.chatlist.application.sync.Synced;
import dev.chatlist.domain.Chat;
import dev.chatlist.domain.ChatEvent;
import dev.chatlist.domain.MembersLimit;
import dev.chatlist.domain.PageRequest;
import dev.chatlist.domain.UserId;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * What {@link SyncDirectory#sync} promises to clients while others write, tested with random walks, deltas and events.
 * An adapter's test extends this class as it extends {@link ChatSyncContract}.
 *
 * <p>The message of a failure has the seed: {@code -Dchatlist.seed=} repeats it, except where threads take part.
 */
public abstract class RandomSyncContract extends PortContract<SyncDirectory> {
    private static final int WRITERS = 5;
    private static final int READERS = 4;
    private static final int MAX_SIZE = 7;

    /** How many walks and deltas to read to their last page. A slow adapter may take fewer. */
    protected int walks() {
        return 5000;
    }

    /** How many recordings each of the concurrent writers makes. A slow adapter may take fewer. */
    protected int recordings() {
        return 1000;
    }

    @Test
    void withTheLastPageAClientHoldsExactlyTheList() {
        long seed = seed();
        try {
            walkWhileEventsAreRecorded(new Random(seed), new RandomEvents(seed));
        } catch (AssertionError | RuntimeException e) {
            throw new AssertionError("seed " + seed, e);
        }
    }

    private void walkWhileEventsAreRecorded(Random random, RandomEvents source) {
        events.record(source.next(200));
        List<Copy> copies = new ArrayList<>();
        for (UserId user : RandomEvents.users()) {
            copies.add(new Copy(user, null));
            copies.add(new Copy(user, new MembersLimit(random.nextInt(6))));
        }
        for (int walks = 0; walks < walks(); ) {
            if (random.nextInt(3) == 0) {
                events.record(source.next(1 + random.nextInt(8)));
            }
            int n = random.nextInt(copies.size());
            Copy copy = copies.get(n);
            Copy other = copies.get(random.nextInt(copies.size()));
            if (random.nextInt(20) == 0 && !other.user.equals(copy.user) && other.hasToken()) {
                assertTrue(copy.client.ask(other.request(random)).isReset(), () -> copy.user + " used another's token");
            } else {
                copy.ask(random);
            }
            if (copy.client.isUpToDate()) {
                copy.assertUpToDate();
                walks++;
                if (random.nextBoolean()) {
                    copies.set(n, new Copy(copy.user, copy.limit));
                }
            }
        }
    }

    @Test
    void concurrentWritersLeaveEveryClientUpToDate() throws Exception {
        long seed = seed();
        CountDownLatch writing = new CountDownLatch(WRITERS);
        List<Callable<Void>> tasks = new ArrayList<>();
        for (int n = 0; n < WRITERS; n++) {
            Random random = new Random(seed + n);
            RandomEvents source = new RandomEvents(seed + n);
            tasks.add(() -> {
                try {
                    for (int recorded = 0; recorded < recordings(); recorded++) {
                        recordUnlessRejected(source.next(1 + random.nextInt(3)));
                    }
                } finally {
                    writing.countDown();
                }
                return null;
            });
        }
        for (int n = 0; n < READERS; n++) {
            Random random = new Random(seed - 1 - n);
            tasks.add(() -> readUntilWritten(writing, random));
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
    }

    @SuppressWarnings("NullAway") // a Callable of Void returns null
    private Void readUntilWritten(CountDownLatch writing, Random random) {
        List<Copy> copies = new ArrayList<>();
        RandomEvents.users().forEach(user -> copies.add(new Copy(user, null)));
        while (writing.getCount() > 0) {
            int n = random.nextInt(copies.size());
            Copy copy = copies.get(n);
            if (copy.client.isUpToDate() && random.nextInt(3) == 0) {
                copies.set(n, new Copy(copy.user, copy.limit));
            } else {
                try {
                    copy.ask(random);
                } catch (StorageUnavailableException e) {
                    // The rooms changed at each try. A client asks again, and its copy is as it was.
                }
            }
        }
        for (Copy copy : copies) {
            // At least one answer was made after the last recording.
            do {
                copy.ask(random);
            } while (!copy.client.isUpToDate());
            copy.assertUpToDate();
        }
        return null;
    }

    /** Another writer may have removed what an event refers to, or be in the way. Then nothing is recorded. */
    private void recordUnlessRejected(List<ChatEvent> batch) {
        try {
            events.record(batch);
        } catch (RejectedEventException e) {
            assertTrue(e.reason().startsWith("unknown"), e.reason());
        } catch (StorageUnavailableException e) {
            // For example a deadlock. Some recordings fail, and the lists show the others.
        }
    }

    private static long seed() {
        return Long.getLong("chatlist.seed", System.nanoTime());
    }

    /** A client and what it should hold. */
    private final class Copy {
        private final UserId user;
        private final @Nullable MembersLimit limit;
        private final SyncClient client;

        /** @param limit null for whole chats */
        Copy(UserId user, @Nullable MembersLimit limit) {
            this.user = user;
            this.limit = limit;
            client = new SyncClient(user, this::answer);
        }

        private Synced<Chat> answer(SyncRequest request) {
            return limit == null
                    ? sync().syncMyChats(user, request, Long.MAX_VALUE)
                    : sync().syncMyChats(user, request, limit, Long.MAX_VALUE);
        }

        SyncRequest request(Random random) {
            return client.request(1 + random.nextInt(MAX_SIZE));
        }

        void ask(Random random) {
            Synced<Chat> answer = client.ask(request(random));
            assertFalse(answer.isReset(), () -> "a reset for no reason: " + answer);
        }

        boolean hasToken() {
            return !client.request(1).equals(new Walk(Cursor.BEGIN, 1));
        }

        void assertUpToDate() {
            List<Chat> whole = list.listMyChats(user, new PageRequest(1, PageRequest.MAX_SIZE));
            List<Chat> expected = limit == null
                    ? whole
                    : whole.stream().map(chat -> chat.excerpt(user, limit)).toList();
            assertEquals(expected, client.chats(), () -> "the list of " + user + ", limit " + limit);
        }
    }

    private SyncMyChats sync() {
        return new ChatSyncService(directory);
    }
}
