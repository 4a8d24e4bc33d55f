package dev.chatlist.adapter.persistence;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.chatlist.adapter.persistence.embedded.FaultyServer;
import dev.chatlist.application.ChatListService;
import dev.chatlist.application.StorageUnavailableException;
import dev.chatlist.application.contract.SyncClient;
import dev.chatlist.application.sync.ChatSyncService;
import dev.chatlist.application.sync.SyncDirectory;
import dev.chatlist.domain.Chat;
import dev.chatlist.domain.PageRequest;
import dev.chatlist.domain.UserId;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A random history of writes, crashes and failovers. Every page that is read is the page that the database has then, and
 * so is every copy of a client that is up to date.
 * {@code -Dchatlist.reads=100000} makes it longer, {@code -Dchatlist.seed=…} repeats it.
 */
@Tag("faults")
@Timeout(3_000)
@SuppressWarnings("NullAway.Init") // the test begins by making them
class HistoryTest {
    private static final int READS = Integer.getInteger("chatlist.reads", 4_000);
    private static final int READS_PER_WRITE = 10;
    private static final int USERS = 12;
    private static final int ROOMS = 25;
    private static final PageRequest PAGE = new PageRequest(1, 30);

    private final long seed = Long.getLong("chatlist.seed", System.nanoTime());
    private final Random random = new Random(seed);

    private FaultyServer server;
    private FaultyServer standby;
    private TcpProxy network;
    private TcpProxy replication;
    private int messages;

    @ParameterizedTest
    @ValueSource(longs = {1 << 24, 0})
    void everyPageIsTheOneThatTheDatabaseHas(long cacheBytes) throws Exception {
        server = FaultyServer.create();
        network = new TcpProxy(server.port());
        Database.open(server.settings(server.port(), 1)).close();
        server.execute(
                "INSERT INTO users (user_id, created_at) SELECT 'u' || n, 1 FROM generate_series(0, 11) n",
                "INSERT INTO rooms (room_id, creator_id, created_at) SELECT 'r' || n, 'u1', n FROM generate_series(0, 24) n");
        addStandby();
        int wrong = 0;
        try (Database database = Database.open(server.settings(network.port(), 3))) {
            SyncDirectory directory = database.directory(cacheBytes);
            ChatListService instance = new ChatListService(directory);
            ChatSyncService sync = new ChatSyncService(directory);
            Map<UserId, SyncClient> clients = new HashMap<>();
            Database plain = Database.open(server.settings(server.port(), 1));
            for (int reads = 0; reads < READS; reads += READS_PER_WRITE) {
                if (random.nextInt(100) == 0) {
                    plain.close();
                    fault();
                    plain = Database.open(server.settings(server.port(), 1));
                }
                write();
                ChatListService truth = new ChatListService(plain.directory());
                for (int n = 0; n < READS_PER_WRITE; n++) {
                    UserId user = new UserId("u" + random.nextInt(USERS));
                    List<Chat> page = truth.listMyChats(user, PAGE);
                    if (!afterOutage(() -> instance.listMyChats(user, PAGE)).equals(page)) {
                        wrong++;
                    }
                    SyncClient client = clients.computeIfAbsent(
                            user,
                            id -> new SyncClient(
                                    id, request -> afterOutage(() -> sync.syncMyChats(id, request, Long.MAX_VALUE))));
                    client.ask(client.request(1 + random.nextInt(8)));
                    if (client.isUpToDate() && !client.chats().equals(page)) {
                        wrong++;
                    }
                }
            }
            plain.close();
        } finally {
            network.close();
            replication.close();
            standby.close();
            server.close();
        }
        assertEquals(0, wrong, "wrong pages of %d, seed %d".formatted(READS, seed));
    }

    private void addStandby() throws Exception {
        server.stop();
        standby = server.copy();
        server.start();
        replication = new TcpProxy(server.port());
        standby.follow(replication.port());
        standby.start();
        server.awaitStandby();
    }

    private void fault() throws Exception {
        switch (random.nextInt(6)) {
            case 0 -> {
                server.kill();
                server.start();
            }
            case 1 -> {
                server.stopImmediately();
                server.start();
            }
            case 2 -> server.killBackend();
            case 3 -> {
                server.stop();
                server.start();
            }
            case 4 -> network.drop();
            default -> failOver();
        }
    }

    /** Half of the time the standby lacks the last commits. */
    private void failOver() throws Exception {
        server.awaitStandby();
        if (random.nextBoolean()) {
            replication.stall();
            replication.stallNew(true);
            for (int n = 0; n < 5; n++) {
                write();
            }
        }
        server.kill();
        standby.promote();
        network.pointTo(standby.port());
        network.drop();
        replication.close();
        server.close();
        server = standby;
        addStandby();
    }

    private void write() throws Exception {
        int room = random.nextInt(ROOMS);
        int user = random.nextInt(USERS);
        switch (random.nextInt(12)) {
            case 0, 1, 2 ->
                server.execute("INSERT INTO messages (id, to_room_id, from_uid, msg_contents, created_at)"
                        + " VALUES ('m%d-%d', 'r%d', 'u%d', 'hello', %d)"
                                .formatted(seed, messages++, room, user, 100 + random.nextInt(1_000_000)));
            case 3 ->
                server.execute("INSERT INTO memberships VALUES ('u%d', 'r%d', 1) ON CONFLICT DO NOTHING"
                        .formatted(user, room));
            case 4 ->
                server.execute(
                        "DELETE FROM memberships WHERE user_id = 'u%d' AND room_id = 'r%d'".formatted(user, room));
            case 5 ->
                server.execute("UPDATE users SET nick_name = 'n%d' WHERE user_id = 'u%d'"
                        .formatted(random.nextInt(100), user));
            case 6 ->
                server.execute(
                        "BEGIN; UPDATE rooms SET name = 'rolled back' WHERE room_id = 'r%d'; ROLLBACK".formatted(room));
            default -> {}
        }
    }

    /** An outage is no answer, so the client asks again. */
    private static <T> T afterOutage(Supplier<T> request) {
        long begun = System.nanoTime();
        while (true) {
            try {
                return request.get();
            } catch (StorageUnavailableException e) {
                if (System.nanoTime() - begun > TimeUnit.SECONDS.toNanos(10)) {
                    throw e;
                }
            }
        }
    }
}
