package dev.chatlist.adapter.http.encoding;

import dev.chatlist.adapter.http.encoding.EncodedUsers.EncodedUser;
import dev.chatlist.domain.Chat;
import dev.chatlist.domain.User;
import java.util.Arrays;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Function;

/**
 * The JSON of the users that excerpts of one chat have shown. Most excerpts show the same few: the creator, the author
 * and the first members. Looking each up in a map takes longer than copying its JSON.
 */
final class ShownUsers {
    /** Further users, most of them viewers, take the place of another one now and then. */
    private static final int MAX_USERS = 16;

    private static final int REPLACE_ONE_IN = 16;

    private static final int USER_BYTES = 8;
    private static final int OBJECT_BYTES = 80;

    /** About how much memory it takes, without its users. */
    static final int BYTES = OBJECT_BYTES + USER_BYTES * MAX_USERS;

    private volatile Held held = new Held(new Object[0], new EncodedUser[0]);

    /** Users and their JSON. A user is found by identity, without a look at what it refers to. */
    private static final class Held {
        private final Object[] users;
        private final EncodedUser[] encoded;

        Held(Object[] users, EncodedUser[] encoded) {
            this.users = users;
            this.encoded = encoded;
        }

        int indexOf(Object user) {
            int at = users.length - 1;
            while (at >= 0 && users[at] != user) {
                at--;
            }
            return at;
        }

        Held with(User user, EncodedUser json) {
            int at = indexOf(user);
            int next = users.length < MAX_USERS
                    ? users.length
                    : ThreadLocalRandom.current().nextInt(MAX_USERS);
            int index = at < 0 ? next : at;
            int size = Math.max(users.length, index + 1);
            Held more = new Held(Arrays.copyOf(users, size), Arrays.copyOf(encoded, size));
            more.users[index] = user;
            more.encoded[index] = json;
            return more;
        }
    }

    /**
     * The JSON of the creator, then of the members, each after a comma.
     *
     * @param cachedUser the user's cached JSON
     */
    byte[][] find(Chat excerpt, Function<User, EncodedUser> cachedUser) {
        byte[][] found = new byte[1 + excerpt.members().size()][];
        Held now = held;
        for (int i = 0; i < found.length; i++) {
            User user = i == 0 ? excerpt.creator() : excerpt.members().get(i - 1);
            int at = now.indexOf(user);
            byte[] bytes = at < 0 ? null : now.encoded[at].json();
            found[i] = bytes == null ? add(user, cachedUser.apply(user)) : bytes;
        }
        return found;
    }

    /** When two threads each add a user, one of them may be lost and is added later. */
    private byte[] add(User user, EncodedUser cached) {
        byte[] bytes = cached.json();
        if (bytes == null) {
            return EncodedUser.encode(user);
        }
        Held now = held;
        boolean isFull = now.users.length == MAX_USERS && now.indexOf(user) < 0;
        if (!isFull || ThreadLocalRandom.current().nextInt(REPLACE_ONE_IN) == 0) {
            held = now.with(user, cached);
        }
        return bytes;
    }
}
