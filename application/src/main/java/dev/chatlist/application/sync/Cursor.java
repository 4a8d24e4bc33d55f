package dev.chatlist.application.sync;

/**
 * Where a walk or a delta goes on. Only the adapter that made it knows what is in it. It gives no right to anything.
 *
 * @param value at most {@value #MAX_LENGTH} characters; empty to begin a walk
 */
public record Cursor(String value) {
    public static final int MAX_LENGTH = 8192;

    /** Begins a walk. */
    public static final Cursor BEGIN = new Cursor("");

    /** @throws IllegalArgumentException if it is too long; the message names the limit, not the value */
    public Cursor {
        if (value.length() > MAX_LENGTH) {
            throw new IllegalArgumentException(
                    "cursor must have at most %s characters, it has %s".formatted(MAX_LENGTH, value.length()));
        }
    }

    @Override
    public String toString() {
        return value;
    }
}
