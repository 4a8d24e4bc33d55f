package dev.chatlist.adapter.persistence;

import static java.util.Objects.requireNonNull;

import dev.chatlist.adapter.persistence.KeptChats.Versioned;
import dev.chatlist.application.ChatDirectory;
import dev.chatlist.application.RoomVersion;
import dev.chatlist.domain.Chat;
import dev.chatlist.domain.PageRequest;
import dev.chatlist.domain.RoomId;
import dev.chatlist.domain.UserId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Stream;

/**
 * Answers with chats that are in memory and yet never with an old one: which rooms are on a page, and at which version,
 * is asked every time, and a chat is kept under its room and version, which stand for one content for ever. Nothing
 * needs to be invalidated, any number of instances agree, and writers needn't know.
 *
 * <p>Safe for use by many threads, as the directory behind it is.
 */
final class CachedChatDirectory implements ChatDirectory {
    /**
     * Of so many requests one tells the cache what it uses. That is enough to know what to keep, and telling costs as
     * much as all the rest of a request here: it rearranges what lies all over the heap.
     */
    private static final int COUNTED_IN = 64;

    private final ChatSource directory;
    private final KeptChats kept;

    CachedChatDirectory(ChatSource directory, KeptChats kept) {
        this.directory = directory;
        this.kept = kept;
    }

    @Override
    public List<RoomVersion> page(UserId member, PageRequest request) {
        return directory.page(member, request);
    }

    @Override
    public List<RoomId> roomIds(UserId member) {
        return directory.roomIds(member);
    }

    @Override
    public List<Chat> chats(List<RoomVersion> rooms) {
        boolean counted = ThreadLocalRandom.current().nextInt(COUNTED_IN) == 0;
        Chat[] found = new Chat[rooms.size()];
        List<RoomVersion> missing = new ArrayList<>();
        Map<RoomId, ChatSource.Earlier> earlier = new HashMap<>();
        for (int n = 0; n < found.length; n++) {
            RoomVersion room = rooms.get(n);
            Versioned chat = counted ? kept.use(room.roomId()) : kept.find(room.roomId());
            if (chat != null && chat.version == room.version()) {
                found[n] = chat.chat;
                continue;
            }
            missing.add(room);
            if (chat != null && chat.version < room.version()) {
                earlier.put(
                        room.roomId(), new ChatSource.Earlier(chat.version, chat.chat.creator(), chat.chat.members()));
            }
        }
        if (!missing.isEmpty()) {
            Map<RoomId, Chat> loaded = load(missing, earlier);
            for (int n = 0; n < found.length; n++) {
                if (found[n] == null) {
                    found[n] = loaded.get(rooms.get(n).roomId());
                }
            }
        }
        return Stream.of(found).filter(Objects::nonNull).toList();
    }

    private Map<RoomId, Chat> load(List<RoomVersion> missing, Map<RoomId, ChatSource.Earlier> earlier) {
        Map<RoomId, Long> versions = new HashMap<>();
        missing.forEach(room -> versions.put(room.roomId(), room.version()));
        Map<RoomId, Chat> loaded = new HashMap<>();
        for (Chat chat : directory.chats(missing, earlier)) {
            RoomId room = chat.room().id();
            loaded.put(room, kept.keep(requireNonNull(versions.get(room)), chat));
        }
        return loaded;
    }
}
