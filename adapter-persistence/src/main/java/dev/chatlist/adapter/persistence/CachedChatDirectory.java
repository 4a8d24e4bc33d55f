package dev.chatlist.adapter.persistence;

import static java.util.Objects.requireNonNull;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.chatlist.application.ChatDirectory;
import dev.chatlist.application.RoomVersion;
import dev.chatlist.domain.Chat;
import dev.chatlist.domain.Message;
import dev.chatlist.domain.PageRequest;
import dev.chatlist.domain.Room;
import dev.chatlist.domain.RoomId;
import dev.chatlist.domain.User;
import dev.chatlist.domain.UserId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Keeps chats in memory and yet never answers with an old one: which rooms are on a page, and at which version, is
 * asked every time, and a chat is kept under its room and version, which stand for one content for ever. Nothing needs
 * to be invalidated, any number of instances agree, and writers needn't know.
 *
 * <p>As long as a chat stays as it is, every caller gets the same object, and so of each member's profile in all chats;
 * what is derived from them may be kept by identity.
 *
 * <p>Bounded in bytes, by an estimate of what chats and profiles take in the heap; a profile is counted once, however
 * many chats show it. Safe for use by many threads, as the directory behind it is.
 */
final class CachedChatDirectory implements ChatDirectory {
    /**
     * Of so many requests one tells the cache what it uses. That is enough to know what to keep, and telling costs as
     * much as all the rest of a request here: it rearranges what lies all over the heap.
     */
    private static final int COUNTED_IN = 64;

    private final ChatSource directory;
    private final SharedProfiles profiles = new SharedProfiles();
    private final Cache<RoomId, Versioned> chats;
    private final long maxBytes;
    private volatile long bytesLeftByProfiles;

    /** @param maxBytes how much of the heap to use */
    CachedChatDirectory(ChatSource directory, long maxBytes) {
        this.directory = directory;
        this.maxBytes = maxBytes;
        this.bytesLeftByProfiles = maxBytes;
        this.chats = Caffeine.newBuilder()
                .maximumWeight(maxBytes)
                .weigher((RoomId room, Versioned kept) -> kept.bytes)
                .removalListener((room, kept, cause) -> profiles.release(requireNonNull(kept).chat))
                .executor(Runnable::run)
                .build();
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
        for (int n = 0; n < found.length; n++) {
            RoomVersion room = rooms.get(n);
            Versioned kept =
                    counted ? chats.getIfPresent(room.roomId()) : chats.policy().getIfPresentQuietly(room.roomId());
            if (kept != null && kept.version == room.version()) {
                found[n] = kept.chat;
            } else {
                missing.add(room);
            }
        }
        if (!missing.isEmpty()) {
            Map<RoomId, Chat> loaded = load(missing);
            for (int n = 0; n < found.length; n++) {
                if (found[n] == null) {
                    found[n] = loaded.get(rooms.get(n).roomId());
                }
            }
        }
        return Stream.of(found).filter(Objects::nonNull).toList();
    }

    private Map<RoomId, Chat> load(List<RoomVersion> missing) {
        Map<RoomId, Long> versions = new HashMap<>();
        missing.forEach(room -> versions.put(room.roomId(), room.version()));
        Map<RoomId, Chat> loaded = new HashMap<>();
        for (Chat chat : directory.chats(missing, this::membersKept)) {
            RoomId room = chat.room().id();
            loaded.put(room, keep(requireNonNull(versions.get(room)), chat));
        }
        makeRoomForProfiles();
        return loaded;
    }

    private @Nullable List<User> membersKept(RoomVersion room, long since) {
        Versioned kept = chats.policy().getIfPresentQuietly(room.roomId());
        return kept != null && kept.version >= since && kept.version <= room.version() ? kept.chat.members() : null;
    }

    /** The chat, with profiles that others share. Another caller may have kept a newer one meanwhile, which stays. */
    private Chat keep(long version, Chat chat) {
        Versioned shared = Versioned.of(version, profiles.share(chat));
        Versioned kept = chats.asMap()
                .merge(chat.room().id(), shared, (old, added) -> old.version >= added.version ? old : added);
        if (kept != shared) {
            profiles.release(shared.chat);
            return kept.version == version ? kept.chat : shared.chat;
        }
        return shared.chat;
    }

    /** What profiles take isn't there for chats. */
    private void makeRoomForProfiles() {
        long left = Math.max(0, maxBytes - profiles.bytes());
        if (Math.abs(left - bytesLeftByProfiles) > maxBytes / 64) {
            bytesLeftByProfiles = left;
            chats.policy().eviction().orElseThrow().setMaximum(left);
        }
    }

    /** What is kept at this moment takes about as many bytes, never many more than allowed. */
    long bytes() {
        chats.cleanUp();
        return profiles.bytes()
                + chats.policy().eviction().orElseThrow().weightedSize().orElseThrow();
    }

    /** Not a record: of two equal ones only one is kept. */
    private static final class Versioned {
        /** Headers and references of a chat, its parts and the cache's own entry. */
        private static final int BYTES = 400;

        final long version;
        final Chat chat;
        final int bytes;

        private Versioned(long version, Chat chat, int bytes) {
            this.version = version;
            this.chat = chat;
            this.bytes = bytes;
        }

        static Versioned of(long version, Chat chat) {
            Room room = chat.room();
            Message latest = chat.latest();
            long bytes = BYTES
                    + 4L * chat.members().size()
                    + SharedProfiles.bytes(
                            room.name(),
                            room.description(),
                            room.openseaColl().name(),
                            room.openseaColl().cover(),
                            room.openseaColl().slug());
            if (latest != null) {
                bytes += 100L * latest.atUserIds().size()
                        + SharedProfiles.bytes(
                                latest.msgType(),
                                latest.msgContents(),
                                latest.belongToThreadId(),
                                latest.replyToMsgId(),
                                latest.openseaItem().contractAddress(),
                                latest.openseaItem().name(),
                                latest.openseaItem().imageUrl());
            }
            return new Versioned(version, chat, (int) Math.min(bytes, Integer.MAX_VALUE));
        }
    }
}
