package dev.chatlist.adapter.http.encoding;

import dev.chatlist.domain.Chat;
import dev.chatlist.domain.User;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The JSON of one chat, with gaps that are filled with the JSON of its users.
 *
 * <p>A page of 20 chats has about 360 users, scattered over memory. Looking each up in a map takes longer than encoding
 * it, so a chat holds on to the users it has found.
 */
final class EncodedChat {
    private static final int OBJECT_BYTES = 100;
    private static final int REFERENCE_BYTES = 4;

    private final byte[] json;
    private final int creatorGap;
    private final int membersGap;

    /** The creator, then the members; null until the user is first needed. */
    private final @Nullable EncodedUser[] users;

    EncodedChat(Chat chat) {
        json = ChatJson.CHAT_WITHOUT_USERS.bytes(chat);
        int first = 0;
        while (json[first] != JsonObject.GAP) {
            first++;
        }
        int last = json.length - 1;
        while (json[last] != JsonObject.GAP) {
            last--;
        }
        creatorGap = first;
        membersGap = last;
        users = new EncodedUser[1 + chat.members().size()];
    }

    /**
     * Writes the chat with its users.
     *
     * @param chat the chat that was encoded; holding it here would keep it from being collected
     * @param cachedUser the user's cached JSON, or null if it is not to be held
     */
    void write(Chat chat, Function<User, @Nullable EncodedUser> cachedUser, Pieces out) {
        byte[][] found = find(chat, cachedUser);
        out.share(json, 0, creatorGap);
        shareAfterComma(found[0], out);
        out.share(json, creatorGap + 1, membersGap);
        for (int i = 1; i < found.length; i++) {
            if (i == 1) {
                shareAfterComma(found[i], out);
            } else {
                out.share(found[i]);
            }
        }
        out.share(json, membersGap + 1, json.length);
    }

    private static void shareAfterComma(byte[] user, Pieces out) {
        out.share(user, 1, user.length);
    }

    /** Finds every user before the first is read, so that the processor loads them from memory in parallel. */
    private byte[][] find(Chat chat, Function<User, @Nullable EncodedUser> cachedUser) {
        byte[][] found = new byte[users.length][];
        for (int i = 0; i < found.length; i++) {
            EncodedUser held = users[i];
            byte[] bytes = held == null ? null : held.json;
            found[i] = bytes == null ? find(chat, i, cachedUser) : bytes;
        }
        return found;
    }

    private byte[] find(Chat chat, int i, Function<User, @Nullable EncodedUser> cachedUser) {
        User user = i == 0 ? chat.creator() : chat.members().get(i - 1);
        EncodedUser cached = cachedUser.apply(user);
        byte[] bytes = cached == null ? null : cached.json;
        if (bytes == null) {
            return EncodedUser.encode(user);
        }
        users[i] = cached;
        return bytes;
    }

    /** About how much memory it takes, without its users. */
    int size() {
        return OBJECT_BYTES + json.length + REFERENCE_BYTES * users.length;
    }

    /** A comma and a user's JSON, shared by the user's chats until the cache evicts it. */
    static final class EncodedUser {
        private volatile byte @Nullable [] json;

        EncodedUser(User user) {
            json = encode(user);
        }

        private static byte[] encode(User user) {
            return ChatJson.USER.bytesAfterComma(user);
        }

        /** Frees the bytes, also for the chats that hold on to this user. */
        void evict() {
            json = null;
        }

        int size() {
            byte[] current = json;
            return current == null ? 0 : current.length;
        }
    }
}
