package dev.chatlist.adapter.persistence;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.chatlist.domain.RoomId;
import dev.chatlist.domain.UserId;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.stream.IntStream;

/**
 * Programs that write the same rooms at the same time by plain SQL. Each transaction stays open while others go on, so
 * they are committed in any order, and some are rolled back as a whole or to a savepoint.
 *
 * <p>Who is a member when is recorded, and commits can be {@linkplain #whileNobodyCommits held back}.
 */
final class OverlappingWriters {
    static final int ROOMS = 120;
    private static final int WRITERS = 6;

    /** User n may join the rooms below the nth number, and never another one. */
    private static final int[] REACH = {3, 5, 8, 12, 20, 30, 45, 60, 80, 110, 110, 110, 110, 110};

    private static final int CREATORS = 3;

    /** A room with too many members to be read whole for an excerpt. */
    private static final String LARGE = room(2);

    private static final int CROWD = 210;

    private static final String LATEST_OF_A_ROOM =
            "(SELECT id FROM messages WHERE to_room_id = ? ORDER BY created_at DESC, id DESC LIMIT 1)";

    /** A deadlock, a change that the snapshot doesn't see, a user or room that is gone, a user who came meanwhile. */
    private static final Set<String> EXPECTED = Set.of("40P01", "40001", "23503", "23505");

    private final AtomicLong commits = new AtomicLong();
    private final AtomicLong rollbacks = new AtomicLong();
    private final AtomicLong failures = new AtomicLong();

    private final TestSchema schema;
    private final long seed;
    private final ReentrantReadWriteLock committing = new ReentrantReadWriteLock();
    private final Steps steps;
    private final AtomicLong clock = new AtomicLong();
    private final Map<Membership, Deque<Change>> history = new ConcurrentHashMap<>();

    private record Membership(UserId user, RoomId room) {}

    /** A committed join or leave. The clock tells when the commit began and ended. */
    private static final class Change {
        final boolean isJoin;
        final long begun;
        volatile long ended = Long.MAX_VALUE;

        Change(boolean isJoin, long begun) {
            this.isJoin = isJoin;
            this.begun = begun;
        }
    }

    /** Writers and readers wait for each other's steps, never for a time, and never all of them. */
    private static final class Steps {
        private final int readers;
        private int waitingReaders;
        private long count;
        private long transactions;
        private boolean isOver;

        Steps(int readers) {
            this.readers = readers;
        }

        synchronized void add() {
            count++;
            notifyAll();
        }

        synchronized void addTransaction() {
            transactions++;
            add();
        }

        synchronized void end() {
            isOver = true;
            notifyAll();
        }

        synchronized boolean isOver() {
            return isOver;
        }

        /** Writers call this. */
        synchronized void await(int more) throws InterruptedException {
            long until = count + more;
            while (count < until && waitingReaders < readers && !isOver) {
                wait();
            }
        }

        /** Readers call this. */
        synchronized void awaitTransactions(int more) throws InterruptedException {
            long until = transactions + more;
            waitingReaders++;
            notifyAll();
            while (transactions < until && !isOver) {
                wait();
            }
            waitingReaders--;
        }
    }

    /** Writes the first rooms and members. */
    OverlappingWriters(TestSchema schema, int readers, long seed) throws SQLException {
        this.schema = schema;
        this.seed = seed;
        steps = new Steps(readers);
        schema.execute(
                "TRUNCATE users CASCADE",
                "INSERT INTO users (user_id, created_at) SELECT 'creator ' || n, 1 FROM generate_series(0, %s) n"
                        .formatted(CREATORS - 1),
                "INSERT INTO users (user_id, created_at) SELECT 'crowd ' || n, 1 FROM generate_series(1, %s) n"
                        .formatted(CROWD));
        try (Writer first = new Writer(new Random(seed - 1), false)) {
            for (UserId user : users()) {
                first.saveUser(user);
            }
            for (int room = 0; room < ROOMS; room++) {
                first.createRoom(room(room));
            }
            first.commit();
        }
    }

