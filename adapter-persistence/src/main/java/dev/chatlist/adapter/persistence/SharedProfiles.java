package dev.chatlist.adapter.persistence;

import static java.util.Objects.requireNonNull;

import dev.chatlist.domain.Chat;
import dev.chatlist.domain.Message;
import dev.chatlist.domain.Room;
import dev.chatlist.domain.User;
import dev.chatlist.domain.User.SocialAccount;
import dev.chatlist.domain.UserId;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.LongAdder;

/**
 * One object for each profile that chats in memory show, however many show it; equal ones are the same, so that none is
 * ever old. Counts who holds a profile, and lets go of it with the last.
 */
final class SharedProfiles {
    /** Headers and references of a user with its id, and this map's entry. */
    private static final int BYTES = 320;

    private final ConcurrentMap<User, Held> held = new ConcurrentHashMap<>();
    private final LongAdder bytes = new LongAdder();

    /** The same chat with shared profiles and their ids, to be released when it isn't held any more. */
    Chat share(Chat chat) {
        User creator = share(chat.creator());
        List<User> members = chat.members().stream().map(this::share).toList();
        Chat shared = new Chat(createdBy(creator, chat.room()), creator, members, null);
        Message latest = chat.latest();
        return latest == null ? shared : new Chat(shared.room(), creator, shared.members(), written(latest, shared));
    }

    private static Room createdBy(User creator, Room room) {
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

    /** The same message with ids that its chat holds already. */
    static Message written(Message message, Chat chat) {
        UserId author = chat.members().stream()
                .map(User::id)
                .filter(id -> id.equals(message.fromUid()))
                .findFirst()
                .orElse(message.fromUid());
        return new Message(
                message.id(),
                chat.room().id(),
                author,
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

    /** An estimate of what the profiles take in the heap. */
    long bytes() {
        return bytes.sum();
    }

    private User share(User user) {
        Held shared = requireNonNull(held.compute(user, (same, before) -> {
            if (before == null) {
                bytes.add(bytes(user));
                return new Held(user, 1);
            }
            return new Held(before.user, before.holders + 1);
        }));
        return shared.user;
    }

    private void release(User user) {
        held.computeIfPresent(user, (same, before) -> {
            if (before.holders == 1) {
                bytes.add(-bytes(user));
                return null;
            }
            return new Held(before.user, before.holders - 1);
        });
    }

    private static long bytes(User user) {
        return BYTES
                + bytes(user.nickName(), user.status(), user.ethWalletAddress(), user.ensName())
                + bytes(user.opensea())
                + bytes(user.twitter())
                + bytes(user.discord())
                + bytes(user.facebook())
                + bytes(user.instagram());
    }

    private static long bytes(SocialAccount account) {
        return 24 + bytes(account.username(), account.avatar());
    }

    /** An object and an array of a byte for each character, or of two if one of them needs it; none for an empty one. */
    static long bytes(String... texts) {
        long bytes = 0;
        for (String text : texts) {
            if (!text.isEmpty()) {
                boolean latin = text.chars().allMatch(c -> c < 256);
                bytes += 48 + (long) text.length() * (latin ? 1 : 2);
            }
        }
        return bytes;
    }

    private record Held(User user, int holders) {}
}
