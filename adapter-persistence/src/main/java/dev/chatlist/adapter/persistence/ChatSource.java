package dev.chatlist.adapter.persistence;

import dev.chatlist.application.ChatDirectory;
import dev.chatlist.application.RoomVersion;
import dev.chatlist.domain.Chat;
import dev.chatlist.domain.RoomId;
import dev.chatlist.domain.User;
import java.util.List;
import java.util.Map;

/** A directory that reads less where somebody knows the people of rooms already: they are the most of a chat. */
interface ChatSource extends ChatDirectory {
    /**
     * Like {@link #chats(List)}.
     *
     * @param earlier what is known of some of the rooms, none at a later version than the one asked for
     */
    List<Chat> chats(List<RoomVersion> rooms, Map<RoomId, Earlier> earlier);

    @Override
    default List<Chat> chats(List<RoomVersion> rooms) {
        return chats(rooms, Map.of());
    }

    /** A room's people, its creator among them, as they were at a version. */
    record Earlier(long version, User creator, List<User> members) {}
}
