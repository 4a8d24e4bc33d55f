package dev.chatlist.adapter.persistence.memory;

import static java.util.Objects.requireNonNull;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Interner;
import dev.chatlist.adapter.persistence.sql.ChatReader;
import dev.chatlist.application.RoomVersion;
import dev.chatlist.domain.Chat;
import dev.chatlist.domain.ChatHead;
import dev.chatlist.domain.MembersLimit;
import dev.chatlist.domain.RoomId;
import dev.chatlist.domain.UserId;
import org.jspecify.annotations.Nullable;

/**
 * Excerpts of large rooms' chats, each at the newest version that its viewer has asked for. To cut an excerpt from a
 * small room's chat takes less time than to find it here.
 *
 * <p>All excerpts of a chat share one head, and one object per profile with all chats in memory. Bounded in bytes, by an
 * estimate that leaves out the profiles. Safe for use by many threads.
 */
final class ExcerptCache {
    /** The key, the entry, the chat and its list of members. */
    private static final int BYTES_PER_EXCERPT = 250;

    private final Cache<Key, Excerpt> excerpts;
    private final Interner<ChatHead> heads = Interner.newWeakInterner();
    private final ProfilePool profiles;
    private final Runnable grown;

    private record Key(UserId viewer, RoomId room, MembersLimit limit) {}

    /** A class and not a record, because the cache compares these by identity. */
    private static final class Excerpt {
        private final long version;
        private final Chat chat;
        private final int bytes;

        Excerpt(long version, Chat chat, long bytes) {
            this.version = version;
            this.chat = chat;
            this.bytes = (int) Math.min(bytes, Integer.MAX_VALUE);
        }
    }

    /**
     * An empty cache.
     *
     * @param profiles those of all chats
     * @param grown is run after each excerpt that was added
     */
    ExcerptCache(long maxBytes, ProfilePool profiles, Runnable grown) {
        this.profiles = profiles;
        this.grown = grown;
        excerpts = Caffeine.newBuilder()
                .maximumWeight(maxBytes)
                .weigher((Key key, Excerpt excerpt) -> excerpt.bytes)
                .removalListener((key, excerpt, cause) -> release(requireNonNull(excerpt)))
                .executor(Runnable::run)
                .build();
    }

    private void release(Excerpt dropped) {
        dropped.chat.members().forEach(profiles::release);
    }

    static boolean isLarge(Chat chat) {
        return chat.head().memberCount() > ChatReader.SMALL_ROOM;
    }

    /** Null if there is none at that version. */
    @Nullable
    Chat find(UserId viewer, RoomVersion room, MembersLimit limit, boolean isRecorded) {
        Key key = new Key(viewer, room.roomId(), limit);
        Excerpt found =
                isRecorded ? excerpts.getIfPresent(key) : excerpts.policy().getIfPresentQuietly(key);
        return found != null && found.version == room.version() ? found.chat : null;
    }

    /** Cuts the excerpt, and adds it if the room is large. */
    Chat cut(UserId viewer, RoomVersion room, MembersLimit limit, Chat chat) {
        Chat excerpt = chat.excerpt(viewer, limit);
        if (!isLarge(chat)) {
            return excerpt;
        }
        Excerpt shared = share(room.version(), excerpt);
        Excerpt cached = excerpts.asMap()
                .merge(
                        new Key(viewer, room.roomId(), limit),
                        shared,
                        (old, added) -> old.version >= added.version ? old : added);
        if (cached != shared) {
            release(shared);
        }
        grown.run();
        return cached.version == room.version() ? cached.chat : shared.chat;
    }

    /** A head that other excerpts share has been counted already. */
    @SuppressWarnings("ReferenceEquality")
    private Excerpt share(long version, Chat excerpt) {
        ChatHead head = heads.intern(excerpt.head());
        Chat shared =
                new Chat(head, excerpt.members().stream().map(profiles::share).toList());
        long bytes = BYTES_PER_EXCERPT + HeapEstimate.ofList(shared.members());
        if (head == excerpt.head()) {
            bytes += HeapEstimate.of(head) + HeapEstimate.of(head.creator());
        }
        return new Excerpt(version, shared, bytes);
    }

    /** An estimate of the heap in use, without the profiles. */
    long bytes() {
        return excerpts.policy().eviction().orElseThrow().weightedSize().orElseThrow();
    }
}
