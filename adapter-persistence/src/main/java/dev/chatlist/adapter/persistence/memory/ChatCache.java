package dev.chatlist.adapter.persistence.memory;

import static java.util.Objects.requireNonNull;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.chatlist.adapter.persistence.sql.ChangeFeed.Posted;
import dev.chatlist.adapter.persistence.sql.ChatReader.KnownMembers;
import dev.chatlist.application.RoomVersion;
import dev.chatlist.domain.Chat;
import dev.chatlist.domain.Message;
import dev.chatlist.domain.RoomId;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Chats in memory, each at the newest version that was read or posted. A new message is put into its chat as soon as
 * the change feed delivers it, so that the chat needn't be read again.
 *
 * <p>Callers get the same object for a chat until it changes, and chats share one object per profile. So callers may
 * cache by identity what they derive from these objects.
 *
 * <p>Bounded in bytes, by an estimate of the heap that chats, excerpts and profiles take. A profile counts once, even if
 * many chats show it. Safe for use by many threads.
 */
final class ChatCache {
    /** Excerpts take a twelfth of the bytes at most. */
    private static final int EXCERPTS_SHARE = 12;

    private final ProfilePool profiles = new ProfilePool();
    private final Cache<RoomId, CachedChat> chats;
    private final ExcerptCache excerpts;
    private final long maxBytes;
    private final LongSupplier otherBytes;
    private long bytesForChats;

    /**
     * An empty cache.
     *
     * @param maxBytes what chats, excerpts, profiles and others may take together
     * @param otherBytes what the others take now
     */
    ChatCache(long maxBytes, LongSupplier otherBytes) {
        this.maxBytes = maxBytes;
        this.otherBytes = otherBytes;
        this.bytesForChats = maxBytes;
        this.chats = Caffeine.newBuilder()
                .maximumWeight(maxBytes)
                .weigher((RoomId room, CachedChat cached) -> cached.bytes)
                .removalListener((room, cached, cause) -> release(requireNonNull(cached)))
                .executor(Runnable::run)
                .build();
        this.excerpts = new ExcerptCache(maxBytes / EXCERPTS_SHARE, profiles, this::leaveRoom);
    }

    private void release(CachedChat dropped) {
        if (!dropped.isReplaced) {
            profiles.release(dropped.chat);
        }
    }

    /**
     * The chat at that version; null if there is none.
     *
     * @param isRecorded whether the access counts for eviction
     */
    @Nullable
    Chat find(RoomVersion room, boolean isRecorded) {
        CachedChat cached = isRecorded ? chats.getIfPresent(room.roomId()) : find(room.roomId());
        return cached != null && cached.version == room.version() ? cached.chat : null;
    }

    /** The cached chat, at any version; null if there is none. */
    @Nullable
    CachedChat find(RoomId room) {
        return chats.policy().getIfPresentQuietly(room);
    }

    /** The members of those rooms that are cached at an older version. */
    Map<RoomId, KnownMembers> known(List<RoomVersion> rooms) {
        Map<RoomId, KnownMembers> known = new HashMap<>();
        for (RoomVersion room : rooms) {
            CachedChat cached = find(room.roomId());
            if (cached != null && cached.version < room.version()) {
                Chat chat = cached.chat;
                known.put(room.roomId(), new KnownMembers(cached.version, chat.creator(), chat.members()));
            }
        }
        return known;
    }

    /** Returns the chat with pooled profiles. A newer version that another caller has added meanwhile stays cached. */
    Chat add(long version, Chat chat) {
        CachedChat shared = CachedChat.of(version, profiles.share(chat));
        CachedChat cached = chats.asMap()
                .merge(chat.room().id(), shared, (old, added) -> old.version >= added.version ? old : added);
        leaveRoom();
        if (cached != shared) {
            profiles.release(shared.chat);
            return cached.version == version ? cached.chat : shared.chat;
        }
        return shared.chat;
    }

    /** Puts the message into its chat, if the cached version differs from the message's by messages alone. */
    void follow(Posted posted) {
        chats.asMap().computeIfPresent(posted.room().roomId(), (room, cached) -> {
            long version = posted.room().version();
            return cached.version < version && cached.version >= posted.since()
                    ? cached.with(version, ProfilePool.withSharedIds(posted.latest(), cached.chat))
                    : cached;
        });
    }

    /** Excerpts of the chats of large rooms, within the same bound. */
    ExcerptCache excerpts() {
        return excerpts;
    }

    /** Evicts chats, then excerpts, if all else takes more than before. */
    synchronized void leaveRoom() {
        long excerptBytes = excerpts.bytes();
        long left = maxBytes - otherBytes.getAsLong() - profiles.bytes() - excerptBytes;
        if (Math.abs(left - bytesForChats) > maxBytes / 64) {
            bytesForChats = left;
            chats.policy().eviction().orElseThrow().setMaximum(Math.max(0, left));
            excerpts.shrinkTo(left < 0 ? Math.max(0, excerptBytes + left) : Long.MAX_VALUE);
        }
    }

    /** An estimate of the heap in use, without the others. It exceeds the bound by a few profiles and a 64th at most. */
    long bytes() {
        chats.cleanUp();
        return profiles.bytes()
                + excerpts.bytes()
                + chats.policy().eviction().orElseThrow().weightedSize().orElseThrow();
    }

    /** A class and not a record, because the cache compares these by identity. */
    static final class CachedChat {
        final long version;
        final Chat chat;
        private final int bytes;

        /** A newer version took over the profile references. Only the thread that replaces the chat uses this. */
        private boolean isReplaced;

        private CachedChat(long version, Chat chat, int bytes) {
            this.version = version;
            this.chat = chat;
            this.bytes = bytes;
        }

        static CachedChat of(long version, Chat chat) {
            return new CachedChat(version, chat, (int) Math.min(HeapEstimate.of(chat), Integer.MAX_VALUE));
        }

        /** The successor of this one, with another latest message. */
        private CachedChat with(long newVersion, Message latest) {
            isReplaced = true;
            return of(newVersion, new Chat(chat.room(), chat.creator(), chat.members(), latest));
        }
    }
}
