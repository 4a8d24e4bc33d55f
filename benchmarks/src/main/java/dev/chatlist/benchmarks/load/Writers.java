package dev.chatlist.benchmarks.load;

import dev.chatlist.benchmarks.world.World;
import dev.chatlist.benchmarks.world.WorldDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * Posts messages to random rooms at a fixed rate, each in its own transaction, over connections that stay open, as
 * those of a chat backend do.
 */
public final class Writers implements AutoCloseable {
    private static final int CONNECTIONS = 4;

    private final World world;
    private final int bigRoomOneIn;
    private final List<Connection> connections = new ArrayList<>();
    private final ExecutorService threads = Executors.newFixedThreadPool(CONNECTIONS);
    private final List<Future<?>> running = new ArrayList<>();
    private final AtomicLong next = new AtomicLong();
    private final AtomicLong posted = new AtomicLong();
    private long start;
    private volatile boolean stopped;

    /** Never posts to the big room: each message would put it on the first page of two users in five. */
    public Writers(WorldDatabase database, World world) throws SQLException {
        this(database, world, Integer.MAX_VALUE);
    }

    /** @param bigRoomOneIn one message in so many is for the big room */
    public Writers(WorldDatabase database, World world, int bigRoomOneIn) throws SQLException {
        this.world = world;
        this.bigRoomOneIn = bigRoomOneIn;
        for (int i = 0; i < CONNECTIONS; i++) {
            connections.add(database.connect());
        }
    }

    /** Returns at once; messages are posted until {@link #stop}. */
    public void start(int perSecond) {
        long interval = 1_000_000_000L / perSecond;
        start = System.nanoTime();
        next.set(0);
        posted.set(0);
        stopped = false;
        for (Connection connection : connections) {
            Random random = new Random();
            running.add(threads.submit(() -> {
                write(connection, random, interval);
                return null;
            }));
        }
    }

    private void write(Connection connection, Random random, long interval) throws SQLException {
        try (MessageInsert insert = new MessageInsert(connection)) {
            while (!stopped) {
                long due = start + next.getAndIncrement() * interval;
                for (long wait = due - System.nanoTime(); wait > 0; wait = due - System.nanoTime()) {
                    LockSupport.parkNanos(wait);
                }
                boolean isBigRoom = random.nextInt(bigRoomOneIn) == 0;
                int room = isBigRoom ? 0 : 1 + random.nextInt(world.roomIds().size() - 1);
                int[] members = world.members(room);
                String author = world.userIds().get(members[random.nextInt(members.length)]);
                insert.post(world.roomIds().get(room), author);
                posted.incrementAndGet();
            }
        }
    }

    /** Returns the achieved rate, in messages per second. Throws the failure of a writer. */
    public double stop() throws InterruptedException, ExecutionException {
        double perSecond = posted.get() * 1e9 / (System.nanoTime() - start);
        stopped = true;
        for (Future<?> writer : running) {
            writer.get();
        }
        running.clear();
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
