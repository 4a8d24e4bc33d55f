package dev.chatlist.application;

import static java.util.Objects.requireNonNull;

import dev.chatlist.domain.RoomId;

/**
 * A room at a version. Every change that shows in the room's {@link dev.chatlist.domain.Chat} gives the room a greater
 * version: a change of the room, its members, their profiles, the creator's profile or the latest message. No version
 * is used twice, not even after the room was removed and saved again. So a room and a version identify one content for
 * ever.
 */
public record RoomVersion(RoomId roomId, long version) {
    public RoomVersion {
        requireNonNull(roomId, "room_id");
    }
}
