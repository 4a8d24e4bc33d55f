package dev.chatlist.benchmarks.load;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.chatlist.benchmarks.world.World;
import dev.chatlist.benchmarks.world.WorldDatabase;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.UUID;

/** The prepared {@code INSERT} of a message, as plain SQL: any program may write the tables. */
public final class MessageInsert implements AutoCloseable {
    private static final String INSERT =
            "INSERT INTO messages (id, to_room_id, from_uid, msg_type, msg_contents, created_at)"
                    + " VALUES (?, ?, ?, 'text', ?, ?)";

    private final PreparedStatement statement;

    public MessageInsert(Connection connection) throws SQLException {
        statement = connection.prepareStatement(INSERT);
    }

    /** Posts a message with the present time, which is later than every message of the world. */
    public void post(String room, String author) throws SQLException {
        UUID id = UUID.nameUUIDFromBytes((room + author + System.nanoTime()).getBytes(UTF_8));
        statement.setString(1, WorldDatabase.POSTED_ID_PREFIX + id);
        statement.setString(2, room);
        statement.setString(3, author);
        statement.setString(4, "Has anybody a charger? 🔌");
        statement.setLong(5, Math.max(World.END, System.currentTimeMillis() * 1_000_000));
        statement.executeUpdate();
    }

    @Override
    public void close() throws SQLException {
        statement.close();
    }
}
