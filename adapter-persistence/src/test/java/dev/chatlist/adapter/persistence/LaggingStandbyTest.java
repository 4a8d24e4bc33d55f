package dev.chatlist.adapter.persistence;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.chatlist.adapter.persistence.embedded.FaultyServer;
import dev.chatlist.application.ChatEventService;
import dev.chatlist.application.RecordChatEvents;
import dev.chatlist.application.RejectedEventException;
import dev.chatlist.application.StorageUnavailableException;
import dev.chatlist.application.contract.RandomEvents;
import dev.chatlist.application.contract.SyncClient;
import dev.chatlist.application.sync.ChatSyncService;
import dev.chatlist.application.sync.SyncDirectory;
import dev.chatlist.application.sync.SyncMyChats;
import dev.chatlist.application.sync.SyncRequest;
import dev.chatlist.application.sync.Synced;
import dev.chatlist.domain.Chat;
import dev.chatlist.domain.UserId;
import java.sql.Connection;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Clients whose requests go to instances on the primary and on a standby that lags. The message of a failure has the
 * seed: {@code -Dchatlist.seed=} repeats it, except where threads take part.
 */
@Tag("faults")
@Timeout(300)
class LaggingStandbyTest {
    private static final int ROUNDS = 2_000;
    private static final int WRITERS = 4;
    private static final int RECORDINGS = 60;
    private static final int MAX_SIZE = 6;
    private static final long BYTES = 1 << 24;
    private static final String LAGS = "the standby lags behind the page before this one";

    private final long seed = Long.getLong("chatlist.seed", System.nanoTime());
    private final Random random = new Random(seed);

    private FaultyServer primary;
    private FaultyServer standby;
    private Replay replay;
    private Database atPrimary;
    private Database atStandby;
    private List<SyncMyChats> onPrimary = List.of();
    private List<SyncMyChats> onStandby = List.of();
    private RecordChatEvents events;
    private int lagged;

    @BeforeEach
    void start() throws Exception {
        primary = FaultyServer.create();
        primary.stop();
        standby = primary.copy();
        primary.start();
        atPrimary = Database.open(primary.settings(primary.port(), 8));
        events = new ChatEventService(atPrimary.journal());
        standby.follow(primary.port());
        standby.start();
        replay = new Replay(primary, standby);
        replay.awaitAllCommitted();
        atStandby = Database.open(standby.settings(standby.port(), 4));
        onPrimary = services(atPrimary);
        onStandby = services(atStandby);
    }

    @AfterEach
    void stop() throws Exception {
        atStandby.close();
        atPrimary.close();
        replay.close();
        standby.close();
        primary.close();
    }

    private static List<SyncMyChats> services(Database database) {
        return List.of(service(database.directory()), service(database.directory(BYTES)));
    }

    private static SyncMyChats service(SyncDirectory directory) {
        return new ChatSyncService(directory);
    }

    /** One after the other, so that each answer can be compared with what its server shows at the moment. */
    @Test
    void eachLastPageLeavesTheListOfItsServerOrTellsNothingNew() throws Exception {
        RandomEvents source = new RandomEvents(seed);
        events.record(source.next(200));
        List<Client> clients = clients();
        boolean isPaused = false;
        int ahead = 0;
        try {
            for (int round = 0; round < ROUNDS; round++) {
                if (random.nextInt(12) == 0) {
                    isPaused = !isPaused;
                    if (isPaused) {
                        replay.pause();
                    } else {
                        replay.resume();
                    }
                }
                if (random.nextInt(3) == 0) {
                    events.record(source.next(1 + random.nextInt(6)));
                }
                Client client = clients.get(random.nextInt(clients.size()));
                boolean asksStandby = random.nextBoolean();
                List<Chat> before = client.copy.chats();
                boolean wasUpToDate = client.copy.isUpToDate();
                SyncRequest request = client.copy.request(1 + random.nextInt(MAX_SIZE));
                Synced<Chat> answer = client.ask(asksStandby ? onStandby : onPrimary, request);
                if (answer == null) {
                    assertTrue(asksStandby, "only a standby lags");
                } else if (request instanceof SyncRequest.Delta delta
                        && answer.state().equals(delta.since())) {
                    assertTrue(wasUpToDate);
                    assertEquals(before, client.copy.chats(), "nothing is new");
                    if (isPaused && asksStandby && !before.equals(fresh(client.user, onStandby.get(0)))) {
                        ahead++;
                    }
                } else if (client.copy.isUpToDate() && (isPaused || !asksStandby)) {
                    List<Chat> shown = fresh(client.user, (asksStandby ? onStandby : onPrimary).get(0));
                    assertEquals(shown, client.copy.chats(), client.user::value);
                }
            }
            assertTrue(lagged > 0 && ahead > 0, lagged + " cursors and " + ahead + " states were ahead of the standby");
            assertAllCatchUp(clients);
        } catch (AssertionError | RuntimeException e) {
            throw new AssertionError("seed " + seed, e);
        }
    }

