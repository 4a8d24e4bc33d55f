package dev.chatlist.adapter.persistence.memory;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.chatlist.adapter.persistence.sql.ChatReader;
import dev.chatlist.application.RoomVersion;
import dev.chatlist.domain.Chat;
import dev.chatlist.domain.MembersLimit;
import dev.chatlist.domain.RoomId;
import dev.chatlist.domain.UserId;
import org.jspecify.annotations.Nullable;

/**
 * Excerpts of large rooms' chats, each at the newest version that its viewer has asked for. To cut an excerpt from a
 * small room's chat takes less time than to find it here.
 *
 * <p>Bounded in bytes, by an estimate. Safe for use by many threads.
 */
final class ExcerptCache {
    /** The key, the entry, the chat and its list. Head and members are mostly those of a chat in memory. */
    private static final int BYTES_PER_EXCERPT = 250;

    private static final int REFERENCE_BYTES = 4;

    private final Cache<Key, Excerpt> excerpts;

    private record Key(UserId viewer, RoomId room, MembersLimit limit) {}

    private record Excerpt(long version, Chat chat, int bytes) {}

    ExcerptCache(long maxBytes) {
        excerpts = Caffeine.newBuilder()
                .maximumWeight(maxBytes)
                .weigher((Key key, Excerpt excerpt) -> excerpt.bytes)
                .executor(Runnable::run)
                .build();
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
        long bytes =
                BYTES_PER_EXCERPT + (long) REFERENCE_BYTES * excerpt.members().size();
        if (!chat.isWhole()) {
            bytes += HeapEstimate.of(excerpt)
                    + excerpt.members().stream().mapToLong(HeapEstimate::of).sum();
        }
        Excerpt added = new Excerpt(room.version(), excerpt, (int) Math.min(bytes, Integer.MAX_VALUE));
        Excerpt cached = excerpts.asMap()
                .merge(
                        new Key(viewer, room.roomId(), limit),
                        added,
                        (old, now) -> old.version >= now.version ? old : now);
        return cached.version == room.version() ? cached.chat : excerpt;
    }

    /** An estimate of the heap in use. */
    long bytes() {
        return excerpts.policy().eviction().orElseThrow().weightedSize().orElseThrow();
    }
}
