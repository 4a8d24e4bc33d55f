package dev.chatlist.application.sync;

import dev.chatlist.application.AnswerTooLargeException;
import dev.chatlist.application.StorageUnavailableException;
import dev.chatlist.domain.Chat;
import dev.chatlist.domain.MembersLimit;
import dev.chatlist.domain.UserId;

/** Use case: bring a client's copy of my chats up to date. */
public interface SyncMyChats {
    /**
     * A part of the caller's list, with whole chats. All chats are shown as they were at one moment during the call, the
     * one that {@link Synced#state} names. An unknown caller has an empty list.
     *
     * @param maxBytes how much memory the chats may take that storage has to read, each time that it reads some
     * @throws AnswerTooLargeException if they would take more; then only so much has been read
     * @throws StorageUnavailableException if storage can't answer; an outage is never an empty list
     */
    Synced<Chat> syncMyChats(UserId caller, SyncRequest request, long maxBytes);

    /**
     * The same part, with an {@linkplain Chat#excerpt excerpt} of each chat for the caller. A room of any size costs no
     * more than a small one.
     *
     * @throws AnswerTooLargeException as above
     * @throws StorageUnavailableException as above
     */
    Synced<Chat> syncMyChats(UserId caller, SyncRequest request, MembersLimit limit, long maxBytes);
}
