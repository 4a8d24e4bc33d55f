package dev.chatlist.adapter.persistence.memory;

import static java.util.Objects.requireNonNull;

import dev.chatlist.domain.Chat;
import dev.chatlist.domain.Message;
import dev.chatlist.domain.Room;
import dev.chatlist.domain.User;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.LongAdder;

/**
 * One object per profile, shared by all cached chats and excerpts that show it. Equal profiles become the same object,
 * so a pooled profile is never out of date. A profile leaves the pool with the last of them.
 */
final class ProfilePool {
    private final ConcurrentMap<User, Pooled> pooled = new ConcurrentHashMap<>();
    private final LongAdder bytes = new LongAdder();

    /** The same chat with pooled profiles. Release it once the cache drops it. */
    Chat share(Chat chat) {
        User creator = share(chat.creator());
        List<User> members = chat.members().stream().map(this::share).toList();
        Chat shared = new Chat(withSharedCreatorId(creator, chat.room()), creator, members, null);
        Message latest = chat.latest();
        return latest == null
                ? shared
                : new Chat(shared.room(), creator, shared.members(), withSharedIds(latest, shared));
    }

    private static Room withSharedCreatorId(User creator, Room room) {
        return new Room(
                room.id(),
                room.name(),
                room.description(),
                creator.id(),
                room.is1v1(),
                room.isOpenseaColl(),
                room.openseaColl(),
                room.createdAt());
    }

    /** The same message with the room's and author's id objects of its chat. */
    static Message withSharedIds(Message message, Chat chat) {
        User author = chat.member(message.fromUid());
        return new Message(
                message.id(),
                chat.room().id(),
                author == null ? message.fromUid() : author.id(),
                message.msgType(),
                message.msgContents(),
                message.belongToThreadId(),
                message.isThread(),
                message.replyToMsgId(),
                message.openseaItem(),
                message.atUserIds(),
                message.createdAt());
    }

    void release(Chat chat) {
        release(chat.creator());
        chat.members().forEach(this::release);
    }

    /** An estimate of the heap that the profiles take. */
    long bytes() {
        return bytes.sum();
    }

    /** The pooled object of this profile. Release it as often as it was shared. */
    User share(User user) {
        Pooled shared = requireNonNull(pooled.compute(user, (same, before) -> {
            if (before == null) {
                bytes.add(HeapEstimate.of(user));
                return new Pooled(user, 1);
            }
            return new Pooled(before.user, before.holders + 1);
        }));
        return shared.user;
    }

    void release(User user) {
        pooled.computeIfPresent(user, (same, before) -> {
            if (before.holders == 1) {
                bytes.add(-HeapEstimate.of(user));
                return null;
            }
            return new Pooled(before.user, before.holders - 1);
        });
    }

    private record Pooled(User user, int holders) {}
}
