package dev.chatlist.domain;

/**
 * Names a room; the last word in the order of a chat list.
 *
 * @param value 1 to 128 characters, no control characters, told apart to the letter
 */
public record RoomId(String value) implements Comparable<RoomId> {
    /** @throws IllegalArgumentException if the value can't be an id; the message names {@code room_id} */
    public RoomId {
        Check.id("room_id", value);
    }

    /** By code point. */
    @Override
    public int compareTo(RoomId other) {
        return Check.compare(value, other.value);
    }

    @Override
    public String toString() {
        return value;
    }
}
