package dev.chatlist.application;

import dev.chatlist.domain.Chat;
import dev.chatlist.domain.PageRequest;
import dev.chatlist.domain.RoomId;
import dev.chatlist.domain.UserId;
import java.util.List;

/**
 * Output port for reading. A page is read in two steps: {@link #page} names its rooms with their versions,
 * {@link #chats} reads those rooms. The first step is cheap; the results of the second can be cached by version.
 *
 * <p>Every method sees all changes that were committed before the call, and each transaction as a whole. Besides
 * {@link AnswerTooLargeException}, the only exception that a method throws is {@link StorageUnavailableException}, when
 * storage can't answer; an outage is never an empty list. Implementations are thread-safe.
 */
public interface ChatDirectory {
    /**
     * One page of the user's rooms, each with its current version. A user's rooms are those that the user is a member
     * of, ordered by {@linkplain dev.chatlist.domain.Chat#lastActivity last activity} descending, then by room id
     * descending.
     *
     * @return empty past the last page, for a user without rooms, and for an unknown user
     */
    List<RoomVersion> page(UserId member, PageRequest request);

    /**
     * The chats of these rooms in the given order, each as it was at the given version. A room that was removed or has
     * a newer version is left out, unless the implementation still knows the old content; the caller then asks for the
     * page again. This method doesn't check membership, which {@link #page} has checked.
     *
     * @param maxBytes how much memory the chats may take that have to be read; those that the implementation holds in
     *     memory anyway don't count
     * @throws AnswerTooLargeException if they would take more; then only so much has been read
     */
    List<Chat> chats(List<RoomVersion> rooms, long maxBytes);

    /** Like {@link #chats(List, long)}, however much memory it takes. */
    default List<Chat> chats(List<RoomVersion> rooms) {
        return chats(rooms, Long.MAX_VALUE);
    }

    /**
     * The ids of all of the user's rooms, in ascending order.
     *
     * @param maxBytes how much memory the ids may take
     * @return empty for a user without rooms, and for an unknown user
     * @throws AnswerTooLargeException if they would take more; then only so much has been read
     */
    List<RoomId> roomIds(UserId member, long maxBytes);

    /** Like {@link #roomIds(UserId, long)}, however much memory it takes. */
    default List<RoomId> roomIds(UserId member) {
        return roomIds(member, Long.MAX_VALUE);
    }
}
