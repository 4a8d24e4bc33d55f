package dev.chatlist.application;

import dev.chatlist.domain.RoomId;
import dev.chatlist.domain.UserId;
import java.util.List;

/** Use case: the ids of all rooms I am in. */
@FunctionalInterface
public interface ListMyRoomIds {
    /**
     * Every room that the caller is a member of, in order of id: the union of all pages of {@link ListMyChats}.
     *
     * @return empty for a caller without rooms, and for one that nobody knows
     * @throws StorageUnavailableException if storage can't answer now; never an empty list instead
     */
    List<RoomId> listMyRoomIds(UserId caller);
}
