package dev.chatlist.application;

import dev.chatlist.domain.Chat;
import dev.chatlist.domain.PageRequest;
import dev.chatlist.domain.UserId;
import java.util.List;

/** Use case: my chats, most recently active first. */
@FunctionalInterface
public interface ListMyChats {
    /**
     * One page of the caller's chats, ordered by last activity descending, then by room id descending. All chats are
     * shown as they were at one moment during the call.
     *
     * @return empty past the last page, for a caller without rooms, and for an unknown caller
     * @throws StorageUnavailableException if storage can't answer; an outage is never an empty list
     */
    List<Chat> listMyChats(UserId caller, PageRequest request);
}
