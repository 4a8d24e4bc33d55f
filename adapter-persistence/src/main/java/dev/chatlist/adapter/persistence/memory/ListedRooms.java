package dev.chatlist.adapter.persistence.memory;

import dev.chatlist.adapter.persistence.memory.RoomList.ListedRoom;
import dev.chatlist.adapter.persistence.sql.ChangeFeed.Activity;
import dev.chatlist.domain.RoomId;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The rooms of all lists in memory, each with the number of lists that it is in. A room leaves with the last of them.
 *
 * <p>Not safe for use by several threads. {@link RoomLists} guards it.
 */
final class ListedRooms {
    /** A reference from a list, and a share of the places that rooms left before the list was next used. */
    static final int BYTES_PER_PLACE = 12;

    /** A room with its id, version, place and map entry. */
    static final int BYTES_PER_ROOM = 220;

    private final Map<RoomId, ListedRoom> rooms = new HashMap<>();
    private long bytes;

    @Nullable
    ListedRoom find(Activity activity) {
        return rooms.get(activity.room().roomId());
    }

    /** The room; as in the activity if it was in no list. */
    ListedRoom listed(Activity activity) {
        return rooms.computeIfAbsent(activity.room().roomId(), id -> {
            bytes += BYTES_PER_ROOM;
            return new ListedRoom(activity);
        });
    }

    void hold(ListedRoom room) {
        room.holders++;
        bytes += BYTES_PER_PLACE;
    }

    void release(ListedRoom room) {
        room.holders--;
        bytes -= BYTES_PER_PLACE;
        if (room.holders == 0) {
            rooms.remove(room.id());
            bytes -= BYTES_PER_ROOM;
        }
    }

    void clear() {
        rooms.clear();
        bytes = 0;
    }

    /** An estimate of the heap in use. */
    long bytes() {
        return bytes;
    }

    /** Whether no list shows the room in another version. */
    boolean isUpToDate(Activity activity) {
        ListedRoom room = find(activity);
        return room == null || room.isAt(activity);
    }

    /** The room if lists show it in an older version. */
    @Nullable
    ListedRoom outdatedBy(Activity activity) {
        ListedRoom room = find(activity);
        return room != null && room.isOlderThan(activity) ? room : null;
    }
}
