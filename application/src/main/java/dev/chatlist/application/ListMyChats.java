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
    default List<Chat> listMyChats(UserId caller, PageRequest request) {
        return listMyChats(caller, request, Long.MAX_VALUE);
    }

    /**
     * The same page, unless reading it would take too much memory. A page of large rooms can take a thousand times what
     * a usual one takes.
     *
     * @param maxBytes how much memory the chats may take that storage has to read, each time that it reads some
     * @throws AnswerTooLargeException if they would take more; then only so much has been read
     * @throws StorageUnavailableException if storage can't answer
     */
    List<Chat> listMyChats(UserId caller, PageRequest request, long maxBytes);
}
