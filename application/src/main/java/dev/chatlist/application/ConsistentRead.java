package dev.chatlist.application;

import static java.util.Objects.requireNonNull;
import static java.util.function.Predicate.not;
import static java.util.stream.Collectors.toMap;

import dev.chatlist.domain.Chat;
import dev.chatlist.domain.RoomId;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * A list of rooms and their chats, read in two steps. Together they were true at one moment.
 *
 * @param chats in the order of the list
 */
public record ConsistentRead<L>(L list, List<Chat> chats) {
    /**
     * Few milliseconds lie between the two steps, and a repetition reads only what has changed. So a few tries suffice
     * even for a user whose rooms change a thousand times a second.
     */
    static final int MAX_TRIES = 10;

    /**
     * Repeats both steps while a room changes between them. Such a room may now belong on another page, or the caller
     * may have left it. Chats that were found stay good at their versions, so they aren't read again.
     *
     * @param list does the first step
     * @param rooms the rooms of the list, each of them once
     * @param chats does the second step for some of the rooms, and leaves out those that have changed
     * @throws StorageUnavailableException if rooms changed every time
     */
    public static <L> ConsistentRead<L> of(
            Supplier<L> list, Function<L, List<RoomVersion>> rooms, Function<List<RoomVersion>, List<Chat>> chats) {
        Map<RoomVersion, Chat> found = Map.of();
        for (int tries = 0; tries < MAX_TRIES; tries++) {
            L listed = list.get();
            List<RoomVersion> all = rooms.apply(listed);
            List<RoomVersion> missing = found.isEmpty()
                    ? all
                    : all.stream().filter(not(found::containsKey)).toList();
            List<Chat> read = missing.isEmpty() ? List.of() : chats.apply(missing);
            if (read.size() == all.size()) {
                return new ConsistentRead<>(listed, read);
            }
            if (read.isEmpty() && !missing.isEmpty()) {
                // Storage may have lost its history, and then a version may stand for other content.
                found = Map.of();
            } else {
                found = among(all, found, read);
            }
            if (found.size() == all.size()) {
                return new ConsistentRead<>(listed, inOrder(all, found));
            }
        }
        throw new StorageUnavailableException(
                "the rooms of the page changed %s times while it was read".formatted(MAX_TRIES));
    }

    private static Map<RoomVersion, Chat> among(
            List<RoomVersion> rooms, Map<RoomVersion, Chat> before, List<Chat> read) {
        Map<RoomId, Chat> byId = read.stream().collect(toMap(chat -> chat.room().id(), chat -> chat));
        Map<RoomVersion, Chat> found = new HashMap<>();
        for (RoomVersion room : rooms) {
            Chat chat = before.containsKey(room) ? before.get(room) : byId.get(room.roomId());
            if (chat != null) {
                found.put(room, chat);
            }
        }
        return found;
    }

    private static List<Chat> inOrder(List<RoomVersion> rooms, Map<RoomVersion, Chat> found) {
        return rooms.stream().map(room -> requireNonNull(found.get(room))).toList();
    }
}
