package com.example.chat.adapter.sqlite;

import static java.util.stream.Collectors.toSet;

import dev.chatlist.application.ChatJournal;
import dev.chatlist.application.EventBatch;
import dev.chatlist.application.StorageUnavailableException;
import dev.chatlist.domain.RoomId;
import dev.chatlist.domain.User;
import dev.chatlist.domain.UserId;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Collection;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import javax.sql.DataSource;

/** Records each call in one transaction, one after the other: SQLite has one writer at a time. */
final class SqliteJournal implements ChatJournal {
    private static final String STORED_USERS =
            "SELECT user_id FROM users WHERE user_id IN (SELECT value FROM json_each(?))";
    private static final String STORED_ROOMS =
            "SELECT room_id FROM rooms WHERE room_id IN (SELECT value FROM json_each(?))";

    private static final String SAVE_USER = """
            INSERT INTO users (user_id, document) VALUES (?, ?)
            ON CONFLICT (user_id) DO UPDATE SET document = excluded.document""";
    private static final String SAVE_ROOM = """
            INSERT INTO rooms (room_id, creator_id, created_at, document, version)
            VALUES (?, ?, ?, ?, (SELECT latest FROM recordings))
            ON CONFLICT (room_id) DO UPDATE SET creator_id = excluded.creator_id, created_at = excluded.created_at,
                document = excluded.document, version = excluded.version""";
    private static final String JOIN = """
            INSERT INTO memberships (room_id, user_id, joined_at) VALUES (?, ?, ?)
            ON CONFLICT DO NOTHING""";
    private static final String SAVE_MESSAGE = """
            INSERT INTO messages (message_id, room_id, created_at, document) VALUES (?, ?, ?, ?)
            ON CONFLICT (message_id) DO UPDATE SET room_id = excluded.room_id, created_at = excluded.created_at,
                document = excluded.document""";

    private static final String LEAVE = "DELETE FROM memberships WHERE room_id = ? AND user_id = ?";
    private static final String REMOVE_MESSAGE = "DELETE FROM messages WHERE message_id = ?";
    private static final String REMOVE_ROOM = "DELETE FROM rooms WHERE room_id = ?";
    private static final String BLANK_USER = "UPDATE users SET document = ? WHERE user_id = ?";

    private final DataSource connections;

    SqliteJournal(DataSource connections) {
        this.connections = connections;
    }

    @Override
    public void record(Iterator<EventBatch> batches) {
        try (Connection connection = connections.getConnection()) {
            connection.setAutoCommit(false);
            // This comes first, so that writers wait here: SQLite refuses one that has read before another's commit.
            try (Statement statement = connection.createStatement()) {
                statement.executeUpdate("UPDATE recordings SET latest = latest + 1");
            }
            while (batches.hasNext()) {
                EventBatch batch = batches.next();
                if (batch instanceof EventBatch.Saves saves) {
                    save(connection, saves);
                } else if (batch instanceof EventBatch.Removals removals) {
                    remove(connection, removals);
                }
            }
            // If anything throws before this, the pool rolls back when it gets its connection.
            connection.commit();
        } catch (SQLException e) {
            throw new StorageUnavailableException("can't record events", e);
        }
    }

    private static void save(Connection connection, EventBatch.Saves saves) throws SQLException {
        saves.requirePresumed(
                stored(connection, STORED_USERS, saves.presumedUsers().keySet(), UserId::value, UserId::new),
                stored(connection, STORED_ROOMS, saves.presumedRooms().keySet(), RoomId::value, RoomId::new));
        each(connection, SAVE_USER, saves.users(), user -> List.of(user.id().value(), Documents.of(user)));
        each(
                connection,
                SAVE_ROOM,
                saves.rooms(),
                room -> List.of(room.id().value(), room.creatorId().value(), room.createdAt(), Documents.of(room)));
        each(
                connection,
                JOIN,
                saves.joins(),
                joined -> List.of(joined.roomId().value(), joined.userId().value(), joined.at()));
        each(
                connection,
                SAVE_MESSAGE,
                saves.messages(),
                message -> List.of(
                        message.id().value(), message.toRoomId().value(), message.createdAt(), Documents.of(message)));
    }

    private static void remove(Connection connection, EventBatch.Removals removals) throws SQLException {
        each(
                connection,
                LEAVE,
                removals.leaves(),
                left -> List.of(left.roomId().value(), left.userId().value()));
        each(connection, REMOVE_MESSAGE, removals.messages(), message -> List.of(message.value()));
        each(connection, REMOVE_ROOM, removals.rooms(), room -> List.of(room.value()));
        each(connection, BLANK_USER, removals.users(), user -> List.of(Documents.of(User.removed(user)), user.value()));
    }

    private static <T> void each(Connection connection, String sql, List<T> entries, Function<T, List<Object>> values)
            throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            for (T entry : entries) {
                List<Object> row = values.apply(entry);
                for (int i = 0; i < row.size(); i++) {
                    statement.setObject(i + 1, row.get(i));
                }
                statement.addBatch();
            }
            statement.executeBatch();
        }
    }

    /** Those of the ids that are stored. */
    private static <I> Set<I> stored(
            Connection connection, String sql, Collection<I> ids, Function<I, String> text, Function<String, I> id)
            throws SQLException {
        Set<I> stored = new HashSet<>();
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setString(1, Documents.array(ids.stream().map(text).collect(toSet())));
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    stored.add(id.apply(rows.getString(1)));
                }
            }
        }
        return stored;
    }
}
