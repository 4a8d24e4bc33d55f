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
import dev.chatlist.domain.User;
import dev.chatlist.domain.UserId;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Excerpts of large rooms' chats, each at the newest version that its viewer has asked for. To cut an excerpt from a
 * small room's chat takes less time than to find it here.
 *
 * <p>All excerpts of a chat share one head, and one object per profile with all chats in memory. Bounded in bytes, by an
 * estimate that counts what they share once. Safe for use by many threads.
 */
final class ExcerptCache {
    /** The key, the entry, the chat and its list of members. */
    private static final int BYTES_PER_EXCERPT = 250;

    private final Cache<Key, Excerpt> excerpts;
    private final Interner<ChatHead> heads = Interner.newWeakInterner();
    private final ProfilePool profiles;
    private final long maxBytes;
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
        this.maxBytes = maxBytes;
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
        Excerpt shared = share(room.version(), excerpt, chat.isWhole());
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

    /** What the cache of chats or another excerpt holds has been counted already. */
    @SuppressWarnings("ReferenceEquality")
    private Excerpt share(long version, Chat excerpt, boolean isOfWholeChat) {
        ChatHead head = heads.intern(excerpt.head());
        long bytes = BYTES_PER_EXCERPT + HeapEstimate.ofList(excerpt.members());
        if (head == excerpt.head() && !isOfWholeChat) {
            bytes += HeapEstimate.of(head) + HeapEstimate.of(head.creator());
        }
        List<User> members = new ArrayList<>(excerpt.members().size());
        for (User member : excerpt.members()) {
            User pooled = profiles.share(member);
            if (pooled == member && !isOfWholeChat) {
                bytes += HeapEstimate.of(member);
            }
            members.add(pooled);
        }
        return new Excerpt(version, new Chat(head, members), bytes);
    }

    /** Evicts excerpts that take more than this. */
    void shrinkTo(long bytes) {
        excerpts.policy().eviction().orElseThrow().setMaximum(Math.min(bytes, maxBytes));
    }

    /** An estimate of the heap in use. The profiles count in their pool as well. */
    long bytes() {
        return excerpts.policy().eviction().orElseThrow().weightedSize().orElseThrow();
    }
}
