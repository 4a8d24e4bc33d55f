package dev.chatlist.application;

import static java.util.Objects.requireNonNull;

import dev.chatlist.domain.ChatEvent.MemberJoined;
import dev.chatlist.domain.ChatEvent.MemberLeft;
import dev.chatlist.domain.Message;
import dev.chatlist.domain.MessageId;
import dev.chatlist.domain.Room;
import dev.chatlist.domain.RoomId;
import dev.chatlist.domain.User;
import dev.chatlist.domain.UserId;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Up to some thousands of consecutive events as sets. Storage applies the sets in the order of the record's components.
 * No set has two entries with the same id.
 */
public sealed interface EventBatch {

    /**
     * Entries to store. A user, room or message replaces the stored one with its id; a join is ignored if the
     * membership is stored.
     *
     * @param presumedUsers users that must be stored before this batch. Each is mapped to the index, counted from the
     *     start of the recording, of the first event that refers to the user.
     * @param presumedRooms the same for rooms
     */
    record Saves(
            List<User> users,
            List<Room> rooms,
            List<MemberJoined> joins,
            List<Message> messages,
            Map<UserId, Long> presumedUsers,
            Map<RoomId, Long> presumedRooms)
            implements EventBatch {
        public Saves {
            users = List.copyOf(users);
            rooms = List.copyOf(rooms);
            joins = List.copyOf(joins);
            messages = List.copyOf(messages);
            presumedUsers = Map.copyOf(presumedUsers);
            presumedRooms = Map.copyOf(presumedRooms);
        }

        /**
         * Checks that all presumed users and rooms are stored.
         *
         * @throws RejectedEventException for the first event that refers to a user or room that isn't stored
         */
        public void requirePresumed(Set<UserId> storedUsers, Set<RoomId> storedRooms) {
            Set<UserId> unknownUsers = new HashSet<>(presumedUsers.keySet());
            unknownUsers.removeAll(storedUsers);
            Set<RoomId> unknownRooms = new HashSet<>(presumedRooms.keySet());
            unknownRooms.removeAll(storedRooms);
            RejectedEventException first = null;
            for (RoomId room : unknownRooms) {
                first = earlier(first, presumedRooms.get(room), "unknown room " + room);
            }
            for (UserId user : unknownUsers) {
                first = earlier(first, presumedUsers.get(user), "unknown user " + user);
            }
            if (first != null) {
                throw first;
            }
        }

        private static RejectedEventException earlier(
                @Nullable RejectedEventException first, @Nullable Long index, String reason) {
            long at = requireNonNull(index);
            return first == null || at < first.index() ? new RejectedEventException(at, reason) : first;
        }
    }

    /**
     * Entries to remove; those that aren't stored are ignored. Removing a room removes its memberships and messages.
     * Removing a user blanks the profile ({@link User#removed}) and leaves the memberships.
     */
    record Removals(List<MemberLeft> leaves, List<MessageId> messages, List<RoomId> rooms, List<UserId> users)
            implements EventBatch {
        public Removals {
            leaves = List.copyOf(leaves);
            messages = List.copyOf(messages);
            rooms = List.copyOf(rooms);
            users = List.copyOf(users);
        }
    }
}