    static List<UserId> users() {
        return IntStream.range(0, REACH.length)
                .mapToObj(OverlappingWriters::user)
                .toList();
    }

    private static UserId user(int n) {
        return new UserId("u" + n);
    }

    private static String room(int n) {
        return "r" + n;
    }

    List<Callable<Void>> tasks() {
        return IntStream.range(0, WRITERS)
                .<Callable<Void>>mapToObj(n -> () -> write(n))
                .toList();
    }

    /** Readers call this after each answer: the writers go on. */
    void step() {
        steps.add();
    }

    /** Readers call this before some requests. */
    void awaitTransactions(int count) throws InterruptedException {
        steps.awaitTransactions(count);
    }

    /** Ends the writing. Readers that go on would wait for news for ever. */
    void end() {
        steps.end();
    }

    boolean isOver() {
        return steps.isOver();
    }

    long now() {
        return clock.incrementAndGet();
    }

    /** Whether the user can have been the room's member at some moment between the two. */
    boolean mayHaveBeenMember(UserId user, RoomId room, long from, long to) {
        Deque<Change> changes = history.get(new Membership(user, room));
        if (changes == null) {
            return false;
        }
        for (Iterator<Change> latestFirst = changes.descendingIterator(); latestFirst.hasNext(); ) {
            Change change = latestFirst.next();
            if (change.begun <= to) {
                return change.isJoin || change.ended >= from;
            }
        }
        return false;
    }

