package dev.chatlist.domain;

import static java.util.Objects.requireNonNull;

/**
 * What a chat backend tells: something is now so. Applied in order; a sequence applied twice leaves what it left
 * the first time.
 *
 * <p>What is saved replaces what stood under the same id. Removing or leaving what isn't there is no error.
 */
public sealed interface ChatEvent {
    /** After it, something stands that perhaps didn't before. */
    sealed interface Save extends ChatEvent {}

    /** After it, something doesn't stand that perhaps did before. */
    sealed interface Removal extends ChatEvent {}

    /** A user appeared, changed their profile, or came back after a removal. */
    record UserSaved(User user) implements Save {
        public UserSaved {
            requireNonNull(user, "user");
        }
    }

    /** A room appeared or changed. Its creator must be known, and becomes a member only by joining. */
    record RoomSaved(Room room) implements Save {
        public RoomSaved {
            requireNonNull(room, "room");
        }
    }

    /**
     * A known user is a member of a known room; who is one already stays one since the first joining.
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

    /** A message appeared in a known room, or was changed. Its author needn't be known. */
    record MessageSaved(Message message) implements Save {
        public MessageSaved {
            requireNonNull(message, "message");
        }
    }

    /** A user is no longer a member. */
    record MemberLeft(RoomId roomId, UserId userId) implements Removal {
        public MemberLeft {
            requireNonNull(roomId, "room_id");
            requireNonNull(userId, "user_id");
        }
    }

    /** A message is gone; the one before it is the room's latest again. */
    record MessageRemoved(MessageId id) implements Removal {
        public MessageRemoved {
            requireNonNull(id, "id");
        }
    }

    /** A room is gone, and with it its memberships and messages. */
    record RoomRemoved(RoomId id) implements Removal {
        public RoomRemoved {
            requireNonNull(id, "room_id");
        }
    }

    /** A user's profile is gone; memberships stay, and the user is still known. */
    record UserRemoved(UserId id) implements Removal {
        public UserRemoved {
            requireNonNull(id, "user_id");
        }
    }
}
