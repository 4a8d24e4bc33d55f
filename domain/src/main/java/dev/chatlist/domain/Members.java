package dev.chatlist.domain;

import java.util.AbstractList;
import java.util.List;
import java.util.RandomAccess;
import org.jspecify.annotations.Nullable;

/**
 * The members of a chat. The users of a page are scattered over memory, and to look at each takes longer than all else
 * that an excerpt needs. So a member is found by an array of hashes, made when it is first needed. A byte of each hash
 * rules out nearly all other members.
 */
final class Members extends AbstractList<User> implements RandomAccess {
    private final User[] users;
    private volatile byte @Nullable [] hashes;

    private Members(User[] users) {
        this.users = users;
    }

    static Members copyOf(List<User> users) {
        return users instanceof Members members
                ? members
                : new Members(List.copyOf(users).toArray(User[]::new));
    }

    @Override
    public User get(int index) {
        return users[index];
    }

    @Override
    public int size() {
        return users.length;
    }

    /** The member's index, or -1. */
    int find(UserId member) {
        byte[] known = hashes();
        byte hash = hash(member);
        int at = known.length - 1;
        while (at >= 0 && !(known[at] == hash && users[at].id().equals(member))) {
            at--;
        }
        return at;
    }

    private byte[] hashes() {
        byte[] known = hashes;
        if (known == null) {
            known = new byte[users.length];
            for (int n = 0; n < known.length; n++) {
                known[n] = hash(users[n].id());
            }
            hashes = known;
        }
        return known;
    }

    /** Ids that differ in one character mostly differ in the low bits of their hashes. */
    private static byte hash(UserId id) {
        return (byte) id.hashCode();
    }
}
