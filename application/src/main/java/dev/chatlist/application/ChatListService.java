package dev.chatlist.application;

import static java.util.Objects.requireNonNull;

import dev.chatlist.domain.Chat;
import dev.chatlist.domain.PageRequest;
import dev.chatlist.domain.RoomId;
import dev.chatlist.domain.UserId;
import java.util.List;

/** The reading use cases over a {@link ChatDirectory}. */
public final class ChatListService implements ListMyChats, ListMyRoomIds {
    /**
     * Between the two steps of a page lies well under a millisecond, so even a user whose rooms change a thousand
     * times a second is answered within a few tries.
     */
    static final int MAX_TRIES = 10;

    private final ChatDirectory directory;

    public ChatListService(ChatDirectory directory) {
        this.directory = requireNonNull(directory, "directory");
    }

    @Override
    public List<Chat> listMyChats(UserId caller, PageRequest request) {
        for (int tries = 0; tries < MAX_TRIES; tries++) {
            List<RoomVersion> page = directory.page(caller, request);
            List<Chat> chats = directory.chats(page);
            // Fewer chats than rooms: one changed in between. Its new content might belong on another page, or no
            // longer be the caller's to see, so the answer is a new page and never a mended one.
            if (chats.size() == page.size()) {
                return chats;
            }
        }
        throw new StorageUnavailableException(
                "the rooms of the page changed %d times while it was read".formatted(MAX_TRIES));
    }

    @Override
    public List<RoomId> listMyRoomIds(UserId caller) {
        return directory.roomIds(caller);
    }
}
