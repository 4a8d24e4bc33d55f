package dev.chatlist.adapter.persistence.memory;

import dev.chatlist.domain.Chat;
import dev.chatlist.domain.ChatHead;
import dev.chatlist.domain.Message;
import dev.chatlist.domain.Room;
import dev.chatlist.domain.User;
import dev.chatlist.domain.User.SocialAccount;
import java.util.List;

/** Estimates the bytes of heap that values take, on a 64-bit JVM with compressed references. */
final class HeapEstimate {
    /** A user and its id, headers and references, and the entry in the pool. */
    private static final int USER_BYTES = 320;

    private static final int ACCOUNT_BYTES = 24;

    /** A chat, its room and message, headers and references, and the entry in the cache. */
    private static final int CHAT_BYTES = 400;

    /** A reference, and a byte of the id's hash. */
    private static final int MEMBER_BYTES = 5;

    private static final int MENTION_BYTES = 100;

    /** A String and the header of its array. */
    private static final int TEXT_BYTES = 48;

    private HeapEstimate() {}

    static long of(User user) {
        return USER_BYTES
                + of(user.nickName(), user.status(), user.ethWalletAddress(), user.ensName())
                + of(user.opensea())
                + of(user.twitter())
                + of(user.discord())
                + of(user.facebook())
                + of(user.instagram());
    }

    private static long of(SocialAccount account) {
        return ACCOUNT_BYTES + of(account.username(), account.avatar());
    }

    /** Without the profiles, which other chats share. */
    static long of(Chat chat) {
        return of(chat.head()) + ofList(chat.members());
    }

    /** Without the creator's profile. */
    static long of(ChatHead head) {
        Message latest = head.latest();
        return CHAT_BYTES + of(head.room()) + (latest == null ? 0 : of(latest));
    }

    /** Without the profiles. */
    static long ofList(List<User> members) {
        return (long) MEMBER_BYTES * members.size();
    }

    private static long of(Room room) {
        return of(
                room.name(),
                room.description(),
                room.openseaColl().name(),
                room.openseaColl().cover(),
                room.openseaColl().slug());
    }

    private static long of(Message message) {
        return (long) MENTION_BYTES * message.atUserIds().size()
                + of(
                        message.msgType(),
                        message.msgContents(),
                        message.belongToThreadId(),
                        message.replyToMsgId(),
                        message.openseaItem().contractAddress(),
                        message.openseaItem().name(),
                        message.openseaItem().imageUrl());
    }

    /** The JVM stores one byte a character, or two if any character needs it. Empty texts share one object. */
    private static long of(String... texts) {
        long bytes = 0;
        for (String text : texts) {
            if (!text.isEmpty()) {
                boolean isLatin = text.chars().allMatch(c -> c < 256);
                bytes += TEXT_BYTES + (long) text.length() * (isLatin ? 1 : 2);
            }
        }
        return bytes;
    }
}
