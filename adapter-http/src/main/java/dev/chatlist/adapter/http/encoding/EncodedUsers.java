package dev.chatlist.adapter.http.encoding;

import dev.chatlist.domain.Chat;
import dev.chatlist.domain.User;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The JSON of the users of one chat.
 *
 * <p>A page of 20 chats has about 360 users, scattered over memory. Looking each up in a map takes longer than encoding
 * it, so this holds on to the users that were found.
 */
final class EncodedUsers {
    private static final int OBJECT_BYTES = 50;
    private static final int REFERENCE_BYTES = 4;

    /** The creator, then the members; null until the user is first needed. */
    private final @Nullable EncodedUser[] users;

    /** @param chat isn't held, which would keep it from being collected */
    EncodedUsers(Chat chat) {
        users = new EncodedUser[1 + chat.members().size()];
    }

    /**
     * The JSON of the creator, then of the members, each after a comma. Finds every user before the first is read, so
     * that the processor loads them from memory in parallel.
     *
     * @param chat the chat that this was made for
     * @param cachedUser the user's cached JSON, or null if it is not to be held
     */
    byte[][] find(Chat chat, Function<User, @Nullable EncodedUser> cachedUser) {
        byte[][] found = new byte[users.length][];
        for (int i = 0; i < found.length; i++) {
            EncodedUser held = users[i];
            byte[] bytes = held == null ? null : held.json();
            found[i] = bytes == null ? find(chat, i, cachedUser) : bytes;
        }
        return found;
    }

    private byte[] find(Chat chat, int i, Function<User, @Nullable EncodedUser> cachedUser) {
        User user = i == 0 ? chat.creator() : chat.members().get(i - 1);
        EncodedUser cached = cachedUser.apply(user);
        byte[] bytes = cached == null ? null : cached.json();
        if (bytes == null) {
            return EncodedUser.encode(user);
        }
        users[i] = cached;
        return bytes;
    }

    /** About how much memory it takes, without its users. */
    int size() {
        return OBJECT_BYTES + REFERENCE_BYTES * users.length;
    }

    /** A comma and a user's JSON, shared by the user's chats until the cache evicts it. */
    static final class EncodedUser {
        private volatile byte @Nullable [] json;

        EncodedUser(User user) {
            json = encode(user);
        }

        static byte[] encode(User user) {
            return ChatJson.USER.bytesAfterComma(user);
        }

        /** Null once the cache has evicted it. */
        byte @Nullable [] json() {
            return json;
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
