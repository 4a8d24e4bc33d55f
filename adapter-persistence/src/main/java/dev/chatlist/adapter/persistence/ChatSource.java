package dev.chatlist.adapter.persistence;

import dev.chatlist.application.ChatDirectory;
import dev.chatlist.application.RoomVersion;
import dev.chatlist.domain.Chat;
import dev.chatlist.domain.User;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A directory that reads less where somebody knows the members of rooms already: they are the most of a chat. */
interface ChatSource extends ChatDirectory {
    /** Like {@link #chats(List)}. */
    List<Chat> chats(List<RoomVersion> rooms, KnownMembers known);

    @Override
    default List<Chat> chats(List<RoomVersion> rooms) {
        return chats(rooms, (room, since) -> null);
    }

    /** What somebody knows. */
    interface KnownMembers {
        /**
         * The members of a room that have been the same from version {@code since} on, if they are known to have been
         * members at that version or at one between it and the room's.
         */
        @Nullable
        List<User> of(RoomVersion room, long since);
    }
}
