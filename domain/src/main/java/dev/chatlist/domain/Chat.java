package dev.chatlist.domain;

import static java.util.Objects.requireNonNull;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One row of a chat list: a room as its members see it from outside.
 *
 * @param creator the profile of the room's creator, {@linkplain User#removed blank} if they were removed
 * @param members every member, in order of joining, then of id; removed users among them, blank
 * @param latest the greatest message by time, then id; null in a room where nobody has written
 */
public record Chat(
        Room room,
        User creator,
        List<User> members,
        @Nullable Message latest) {

    /** @throws IllegalArgumentException if the parts are not of one room */
    public Chat {
        requireNonNull(room, "room");
        members = List.copyOf(members);
        if (!creator.id().equals(room.creatorId())) {
            throw new IllegalArgumentException(
                    "creator must be %s, who made the room, not %s".formatted(room.creatorId(), creator.id()));
        }
        if (latest != null && !latest.toRoomId().equals(room.id())) {
            throw new IllegalArgumentException(
                    "latest_msg must be of room %s, not %s".formatted(room.id(), latest.toRoomId()));
        }
    }

    /** What chat lists are ordered by, in nanoseconds: when the latest message was written, or the room made. */
    public long lastActivity() {
        return latest == null ? room.createdAt() : latest.createdAt();
    }
}
