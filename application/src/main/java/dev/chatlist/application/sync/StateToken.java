package dev.chatlist.application.sync;

/**
 * A moment of the store, as one user saw it. A client holds on to the one that came with what it shows, and asks later
 * what has changed since. Only the adapter that made it knows what is in it. It gives no right to anything.
 *
 * @param value 1 to {@value #MAX_LENGTH} characters
 */
public record StateToken(String value) {
    public static final int MAX_LENGTH = 2048;

    /** @throws IllegalArgumentException if it is empty or too long; the message names the limit, not the value */
    public StateToken {
        if (value.isEmpty() || value.length() > MAX_LENGTH) {
            throw new IllegalArgumentException(
                    "since must have 1 to %s characters, it has %s".formatted(MAX_LENGTH, value.length()));
        }
    }

    @Override
    public String toString() {
        return value;
    }
}
