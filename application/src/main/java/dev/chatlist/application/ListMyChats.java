package dev.chatlist.application;

import dev.chatlist.domain.Chat;
import dev.chatlist.domain.PageRequest;
import dev.chatlist.domain.UserId;
import java.util.List;

/** Use case: the chats I am in, newest first. */
@FunctionalInterface
public interface ListMyChats {
    /**
     * One page of the caller's rooms, by last activity descending, then room id descending; as they all were at one
     * moment during the call.
     *
     * @return empty past the last page, and for a caller that nobody knows
     * @throws StorageUnavailableException if storage can't answer now; never an empty list instead
     */
    List<Chat> listMyChats(UserId caller, PageRequest request);
}