    /** Transactions stay open meanwhile, and none of them becomes visible. */
    <T> T whileNobodyCommits(Callable<T> reading) throws Exception {
        Lock lock = committing.writeLock();
        lock.lock();
        try {
            return reading.call();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public String toString() {
        return "%s commits, %s rollbacks, %s failures".formatted(commits, rollbacks, failures);
    }

    private Void write(int number) throws Exception {
        try (Writer writer = new Writer(new Random(seed + number), number == 0)) {
            while (!steps.isOver()) {
                try {
                    writer.transaction();
                } catch (SQLException e) {
                    assertTrue(EXPECTED.contains(e.getSQLState()), e.getSQLState() + " " + e.getMessage());
                    writer.rollback();
                    failures.incrementAndGet();
                }
                steps.addTransaction();
            }
            return null;
        } finally {
            end();
        }
    }

    /** One connection, in a transaction. */
    private final class Writer implements AutoCloseable {
        private final Random random;

        /** In REPEATABLE READ, which is refused to those who change users. */
        private final boolean isRepeatable;

        private final Connection connection;
        private final String id;
        private int messages;

        /** What this transaction has made of memberships. */
        private Map<Membership, Boolean> changed = new HashMap<>();

        Writer(Random random, boolean isRepeatable) throws SQLException {
            this.random = random;
            this.isRepeatable = isRepeatable;
            connection = schema.connect();
            id = "m%x-".formatted(random.nextInt());
            try (Statement statement = connection.createStatement()) {
                statement.execute("SET deadlock_timeout = '5ms'");
            }
            connection.setAutoCommit(false);
            if (isRepeatable) {
                connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
            }
        }

        @Override
        public void close() throws SQLException {
            connection.rollback();
            connection.close();
        }

        void transaction() throws Exception {
            for (int more = random.nextInt(4); more >= 0; more--) {
                change();
                if (random.nextInt(6) == 0) {
                    tryOut();
                }
                if (random.nextInt(4) == 0) {
                    awaitOthers();
                }
            }
            awaitOthers();
            if (random.nextInt(6) == 0) {
                rollback();
                rollbacks.incrementAndGet();
            } else {
                commit();
                commits.incrementAndGet();
            }
        }

        /** Mostly for a few steps, and now and then for many. */
        private void awaitOthers() throws InterruptedException {
            steps.await(random.nextInt(1 + random.nextInt(random.nextInt(8) == 0 ? 80 : 8)));
        }

        /** Changes something that is mostly taken back. */
        private void tryOut() throws SQLException {
            Map<Membership, Boolean> before = new HashMap<>(changed);
            Savepoint savepoint = connection.setSavepoint();
            change();
            if (random.nextInt(4) == 0) {
                connection.releaseSavepoint(savepoint);
            } else {
                connection.rollback(savepoint);
                changed = before;
            }
        }

        void commit() throws SQLException {
            committing.readLock().lock();
            try {
                List<Change> now = new ArrayList<>();
                changed.forEach((membership, isJoin) -> {
                    Change change = new Change(isJoin, now());
                    now.add(change);
                    history.computeIfAbsent(membership, one -> new ConcurrentLinkedDeque<>())
                            .add(change);
                });
                connection.commit();
                long ended = now();
                now.forEach(change -> change.ended = ended);
                changed.clear();
            } finally {
                committing.readLock().unlock();
            }
        }

        void rollback() throws SQLException {
            connection.rollback();
            changed.clear();
        }

        private void change() throws SQLException {
            int dice = random.nextInt(isRepeatable ? 193 : 200);
            if (dice < 76) {
                post(anyRoom());
            } else if (dice < 88) {
                update("UPDATE messages SET msg_contents = ? WHERE id = " + LATEST_OF_A_ROOM, text(), anyRoom());
            } else if (dice < 94) {
                update("UPDATE messages SET created_at = ? WHERE id = " + LATEST_OF_A_ROOM, time(), anyRoom());
            } else if (dice < 98) {
                update("UPDATE messages SET to_room_id = ? WHERE id = " + LATEST_OF_A_ROOM, anyRoom(), anyRoom());
            } else if (dice < 114) {
                update("DELETE FROM messages WHERE id = " + LATEST_OF_A_ROOM, anyRoom());
            } else if (dice < 118) {
                update("DELETE FROM messages WHERE to_room_id = ?", anyRoom());
            } else if (dice < 144) {
                joinAny();
            } else if (dice < 158) {
                leaveAny();
            } else if (dice < 172) {
                leaveAndJoin();
            } else if (dice < 182) {
                update("UPDATE rooms SET name = ? WHERE room_id = ?", text(), anyRoom());
            } else if (dice < 186) {
                update(
                        "UPDATE rooms SET creator_id = ? WHERE room_id = ?",
                        "creator " + random.nextInt(CREATORS),
                        anyRoom());
            } else if (dice < 188) {
                removeRoom(anyRoom());
            } else if (dice < 193) {
                createMissingRoom();
            } else if (dice < 197) {
                update("UPDATE users SET nick_name = ? WHERE user_id = ?", text(), anyUser());
            } else if (dice < 199) {
                update("UPDATE users SET nick_name = '', created_at = 0 WHERE user_id = ?", anyUser());
            } else {
                removeOrSave(random.nextInt(REACH.length));
            }
        }

        private void post(String room) throws SQLException {
            update(
                    "INSERT INTO messages (id, to_room_id, from_uid, msg_contents, created_at)"
                            + " SELECT ?, room_id, ?, ?, ? FROM rooms WHERE room_id = ?",
                    id + messages++,
                    random.nextInt(4) == 0 ? "crowd " + (1 + random.nextInt(CROWD)) : anyUser(),
                    text(),
                    time(),
                    room);
        }

        private void joinAny() throws SQLException {
            int user = random.nextInt(REACH.length);
            join(user(user), room(random.nextInt(REACH[user])));
        }

        private void join(UserId user, String... rooms) throws SQLException {
            for (String room : texts(
                    "INSERT INTO memberships SELECT user_id, room_id, ? FROM rooms CROSS JOIN users"
                            + " WHERE user_id = ? AND room_id = ANY (?) ON CONFLICT DO NOTHING RETURNING room_id",
                    (long) random.nextInt(5),
                    user.value(),
                    rooms)) {
                changed.put(new Membership(user, new RoomId(room)), true);
            }
        }

        private void leaveAny() throws SQLException {
            int user = random.nextInt(REACH.length);
            leave(user(user), room(random.nextInt(REACH[user])));
        }

        private boolean leave(UserId user, String room) throws SQLException {
            int left = update("DELETE FROM memberships WHERE user_id = ? AND room_id = ?", user.value(), room);
            if (left > 0) {
                changed.put(new Membership(user, new RoomId(room)), false);
            }
            return left > 0;
        }

        /** In one transaction. Others join again in a later one. */
        private void leaveAndJoin() throws SQLException {
            int user = random.nextInt(REACH.length);
            String room = room(random.nextInt(REACH[user]));
            if (leave(user(user), room)) {
                join(user(user), room);
            }
        }

        private void removeRoom(String room) throws SQLException {
            // Holds off those who join, so that all who go are known.
            texts("SELECT room_id FROM rooms WHERE room_id = ? FOR UPDATE", room);
            for (String member : texts("SELECT user_id FROM memberships WHERE room_id = ?", room)) {
                changed.put(new Membership(new UserId(member), new RoomId(room)), false);
            }
            update("DELETE FROM rooms WHERE room_id = ?", room);
        }

        private void createMissingRoom() throws SQLException {
            List<String> missing = texts(
                    "SELECT 'r' || n FROM generate_series(0, ?) n"
                            + " WHERE NOT EXISTS (SELECT FROM rooms WHERE room_id = 'r' || n)",
                    ROOMS - 1);
            if (!missing.isEmpty()) {
                createRoom(missing.get(random.nextInt(missing.size())));
            }
        }

        /** With most of those who may be its members. */
        void createRoom(String room) throws SQLException {
            int created = update(
                    "INSERT INTO rooms (room_id, creator_id, created_at) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
                    room,
                    "creator " + random.nextInt(CREATORS),
                    time());
            if (created > 0 && room.equals(LARGE)) {
                update("INSERT INTO memberships SELECT user_id, ?, 2 FROM users WHERE user_id LIKE 'crowd%'", room);
            }
            for (int user = 0; user < REACH.length && created > 0; user++) {
                if (Integer.parseInt(room.substring(1)) < REACH[user] && random.nextInt(3) > 0) {
                    join(user(user), room);
                }
            }
        }

        private void removeOrSave(int user) throws SQLException {
            UserId removed = user(user);
            for (String room : texts("DELETE FROM memberships WHERE user_id = ? RETURNING room_id", removed.value())) {
                changed.put(new Membership(removed, new RoomId(room)), false);
            }
            update("DELETE FROM users WHERE user_id = ?", removed.value());
            if (random.nextInt(4) > 0) {
                saveUser(removed);
                join(
                        removed,
                        random.ints(REACH[user], 0, REACH[user])
                                .mapToObj(OverlappingWriters::room)
                                .toArray(String[]::new));
            }
        }

        void saveUser(UserId user) throws SQLException {
            update("INSERT INTO users (user_id, created_at) VALUES (?, 1) ON CONFLICT DO NOTHING", user.value());
        }

        /** Some rooms are busier than others. */
        private String anyRoom() {
            return room(random.nextInt(1 + random.nextInt(ROOMS)));
        }

        private String anyUser() {
            int n = random.nextInt(REACH.length + CREATORS);
            return n < REACH.length ? user(n).value() : "creator " + (n - REACH.length);
        }

        private String text() {
            return "text " + random.nextInt(1000);
        }

        /** Later and later, with the same time in several rooms, and now and then an early one. */
        private long time() {
            return random.nextInt(8) == 0 ? random.nextInt(50) : 50 + clock.get() / 64;
        }

        private int update(String sql, Object... parameters) throws SQLException {
            try (PreparedStatement statement = prepare(sql, parameters)) {
                return statement.executeUpdate();
            }
        }

        private List<String> texts(String sql, Object... parameters) throws SQLException {
            List<String> texts = new ArrayList<>();
            try (PreparedStatement statement = prepare(sql, parameters);
                    ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    texts.add(rows.getString(1));
                }
            }
            return texts;
        }

        private PreparedStatement prepare(String sql, Object... parameters) throws SQLException {
            PreparedStatement statement = connection.prepareStatement(sql);
            for (int n = 0; n < parameters.length; n++) {
                statement.setObject(n + 1, parameters[n]);
            }
            return statement;
        }
    }
}
