package dev.chatlist.application;

import dev.chatlist.domain.RoomId;
import dev.chatlist.domain.UserId;
import java.util.List;

/** Use case: the ids of all my rooms. */
@FunctionalInterface
public interface ListMyRoomIds {
    /**
     * All rooms that the caller is a member of, in ascending order of id. They are the rooms on all pages of
     * {@link ListMyChats}.
     *
     * @return empty for a caller without rooms, and for an unknown caller
     * @throws StorageUnavailableException if storage can't answer; an outage is never an empty list
     */
    default List<RoomId> listMyRoomIds(UserId caller) {
        return listMyRoomIds(caller, Long.MAX_VALUE);
    }

    /**
     * The same ids, unless they would take too much memory.
     *
     * @param maxBytes how much memory the ids may take
     * @throws AnswerTooLargeException if they would take more; then only so much has been read
     * @throws StorageUnavailableException if storage can't answer
     */
    List<RoomId> listMyRoomIds(UserId caller, long maxBytes);
}
