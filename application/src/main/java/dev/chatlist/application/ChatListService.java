package dev.chatlist.application;

import static java.util.Objects.requireNonNull;

import dev.chatlist.domain.Chat;
import dev.chatlist.domain.PageRequest;
import dev.chatlist.domain.RoomId;
import dev.chatlist.domain.UserId;
import java.util.List;

/** The use cases that read, on top of a {@link ChatDirectory}. */
public final class ChatListService implements ListMyChats, ListMyRoomIds {
    /**
     * Less than a millisecond lies between the two steps of a page, so a few tries suffice even for a user whose rooms
     * change a thousand times a second.
     */
    static final int MAX_TRIES = 10;

    private final ChatDirectory directory;

    public ChatListService(ChatDirectory directory) {
        this.directory = requireNonNull(directory, "directory");
    }

    @Override
    public List<Chat> listMyChats(UserId caller, PageRequest request, long maxBytes) {
        for (int tries = 0; tries < MAX_TRIES; tries++) {
            List<RoomVersion> page = directory.page(caller, request);
            List<Chat> chats = directory.chats(page, maxBytes);
            // Fewer chats than rooms: a room changed between the two steps. It may now belong on another page, or the
            // caller may have left it, so the whole page is read again.
            if (chats.size() == page.size()) {
                return chats;
            }
        }
        throw new StorageUnavailableException(
                "the rooms of the page changed %s times while it was read".formatted(MAX_TRIES));
    }

    @Override
    public List<RoomId> listMyRoomIds(UserId caller, long maxBytes) {
        return directory.roomIds(caller, maxBytes);
    }
}
