package dev.chatlist.application;

import static java.util.Objects.requireNonNull;

import dev.chatlist.domain.RoomId;

/**
 * A room as it is after a certain change. Every change to what its {@link dev.chatlist.domain.Chat} shows (the room,
 * its members, a member's or the creator's profile, the messages) gives it a greater version, never used before, not
 * even by a room of the same id that was removed. So a room and version stand for one content for ever.
 */
public record RoomVersion(RoomId roomId, long version) {
    public RoomVersion {
        requireNonNull(roomId, "room_id");
    }
}
