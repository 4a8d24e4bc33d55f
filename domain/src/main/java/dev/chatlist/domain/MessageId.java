package dev.chatlist.domain;

/**
 * Names a message; decides which is latest among those of one instant.
 *
 * @param value 1 to 128 characters, no control characters, told apart to the letter
 */
public record MessageId(String value) implements Comparable<MessageId> {
    /** @throws IllegalArgumentException if the value can't be an id; the message names {@code id} */
    public MessageId {
        Check.id("id", value);
    }

    /** By code point. */
    @Override
    public int compareTo(MessageId other) {
        return Check.compare(value, other.value);
    }

    @Override
    public String toString() {
        return value;
    }
}
