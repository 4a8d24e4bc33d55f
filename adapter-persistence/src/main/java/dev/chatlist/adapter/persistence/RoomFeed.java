package dev.chatlist.adapter.persistence;

import dev.chatlist.application.RoomVersion;
import dev.chatlist.application.StorageUnavailableException;
import dev.chatlist.domain.Message;
import dev.chatlist.domain.UserId;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What {@link RoomOrders} asks the database. */
interface RoomFeed {
    /**
     * What a new snapshot sees that {@code since} didn't, whoever wrote it and in whichever order transactions were
     * committed. May repeat what that one saw already. The same snapshot again where nobody has committed anything.
     *
     * @throws StorageUnavailableException if the database doesn't answer
     */
    Changes changes(Snapshot since);

    /** A snapshot to begin with. */
    Snapshot now();

    /**
     * All rooms of a user, in no particular order.
     *
     * @throws StorageUnavailableException if the database doesn't answer
     */
    List<Activity> rooms(UserId member);

    /**
     * What changed, as the snapshot sees it, or a later one.
     *
     * @param changes null where there are too many to tell, or some might have been forgotten
     * @param posted of rooms among those, where that is known
     */
    record Changes(Snapshot snapshot, @Nullable List<Change> changes, List<Posted> posted) {
        static Changes none(Snapshot snapshot) {
            return new Changes(snapshot, List.of(), List.of());
        }

        static Changes untold(Snapshot snapshot) {
            return new Changes(snapshot, null, List.of());
        }
    }

    /**
     * All that is new in a room since it was at version {@code since}: its latest message, and neither the room itself
     * nor anybody in it.
     *
     * @param room the room at its version with that message
     */
    record Posted(RoomVersion room, long since, Message latest) {}

    /** A room, or a membership of it. */
    sealed interface Change {}

    /** What a room's place in the order of pages depends on, and its version. */
    record Activity(RoomVersion room, long last) implements Change {}

    /**
     * Whether a user is a member of a room now.
     *
     * @param activity the room's
     */
    record Membership(UserId user, Activity activity, boolean isMember) implements Change {}
}
