package dev.chatlist.application.sync;

import static java.util.Objects.requireNonNull;

import dev.chatlist.domain.RoomId;

/** A room that isn't in the user's list any more. */
public record RemovedRoom(RoomId roomId, Reason reason) {
    public RemovedRoom {
        requireNonNull(roomId, "room_id");
        requireNonNull(reason, "reason");
    }

    /** Why. Nobody is told who did it. */
    public enum Reason {
        /** The user left, or was removed from the room. */
        LEFT,
        /** The room was removed. */
        ROOM_REMOVED
    }
}
