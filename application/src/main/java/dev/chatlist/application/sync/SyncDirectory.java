package dev.chatlist.application.sync;

import dev.chatlist.application.ChatDirectory;
import dev.chatlist.application.RoomVersion;
import dev.chatlist.domain.Chat;
import dev.chatlist.domain.MembersLimit;
import dev.chatlist.domain.UserId;
import java.util.List;

/**
 * Output port for reading what brings a client's copy of a list up to date. It promises what a {@link ChatDirectory}
 * does, and throws no other exceptions. {@code ChatSyncContract}, {@code ChatExcerptContract} and {@code
 * RandomSyncContract} in this module's test-jar test it.
 */
public interface SyncDirectory extends ChatDirectory {
    /**
     * A part of the user's list, with what has changed since a state or another part: see {@link Synced}. A room has
     * changed if it has a new version, or if the user has joined it.
     *
     * <p>A cursor or a state is an opaque text. Somebody may have changed it, made it up, or taken it from another user:
     * then the answer is a reset, never an error, and never another user's rooms.
     *
     * @return for an unknown user, an empty list with a state
     */
    Synced<RoomVersion> sync(UserId member, SyncRequest request);

    /**
     * {@linkplain Chat#excerpt Excerpts} of these rooms' chats, otherwise like {@link #chats}. Reads no more
     * members than an excerpt needs.
     *
     * @param viewer is shown in each chat whose member it is
     */
    List<Chat> excerpts(UserId viewer, List<RoomVersion> rooms, MembersLimit limit, long maxBytes);
}
