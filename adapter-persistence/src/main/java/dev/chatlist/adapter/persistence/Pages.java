package dev.chatlist.adapter.persistence;

import dev.chatlist.application.RoomVersion;
import dev.chatlist.application.StorageUnavailableException;
import dev.chatlist.domain.PageRequest;
import dev.chatlist.domain.UserId;
import java.util.List;

/** Which rooms are on a page, and at which version: {@link dev.chatlist.application.ChatDirectory}'s first question. */
interface Pages {
    /**
     * As {@link dev.chatlist.application.ChatDirectory#page} says.
     *
     * @throws StorageUnavailableException if the database doesn't answer
     */
    List<RoomVersion> page(UserId member, PageRequest request);
}