    @Test
    void concurrentWritersLeaveEveryClientUpToDate() throws Exception {
        List<Client> clients = clients();
        ExecutorService threads = Executors.newFixedThreadPool(WRITERS);
        try {
            List<Future<Void>> writers = IntStream.range(0, WRITERS)
                    .mapToObj(n -> threads.submit(() -> {
                        write(new RandomEvents(seed + n), new Random(seed + n));
                        return (Void) null;
                    }))
                    .toList();
            while (!writers.stream().allMatch(Future::isDone)) {
                if (random.nextInt(40) == 0) {
                    replay.pause();
                    // Deltas and cursors of the primary are ahead for a while.
                    for (int n = 0; n < 20; n++) {
                        askAnybody(clients);
                    }
                    replay.resume();
                }
                askAnybody(clients);
            }
            for (Future<Void> writer : writers) {
                writer.get();
            }
            assertAllCatchUp(clients);
        } catch (Exception | AssertionError e) {
            throw new AssertionError("seed " + seed, e);
        } finally {
            threads.shutdownNow();
        }
    }

    /** The standby can't tell such a transaction from others, and one that ends was perhaps seen. */
    @Test
    void whileATransactionIsOpenTheStandbyTellsNothingToClientsOfThePrimary() throws Exception {
        primary.execute(
                "INSERT INTO users (user_id, created_at) VALUES ('ada', 1)",
                "INSERT INTO rooms (room_id, creator_id, created_at) SELECT 'r' || n, 'ada', n FROM generate_series(1, 9) n",
                "INSERT INTO memberships SELECT 'ada', 'r' || n, 1 FROM generate_series(1, 9) n");
        Client inDelta = new Client(new UserId("ada"));
        Client inWalk = new Client(new UserId("ada"));
        try (Connection connection = primary.connect();
                Statement open = connection.createStatement()) {
            connection.setAutoCommit(false);
            open.execute("UPDATE rooms SET name = 'late' WHERE room_id = 'r1'");
            primary.execute("UPDATE rooms SET name = 'early' WHERE room_id = 'r2'");
            inWalk.ask(onPrimary, inWalk.copy.request(2));
            do {
                inDelta.ask(onPrimary, inDelta.copy.request(9));
            } while (!inDelta.copy.isUpToDate());
            List<Chat> before = inDelta.copy.chats();
            primary.execute("UPDATE rooms SET name = 'new' WHERE room_id = 'r3'");
            replay.awaitAllCommitted();
            for (SyncMyChats instance : onStandby) {
                assertNull(inWalk.ask(List.of(instance), inWalk.copy.request(2)));
                inDelta.ask(List.of(instance), inDelta.copy.request(9));
                assertEquals(before, inDelta.copy.chats());
            }
            connection.commit();
        }
        assertAllCatchUp(List.of(inDelta, inWalk));
        assertEquals(2, lagged);
    }

    private void askAnybody(List<Client> clients) {
        Client client = clients.get(random.nextInt(clients.size()));
        client.ask(random.nextBoolean() ? onStandby : onPrimary, client.copy.request(1 + random.nextInt(MAX_SIZE)));
    }

    /** Another writer may have removed what an event refers to, or be in the way. Then nothing is recorded. */
    private void write(RandomEvents source, Random dice) {
        for (int recorded = 0; recorded < RECORDINGS; recorded++) {
            try {
                events.record(source.next(1 + dice.nextInt(3)));
            } catch (RejectedEventException | StorageUnavailableException e) {
                // The lists show the others.
            }
        }
    }

    /** When the standby has caught up, each client holds the same list, whoever answers. */
    private void assertAllCatchUp(List<Client> clients) throws Exception {
        replay.resume();
        replay.awaitAllCommitted();
        for (Client client : clients) {
            do {
                client.ask(random.nextBoolean() ? onStandby : onPrimary, client.copy.request(MAX_SIZE));
            } while (!client.copy.isUpToDate());
            for (List<SyncMyChats> instances : List.of(onPrimary, onStandby)) {
                for (SyncMyChats instance : instances) {
                    assertEquals(fresh(client.user, instance), client.copy.chats(), client.user::value);
                }
            }
        }
    }

    private static List<Chat> fresh(UserId user, SyncMyChats instance) {
        SyncClient fresh = new SyncClient(user, request -> instance.syncMyChats(user, request, Long.MAX_VALUE));
        do {
            fresh.ask(fresh.request(MAX_SIZE));
        } while (!fresh.isUpToDate());
        return fresh.chats();
    }

    private List<Client> clients() {
        List<Client> clients = new ArrayList<>();
        RandomEvents.users().forEach(user -> clients.add(new Client(user)));
        return clients;
    }

    /** A client whose requests go to any of several instances. */
    private final class Client {
        private final UserId user;
        private final SyncClient copy;
        private SyncMyChats instance = onPrimary.get(0);

        Client(UserId user) {
            this.user = user;
            copy = new SyncClient(user, request -> instance.syncMyChats(user, request, Long.MAX_VALUE));
        }

        /** Null if the standby lags behind the request's cursor. Then the copy is as it was. */
        @Nullable
        Synced<Chat> ask(List<SyncMyChats> instances, SyncRequest request) {
            instance = instances.get(random.nextInt(instances.size()));
            try {
                Synced<Chat> answer = copy.ask(request);
                assertFalse(answer.isReset(), () -> "a reset for no reason: " + answer);
                return answer;
            } catch (StorageUnavailableException e) {
                if (LAGS.equals(e.getMessage())) {
                    lagged++;
                }
                return null;
            }
        }
    }
}
