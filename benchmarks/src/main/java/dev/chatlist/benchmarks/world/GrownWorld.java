package dev.chatlist.benchmarks.world;

import java.sql.SQLException;
import java.sql.Statement;

/**
 * A plain world of any size: ten users for each room, and as many memberships and messages as users. It shows whether a
 * cost grows with the number of users. {@code benchmarks/import} writes the same world as events.
 */
public final class GrownWorld {
    public static String user(int n) {
        return "user-" + n;
    }

    public static String room(int n) {
        return "room-" + n;
    }

    public static int rooms(int users) {
        return users / 10;
    }

    /** Fills the empty tables of the statement's schema. */
    public static void load(Statement statement, int users) throws SQLException {
        int rooms = rooms(users);
        for (String sql : new String[] {
            "INSERT INTO users (user_id, nick_name, created_at) SELECT 'user-' || n, 'User ' || n, 1600000000000000000"
                    + " FROM generate_series(0, %d - 1) n".formatted(users),
            "INSERT INTO rooms (room_id, name, creator_id, created_at)"
                    + " SELECT 'room-' || n, 'Room ' || n, 'user-' || n, 1600000000000000000"
                    + " FROM generate_series(0, %d - 1) n".formatted(rooms),
            "INSERT INTO memberships (user_id, room_id, joined_at)"
                    + " SELECT 'user-' || n, 'room-' || n %% %d, 1600000000000000000 + n".formatted(rooms)
                    + " FROM generate_series(0, %d - 1) n".formatted(users),
            "INSERT INTO messages (id, to_room_id, from_uid, msg_type, msg_contents, created_at)"
                    + " SELECT 'message-' || n, 'room-' || n %% %d, 'user-' || n, 'text',".formatted(rooms)
                    + " 'This is message number ' || n || ', as long as most are in a chat.', 1600000000000000000 + n"
                    + " FROM generate_series(0, %d - 1) n".formatted(users),
            "VACUUM (ANALYZE) users, rooms, memberships, messages, room_activity",
            "CHECKPOINT"
        }) {
            statement.execute(sql);
        }
    }

    private GrownWorld() {}
}
