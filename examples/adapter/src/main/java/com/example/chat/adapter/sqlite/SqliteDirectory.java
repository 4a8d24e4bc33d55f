package com.example.chat.adapter.sqlite;

import dev.chatlist.application.AnswerTooLargeException;
import dev.chatlist.application.ChatDirectory;
import dev.chatlist.application.RoomVersion;
import dev.chatlist.application.StorageUnavailableException;
import dev.chatlist.domain.Chat;
import dev.chatlist.domain.PageRequest;
import dev.chatlist.domain.RoomId;
import dev.chatlist.domain.UserId;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import javax.sql.DataSource;

/** Reads chats. Each statement sees one moment of the file; a chat is read at its version or not at all. */
final class SqliteDirectory implements ChatDirectory {
    private static final String PAGE = """
            SELECT room_id, version
            FROM memberships JOIN rooms USING (room_id)
            WHERE user_id = ?
            ORDER BY coalesce((SELECT max(created_at) FROM messages WHERE messages.room_id = rooms.room_id),
                              rooms.created_at) DESC, room_id DESC
            LIMIT ? OFFSET ?""";

    private static final String CHAT = "SELECT chat FROM chats WHERE room_id = ? AND version = ?";
    private static final String ROOM_IDS = "SELECT room_id FROM memberships WHERE user_id = ? ORDER BY room_id";

    private final DataSource connections;

    SqliteDirectory(DataSource connections) {
        this.connections = connections;
    }

    @Override
    public List<RoomVersion> page(UserId member, PageRequest request) {
        return read("read a page", PAGE, statement -> {
            List<RoomVersion> page = new ArrayList<>();
            try (ResultSet rows = rows(statement, member.value(), request.size(), request.offset())) {
                while (rows.next()) {
                    page.add(new RoomVersion(new RoomId(rows.getString(1)), rows.getLong(2)));
                }
            }
            return page;
        });
    }

    /** One small query for each chat: SQLite runs in this process, so they take no round trips. */
    @Override
    public List<Chat> chats(List<RoomVersion> rooms, long maxBytes) {
        return read("read chats", CHAT, statement -> {
            Answer<Chat> answer = new Answer<>(maxBytes);
            for (RoomVersion room : rooms) {
                answer.add(rows(statement, room.roomId().value(), room.version()), Documents::chat);
            }
            return answer.whole();
        });
    }

    @Override
    public List<RoomId> roomIds(UserId member, long maxBytes) {
        return read("read room ids", ROOM_IDS, statement -> {
            Answer<RoomId> answer = new Answer<>(maxBytes);
            answer.add(rows(statement, member.value()), RoomId::new);
            return answer.whole();
        });
    }

    private <T> List<T> read(String aim, String sql, Query<T> query) {
        try (Connection connection = connections.getConnection();
                PreparedStatement statement = connection.prepareStatement(sql)) {
            return query.run(statement);
        } catch (SQLException | Documents.UnreadableException e) {
            throw new StorageUnavailableException("can't " + aim, e);
        }
    }

    private static ResultSet rows(PreparedStatement statement, Object... values) throws SQLException {
        for (int i = 0; i < values.length; i++) {
            statement.setObject(i + 1, values[i]);
        }
        return statement.executeQuery();
    }

    private interface Query<T> {
        List<T> run(PreparedStatement statement) throws SQLException;
    }

    /** What is read, as long as it may take that much memory. What exceeds it is measured row by row, and not kept. */
    private static final class Answer<T> {
        /** A Java object takes up to about four times as much as its text in the file. */
        private static final long BYTES_PER_CHARACTER = 4;

        private static final long BYTES_PER_ENTRY = 64;

        private final List<T> entries = new ArrayList<>();
        private final long maxBytes;
        private long bytes;

        Answer(long maxBytes) {
            this.maxBytes = maxBytes;
        }

        void add(ResultSet rows, Function<String, T> entry) throws SQLException {
            try (rows) {
                while (rows.next()) {
                    String text = rows.getString(1);
                    bytes += BYTES_PER_ENTRY + BYTES_PER_CHARACTER * text.length();
                    if (bytes <= maxBytes) {
                        entries.add(entry.apply(text));
                    }
                }
            }
        }

        List<T> whole() {
            if (bytes > maxBytes) {
                throw new AnswerTooLargeException(bytes);
            }
            return entries;
        }
    }
}
