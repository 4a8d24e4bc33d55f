package dev.chatlist.domain;

import static java.util.Objects.requireNonNull;

/**
 * A change that a chat backend reports. Events are applied in order; applying a sequence twice has the effect of
 * applying it once.
 *
 * <p>A saved user, room or message replaces the one with its id. Removing something that doesn't exist is no error.
 */
public sealed interface ChatEvent {
    /** Adds or replaces something. */
    sealed interface Save extends ChatEvent {}

    /** Removes something. */
    sealed interface Removal extends ChatEvent {}

    /** A user is new, has a changed profile, or is back after a removal. */
    record UserSaved(User user) implements Save {
        public UserSaved {
            requireNonNull(user, "user");
        }
    }

    /** A room is new or changed. Its creator must be known, and is a member only after joining. */
    record RoomSaved(Room room) implements Save {
        public RoomSaved {
            requireNonNull(room, "room");
        }
    }

    /**
     * A known user joined a known room. If the user is a member already, the event has no effect.
     *
     * @param at nanoseconds since the epoch
     */
    record MemberJoined(RoomId roomId, UserId userId, long at) implements Save {
        /** @throws IllegalArgumentException if the time is negative */
        public MemberJoined {
            requireNonNull(roomId, "room_id");
            requireNonNull(userId, "user_id");
            Check.time("at", at);
        }
    }

    /**
     * A message in a known room is new or changed; a changed message may be in another room than before. The author may
     * be unknown.
     */
    record MessageSaved(Message message) implements Save {
        public MessageSaved {
            requireNonNull(message, "message");
        }
    }

    /** A member left a room. */
    record MemberLeft(RoomId roomId, UserId userId) implements Removal {
        public MemberLeft {
            requireNonNull(roomId, "room_id");
            requireNonNull(userId, "user_id");
        }
    }

    /** A message was removed. If it was the latest, the one before it is the latest again. */
    record MessageRemoved(MessageId id) implements Removal {
        public MessageRemoved {
            requireNonNull(id, "id");
        }
    }

    /** A room was removed, with its memberships and messages. */
    record RoomRemoved(RoomId id) implements Removal {
        public RoomRemoved {
            requireNonNull(id, "room_id");
        }
    }

    /**
     * A user's profile was removed. The user's memberships and messages stay, and the user is still known; see
     * {@link User#removed}.
     */
    record UserRemoved(UserId id) implements Removal {
        public UserRemoved {
            requireNonNull(id, "user_id");
        }
    }
}
