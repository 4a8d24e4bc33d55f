package dev.chatlist.domain;

/**
 * Names a user; the caller of every use case is one.
 *
 * @param value 1 to 128 characters, no control characters, told apart to the letter
 */
public record UserId(String value) implements Comparable<UserId> {
    /** @throws IllegalArgumentException if the value can't be an id; the message names {@code user_id} */
    public UserId {
        Check.id("user_id", value);
    }

    /** By code point. */
    @Override
    public int compareTo(UserId other) {
        return Check.compare(value, other.value);
    }

    @Override
    public String toString() {
        return value;
    }
}
