package dev.chatlist.benchmarks;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * People who post messages into random rooms at a fixed rate, by plain SQL, each message a transaction: through
 * connections that stay open, as a chat backend's do.
 */
final class Writers implements AutoCloseable {
    private static final int CONNECTIONS = 4;

    private static final String INSERT =
            "INSERT INTO messages (id, to_room_id, from_uid, msg_type, msg_contents, created_at)"
                    + " VALUES (?, ?, ?, 'text', ?, ?)";

    private final World world;
    private final List<Connection> connections = new ArrayList<>();
    private final ExecutorService threads = Executors.newFixedThreadPool(CONNECTIONS);
    private final List<Future<?>> work = new ArrayList<>();
    private final AtomicLong next = new AtomicLong();
    private final AtomicLong written = new AtomicLong();
    private long start;
    private volatile boolean stopped;

    Writers(WorldDatabase database, World world) throws SQLException {
        this.world = world;
        for (int i = 0; i < CONNECTIONS; i++) {
            connections.add(database.connect());
        }
    }

    /** Writes until it is stopped. */
    void start(int perSecond) {
        long interval = 1_000_000_000L / perSecond;
        start = System.nanoTime();
        next.set(0);
        written.set(0);
        stopped = false;
        for (Connection connection : connections) {
            Random random = new Random();
            work.add(threads.submit(() -> {
                write(connection, random, interval);
                return null;
            }));
        }
    }

    private void write(Connection connection, Random random, long interval) throws SQLException {
        try (PreparedStatement insert = prepare(connection)) {
            while (!stopped) {
                long due = start + next.getAndIncrement() * interval;
                for (long wait = due - System.nanoTime(); wait > 0; wait = due - System.nanoTime()) {
                    LockSupport.parkNanos(wait);
                }
                // Never into the big room, which would then be on the first page of two users in five.
                int room = 1 + random.nextInt(world.roomIds().size() - 1);
                int[] members = world.members(room);
                String author = world.userIds().get(members[random.nextInt(members.length)]);
                post(insert, world.roomIds().get(room), author);
                written.incrementAndGet();
            }
        }
    }

    static PreparedStatement prepare(Connection connection) throws SQLException {
        return connection.prepareStatement(INSERT);
    }

    /** A message of now, which is later than all that the world has said. */
    static void post(PreparedStatement insert, String room, String author) throws SQLException {
        String id = WorldDatabase.WRITTEN + UUID.nameUUIDFromBytes((room + author + System.nanoTime()).getBytes(UTF_8));
        insert.setString(1, id);
        insert.setString(2, room);
        insert.setString(3, author);
        insert.setString(4, "Has anybody a charger? 🔌");
        insert.setLong(5, Math.max(World.END, System.currentTimeMillis() * 1_000_000));
        insert.executeUpdate();
    }

    /** Stops, fails if a writer has failed, and tells how many messages a second were achieved. */
    double stop() throws InterruptedException, ExecutionException {
        double perSecond = written.get() * 1e9 / (System.nanoTime() - start);
        stopped = true;
        for (Future<?> writer : work) {
            writer.get();
        }
        work.clear();
        return perSecond;
    }

    @Override
    public void close() throws SQLException {
        stopped = true;
        threads.shutdown();
        for (Connection connection : connections) {
            connection.close();
        }
    }
}
