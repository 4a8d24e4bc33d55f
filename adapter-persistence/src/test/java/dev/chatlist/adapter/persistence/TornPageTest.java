package dev.chatlist.adapter.persistence;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.chatlist.application.ChatListService;
import dev.chatlist.application.StorageUnavailableException;
import dev.chatlist.domain.Chat;
import dev.chatlist.domain.PageRequest;
import dev.chatlist.domain.UserId;
import java.sql.Connection;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** No page shows half a transaction: a join without the message that was posted in another room together with it. */
@Tag("faults")
@Timeout(120)
class TornPageTest {
    private static final int PAIRS = 8;
    private static final int READS = Integer.getInteger("chatlist.reads", 8_000);

    @ParameterizedTest
    @ValueSource(longs = {0, 40_000, 1 << 24})
    void aPageShowsATransactionAsAWhole(long cacheBytes) throws Exception {
        try (TestSchema schema = new TestSchema()) {
            schema.execute(
                    "INSERT INTO users (user_id, created_at) SELECT 'u' || n, 1 FROM generate_series(0, 7) n",
                    "INSERT INTO rooms (room_id, creator_id, created_at)"
                            + " SELECT k || n, 'u0', n FROM generate_series(0, 7) n, unnest(ARRAY['joined', 'posted']) k",
                    "INSERT INTO memberships SELECT 'u' || u, 'posted' || r, 1"
                            + " FROM generate_series(0, 7) u, generate_series(0, 7) r");
            ChatListService list = new ChatListService(schema.database.directory(cacheBytes));
            AtomicBoolean done = new AtomicBoolean();
            ExecutorService threads = Executors.newCachedThreadPool();
            List<Future<?>> running = new ArrayList<>();
            for (int writer = 0; writer < 3; writer++) {
                int number = writer;
                running.add(threads.submit(() -> write(schema, number, done)));
            }
            List<Future<Integer>> readers = new ArrayList<>();
            for (int reader = 0; reader < 4; reader++) {
                int number = reader;
                readers.add(threads.submit(() -> tornPages(list, number)));
            }
            int torn = 0;
            for (Future<Integer> reader : readers) {
                torn += reader.get();
            }
            done.set(true);
            for (Future<?> writer : running) {
                writer.get();
            }
            threads.shutdownNow();
            assertEquals(0, torn, "torn pages of " + READS);
        }
    }

    /** Each transaction joins or leaves a room of a pair, and says so in the other. */
    private static Void write(TestSchema schema, int writer, AtomicBoolean done) throws Exception {
        try (Connection connection = schema.connect();
                Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            boolean[] isMember = new boolean[8 * PAIRS];
            for (int n = 0; !done.get(); n++) {
                // Writers have pairs of their own, so none waits for another.
                int pair = writer + 3 * (n % 2);
                int user = n / 2 % 8;
                boolean joins = !isMember[8 * pair + user];
                statement.execute(
                        joins
                                ? "INSERT INTO memberships VALUES ('u%d', 'joined%d', 1)".formatted(user, pair)
                                : "DELETE FROM memberships WHERE user_id = 'u%d' AND room_id = 'joined%d'"
                                        .formatted(user, pair));
                statement.execute("INSERT INTO messages (id, to_room_id, from_uid, msg_contents, created_at) VALUES"
                        + " ('m%d-%d', 'posted%d', 'u%d', '%s', %d)"
                                .formatted(writer, n, pair, user, state(isMember, pair, user, joins), 1000 + n));
                connection.commit();
                isMember[8 * pair + user] = joins;
            }
        }
        return null;
    }

    /** For each user of the pair, whether it is a member after this transaction. */
    private static String state(boolean[] isMember, int pair, int changed, boolean joins) {
        StringBuilder state = new StringBuilder();
        for (int user = 0; user < 8; user++) {
            boolean member = user == changed ? joins : isMember[8 * pair + user];
            state.append(member ? '1' : '0');
        }
        return state.toString();
    }

    private static int tornPages(ChatListService list, int reader) {
        int torn = 0;
        for (int n = 0; n < READS / 4; n++) {
            int user = (n + 2 * reader) % 8;
            List<Chat> page = page(list, new UserId("u" + user));
            assertTrue(page.size() >= PAIRS, "the rooms with messages are always there");
            for (int pair = 0; pair < PAIRS; pair++) {
                torn += isTorn(page, pair, user) ? 1 : 0;
            }
        }
        return torn;
    }

    /** Writers that never pause can change a page faster than it is read, which isn't an answer. */
    private static List<Chat> page(ChatListService list, UserId user) {
        while (true) {
            try {
                return list.listMyChats(user, new PageRequest(1, 50));
            } catch (StorageUnavailableException e) {
                Thread.onSpinWait();
            }
        }
    }

    private static boolean isTorn(List<Chat> page, int pair, int user) {
        boolean isMember =
                page.stream().anyMatch(chat -> chat.room().id().value().equals("joined" + pair));
        String said = page.stream()
                .filter(chat -> chat.room().id().value().equals("posted" + pair))
                .map(chat -> chat.latest() == null ? "00000000" : chat.latest().msgContents())
                .findFirst()
                .orElseThrow();
        return (said.charAt(user) == '1') != isMember;
    }
}
