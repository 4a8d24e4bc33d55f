package dev.chatlist.adapter.persistence;

import static java.util.Objects.requireNonNull;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.chatlist.adapter.persistence.RoomFeed.Posted;
import dev.chatlist.domain.Chat;
import dev.chatlist.domain.Message;
import dev.chatlist.domain.Room;
import dev.chatlist.domain.RoomId;
import org.jspecify.annotations.Nullable;

/**
 * The chats that are in memory, each at the newest version that was read or told. A new message is put into its chat as it
 * comes with the news, so that nobody needs to read the chat again.
 *
 * <p>As long as a chat stays as it is, every caller gets the same object, and so of each member's profile in all chats;
 * what is derived from them may be kept by identity.
 *
 * <p>Bounded in bytes, by an estimate of what chats and profiles take in the heap; a profile is counted once, however
 * many chats show it. Safe for use by many threads.
 */
final class KeptChats {
    private final SharedProfiles profiles = new SharedProfiles();
    private final Cache<RoomId, Versioned> chats;
    private final long maxBytes;
    private volatile long bytesLeftByProfiles;

    /** @param maxBytes how much of the heap to use */
    KeptChats(long maxBytes) {
        this.maxBytes = maxBytes;
        this.bytesLeftByProfiles = maxBytes;
        this.chats = Caffeine.newBuilder()
                .maximumWeight(maxBytes)
                .weigher((RoomId room, Versioned kept) -> kept.bytes)
                .removalListener((room, kept, cause) -> release(requireNonNull(kept)))
                .executor(Runnable::run)
                .build();
    }

    private void release(Versioned kept) {
        if (!kept.isContinued) {
            profiles.release(kept.chat);
        }
    }

    /** At whatever version. */
    @Nullable
    Versioned find(RoomId room) {
        return chats.policy().getIfPresentQuietly(room);
    }

    /** Like {@link #find}, and remembers that somebody did. */
    @Nullable
    Versioned use(RoomId room) {
        return chats.getIfPresent(room);
    }

    /** The chat, with profiles that others share. Another caller may have kept a newer one meanwhile, which stays. */
    Chat keep(long version, Chat chat) {
        Versioned shared = Versioned.of(version, profiles.share(chat));
        Versioned kept = chats.asMap()
                .merge(chat.room().id(), shared, (old, added) -> old.version >= added.version ? old : added);
        makeRoomForProfiles();
        if (kept != shared) {
            profiles.release(shared.chat);
            return kept.version == version ? kept.chat : shared.chat;
        }
        return shared.chat;
    }

    /** Brings the chat to the message's version, if it is here at one that differs by that message alone. */
    void follow(Posted posted) {
        chats.asMap().computeIfPresent(posted.room().roomId(), (room, kept) -> {
            long version = posted.room().version();
            return kept.version < version && kept.version >= posted.since()
                    ? kept.with(version, SharedProfiles.written(posted.latest(), kept.chat))
                    : kept;
        });
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
    static final class Versioned {
        /** Headers and references of a chat, its parts and the cache's own entry. */
        private static final int BYTES = 400;

        final long version;
        final Chat chat;
        private final int bytes;

        /** Whether another holds the profiles in its place. Set and read by the thread that replaces it. */
        private boolean isContinued;

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

        /** The same with another message, in the place of this one. */
        private Versioned with(long newVersion, Message latest) {
            isContinued = true;
            return of(newVersion, new Chat(chat.room(), chat.creator(), chat.members(), latest));
        }
    }
}
