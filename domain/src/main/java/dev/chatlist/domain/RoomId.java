package dev.chatlist.domain;

/**
 * Identifies a room. Orders rooms with the same last activity.
 *
 * @param value 1 to 128 characters (code points), no control characters; compared exactly
 */
public record RoomId(String value) implements Comparable<RoomId> {
    /** @throws IllegalArgumentException if the value can't be an id; the message names {@code room_id} */
    public RoomId {
        Check.id("room_id", value);
    }

    /** Compares by code point. */
    @Override
    public int compareTo(RoomId other) {
        return Check.compare(value, other.value);
    }

    @Override
    public String toString() {
        return value;
    }
}
