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
 * Some thousands of consecutive events, brought into a form that storage can apply set by set: within a batch no id
 * stands twice, and the sets are applied in the order of the components.
 */
public sealed interface EventBatch {

    /**
     * What is to stand afterwards. Users, rooms and messages replace what has their id; a join leaves a membership
     * alone that exists already.
     *
     * @param presumedUsers users that must be stored before this batch, each with the index of the first event of the
     *     recording that refers to them
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
         * Compares what is presumed with what is stored.
         *
         * @throws RejectedEventException for the first event that refers to a user or room that isn't among those
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

    /** What is not to stand afterwards: a user's profile, a room with its memberships and messages, … */
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
