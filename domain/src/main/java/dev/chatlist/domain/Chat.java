package dev.chatlist.domain;

import static java.util.Objects.requireNonNull;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One entry of a chat list: a room with its members and its latest message. A user who was removed is shown
 * {@linkplain User#removed blank}.
 *
 * @param creator the user who created the room, a member or not
 * @param members all members, ordered by the time of joining, then by id
 * @param latest the greatest message by {@link Message#BY_TIME}; null in a room without messages
 */
public record Chat(
        Room room,
        User creator,
        List<User> members,
        @Nullable Message latest) {

    /** @throws IllegalArgumentException if the creator or the latest message is not the room's */
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

    /**
     * The time that orders chat lists, in nanoseconds since the epoch: the latest message's, or the room's if it has no
     * message.
     */
    public long lastActivity() {
        return latest == null ? room.createdAt() : latest.createdAt();
    }
}
