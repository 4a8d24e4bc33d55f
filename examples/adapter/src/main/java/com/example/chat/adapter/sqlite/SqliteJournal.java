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
    private final DataSource connections;

    SqliteJournal(DataSource connections) {
        this.connections = connections;
    }

    @Override
    public void record(Iterator<EventBatch> batches) {
        try (Connection connection = connections.getConnection()) {
            connection.setAutoCommit(false);
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
                stored(
                        connection,
                        "SELECT user_id FROM users WHERE user_id IN (SELECT value FROM json_each(?))",
                        saves.presumedUsers().keySet(),
                        UserId::value,
                        UserId::new),
                stored(
                        connection,
                        "SELECT room_id FROM rooms WHERE room_id IN (SELECT value FROM json_each(?))",
                        saves.presumedRooms().keySet(),
                        RoomId::value,
                        RoomId::new));
        each(connection, saves.users(), """
                INSERT INTO users (user_id, document) VALUES (?, ?)
                ON CONFLICT (user_id) DO UPDATE SET document = excluded.document""", user -> List.of(
                user.id().value(), Documents.of(user)));
        each(connection, saves.rooms(), """
                INSERT INTO rooms (room_id, creator_id, created_at, document, version)
                VALUES (?, ?, ?, ?, (SELECT latest FROM recordings))
                ON CONFLICT (room_id) DO UPDATE SET creator_id = excluded.creator_id, created_at = excluded.created_at,
                    document = excluded.document, version = excluded.version""", room -> List.of(
                room.id().value(), room.creatorId().value(), room.createdAt(), Documents.of(room)));
        each(connection, saves.joins(), """
                INSERT INTO memberships (room_id, user_id, joined_at) VALUES (?, ?, ?)
                ON CONFLICT DO NOTHING""", joined -> List.of(
                joined.roomId().value(), joined.userId().value(), joined.at()));
        each(connection, saves.messages(), """
                INSERT INTO messages (message_id, room_id, created_at, document) VALUES (?, ?, ?, ?)
                ON CONFLICT (message_id) DO UPDATE SET room_id = excluded.room_id, created_at = excluded.created_at,
                    document = excluded.document""", message -> List.of(
                message.id().value(), message.toRoomId().value(), message.createdAt(), Documents.of(message)));
    }

    private static void remove(Connection connection, EventBatch.Removals removals) throws SQLException {
        each(
                connection,
                removals.leaves(),
                "DELETE FROM memberships WHERE room_id = ? AND user_id = ?",
                left -> List.of(left.roomId().value(), left.userId().value()));
        each(
                connection,
                removals.messages(),
                "DELETE FROM messages WHERE message_id = ?",
                message -> List.of(message.value()));
        each(connection, removals.rooms(), "DELETE FROM rooms WHERE room_id = ?", room -> List.of(room.value()));
        each(
                connection,
                removals.users(),
                "UPDATE users SET document = ? WHERE user_id = ?",
                user -> List.of(Documents.of(User.removed(user)), user.value()));
    }

    private static <T> void each(
            Connection connection, List<T> entries, String sql, Function<T, List<Object>> values) throws SQLException {
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
