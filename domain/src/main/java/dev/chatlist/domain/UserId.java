package dev.chatlist.domain;

/**
 * Identifies a user.
 *
 * @param value 1 to 128 characters (code points), no control characters; compared exactly
 */
public record UserId(String value) implements Comparable<UserId> {
    /** @throws IllegalArgumentException if the value can't be an id; the message names {@code user_id} */
    public UserId {
        Check.id("user_id", value);
    }

    /** Compares by code point. */
    @Override
    public int compareTo(UserId other) {
        return Check.compare(value, other.value);
    }

    @Override
    public String toString() {
        return value;
    }
}
