package dev.chatlist.domain;

import static java.util.Objects.requireNonNull;

import org.jspecify.annotations.Nullable;

/**
 * What a list shows of a chat beside its members.
 *
 * @param creator the user who created the room, a member or not
 * @param memberCount how many members the room has
 * @param latest the greatest message by {@link Message#BY_TIME}; null in a room without messages
 */
public record ChatHead(
        Room room, User creator, int memberCount, @Nullable Message latest) {

    /** @throws IllegalArgumentException if the creator or the latest message is not the room's, or the count is negative */
    public ChatHead {
        requireNonNull(room, "room");
        if (!creator.id().equals(room.creatorId())) {
            throw new IllegalArgumentException(
                    "creator must be %s, who made the room, not %s".formatted(room.creatorId(), creator.id()));
        }
        if (memberCount < 0) {
            throw new IllegalArgumentException("member_count must be 0 or more, it is " + memberCount);
        }
        if (latest != null && !latest.toRoomId().equals(room.id())) {
            throw new IllegalArgumentException(
                    "latest_msg must be of room %s, not %s".formatted(room.id(), latest.toRoomId()));
        }
    }
}
