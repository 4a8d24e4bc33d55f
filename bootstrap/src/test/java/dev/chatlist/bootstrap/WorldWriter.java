package dev.chatlist.bootstrap;

import dev.chatlist.adapter.persistence.Database;
import dev.chatlist.application.ChatEventService;
import dev.chatlist.application.RecordChatEvents;
import dev.chatlist.application.RejectedEventException;
import dev.chatlist.application.StorageUnavailableException;
import dev.chatlist.domain.ChatEvent;
import dev.chatlist.domain.ChatEvent.MemberJoined;
import dev.chatlist.domain.ChatEvent.MemberLeft;
import dev.chatlist.domain.ChatEvent.MessageRemoved;
import dev.chatlist.domain.ChatEvent.MessageSaved;
import dev.chatlist.domain.ChatEvent.RoomRemoved;
import dev.chatlist.domain.ChatEvent.RoomSaved;
import dev.chatlist.domain.ChatEvent.UserRemoved;
import dev.chatlist.domain.ChatEvent.UserSaved;
import dev.chatlist.domain.Message;
import dev.chatlist.domain.MessageId;
import dev.chatlist.domain.Room;
import dev.chatlist.domain.RoomId;
import dev.chatlist.domain.User;
import dev.chatlist.domain.UserId;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.sql.DataSource;

/**
 * A program that changes everything that a list shows, at random: most changes are of a few rooms and users. Its
 * transactions take several statements, so those of several writers overlap, and some are rolled back.
 */
final class WorldWriter implements AutoCloseable {
    /** The order of these by UTF-16 isn't that by code point. */
    private static final List<String> ALPHABETS = List.of("a", "Z", "é", "\uFFFD", "\uD83D\uDE00", "語");

    /** Times that are often equal, and else differ only in digits that a number of JavaScript doesn't have. */
    private static final long TIME = 1_800_000_000_000_000_000L;

    private static final int TIMES = 20;
    private static final int NEW_USERS = 8;
    private static final int NEW_ROOMS = 40;
    private static final int NEW_MESSAGES = 400;

    /** What events are about. Some of it doesn't exist, or not all of the time. */
    record World(List<UserId> users, List<RoomId> rooms, List<MessageId> messages) {
        /** Those of the database, with the users in the most rooms first, and some that are new. */
        static World of(DataSource database) throws SQLException {
            try (Connection connection = database.getConnection()) {
                Stream<String> users = read(
                        connection,
                        "SELECT user_id FROM chatlist.users LEFT JOIN chatlist.memberships USING (user_id)"
                                + " GROUP BY user_id ORDER BY count(room_id) DESC, user_id");
                Stream<String> rooms = read(connection, "SELECT room_id FROM chatlist.rooms ORDER BY md5(room_id)");
                Stream<String> messages = read(
                        connection,
                        "SELECT latest_message_id FROM chatlist.room_activity WHERE latest_message_id IS NOT NULL"
                                + " ORDER BY md5(room_id) LIMIT 1000");
                return new World(
                        Stream.concat(users, invented(NEW_USERS))
                                .map(UserId::new)
                                .toList(),
                        Stream.concat(invented(NEW_ROOMS), rooms)
                                .map(RoomId::new)
                                .toList(),
                        Stream.concat(invented(NEW_MESSAGES), messages)
                                .map(MessageId::new)
                                .toList());
            }
        }

        private static Stream<String> read(Connection connection, String query) throws SQLException {
            List<String> ids = new ArrayList<>();
            try (Statement statement = connection.createStatement();
                    ResultSet rows = statement.executeQuery(query)) {
                while (rows.next()) {
                    ids.add(rows.getString(1));
                }
            }
            return ids.stream();
        }

        /** Those who are most in the way of the writers. */
        List<UserId> busiest() {
            return users.subList(0, 3);
        }
    }

    private final World world;
    private final Random random;
    private final Connection connection;
    private final RecordChatEvents events;

    WorldWriter(DataSource dataSource, World world, long seed) throws SQLException {
        this.world = world;
        random = new Random(seed);
        connection = dataSource.getConnection();
        events = new ChatEventService(Database.over(dataSource).journal(connection));
        connection.setAutoCommit(false);
    }

    /** Makes the new users and rooms, which later events may be about. The busiest users are in all of these rooms. */
    void begin() throws SQLException {
        List<ChatEvent> begin = new ArrayList<>();
        invented(NEW_USERS).forEach(id -> begin.add(new UserSaved(User.named(new UserId(id), "", TIME))));
        invented(NEW_ROOMS).map(RoomId::new).forEach(id -> {
            begin.add(new RoomSaved(Room.group(id, "", user(), time())));
            world.busiest().forEach(user -> begin.add(new MemberJoined(id, user, time())));
        });
        events.record(begin);
        connection.commit();
    }

    private static Stream<String> invented(int number) {
        return IntStream.range(0, number).mapToObj(n -> ALPHABETS.get(n % ALPHABETS.size()) + n);
    }

    /**
     * Makes one transaction.
     *
     * @return how many events it committed; none if another writer was in the way, or had removed what an event refers to
     */
    long write() throws SQLException {
        try {
            long written = 0;
            for (int recordings = 1 + random.nextInt(2); recordings > 0; recordings--) {
                written += events.record(List.of(next(), next()));
            }
            if (random.nextInt(10) > 0) {
                connection.commit();
                return written;
            }
        } catch (RejectedEventException | StorageUnavailableException e) {
            // Nothing of the transaction stays.
        } catch (SQLException e) {
            // A deadlock may be found when a transaction commits.
            if (!"40P01".equals(e.getSQLState())) {
                throw e;
            }
        }
        connection.rollback();
        return 0;
    }

    private ChatEvent next() {
        int dice = random.nextInt(100);
        if (dice < 40) {
            return new MessageSaved(Message.text(any(world.messages), room(), user(), "hi " + dice, time()));
        }
        if (dice < 54) {
            return new MessageRemoved(any(world.messages));
        }
        if (dice < 72) {
            return new MemberJoined(room(), user(), time());
        }
        if (dice < 86) {
            return new MemberLeft(room(), user());
        }
        if (dice < 91) {
            return new UserSaved(User.named(any(world.users), "nick " + random.nextInt(5), time()));
        }
        if (dice < 92) {
            return new UserRemoved(any(world.users));
        }
        if (dice < 98) {
            return new RoomSaved(Room.group(room(), "room " + random.nextInt(5), user(), time()));
        }
        return new RoomRemoved(room());
    }

    private UserId user() {
        return any(random.nextBoolean() ? world.busiest() : world.users);
    }

    private RoomId room() {
        return any(random.nextBoolean() ? world.rooms.subList(0, NEW_ROOMS) : world.rooms);
    }

    private <I> I any(List<I> ids) {
        return ids.get(random.nextInt(ids.size()));
    }

    private long time() {
        return TIME + random.nextInt(TIMES);
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }
}
