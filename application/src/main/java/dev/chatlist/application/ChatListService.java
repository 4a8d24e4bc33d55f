package dev.chatlist.application;

import static java.util.Objects.requireNonNull;

import dev.chatlist.domain.Chat;
import dev.chatlist.domain.PageRequest;
import dev.chatlist.domain.RoomId;
import dev.chatlist.domain.UserId;
import java.util.List;

/** The use cases that read, on top of a {@link ChatDirectory}. */
public final class ChatListService implements ListMyChats, ListMyRoomIds {
    private final ChatDirectory directory;

    public ChatListService(ChatDirectory directory) {
        this.directory = requireNonNull(directory, "directory");
    }

    @Override
    public List<Chat> listMyChats(UserId caller, PageRequest request, long maxBytes) {
        return ConsistentRead.of(
                        () -> directory.page(caller, request), page -> page, rooms -> directory.chats(rooms, maxBytes))
                .chats();
    }

    @Override
    public List<RoomId> listMyRoomIds(UserId caller, long maxBytes) {
        return directory.roomIds(caller, maxBytes);
    }
}
