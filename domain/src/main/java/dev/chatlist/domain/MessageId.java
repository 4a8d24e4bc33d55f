package dev.chatlist.domain;

/**
 * Identifies a message. Of two messages with the same time, the one with the greater id is later.
 *
 * @param value 1 to 128 characters (code points), no control characters; compared exactly
 */
public record MessageId(String value) implements Comparable<MessageId> {
    /** @throws IllegalArgumentException if the value can't be an id; the message names {@code id} */
    public MessageId {
        Check.id("id", value);
    }

    /** Compares by code point. */
    @Override
    public int compareTo(MessageId other) {
        return Check.compare(value, other.value);
    }

    @Override
    public String toString() {
        return value;
    }
}
