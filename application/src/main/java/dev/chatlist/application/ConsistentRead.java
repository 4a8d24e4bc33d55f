package dev.chatlist.application;

import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Reads in two steps: which rooms, then their chats. What it returns was true at one moment. */
public final class ConsistentRead {
    /**
     * Less than a millisecond lies between the two steps, so a few tries suffice even for a user whose rooms change a
     * thousand times a second.
     */
    static final int MAX_TRIES = 10;

    private ConsistentRead() {}

    /**
     * Repeats both steps while a room changes between them. Such a room may now belong on another page, or the caller
     * may have left it.
     *
     * @param reading does both steps, and returns null if the second found fewer chats than the first found rooms
     * @throws StorageUnavailableException if rooms changed every time
     */
    public static <T> T of(Supplier<@Nullable T> reading) {
        for (int tries = 0; tries < MAX_TRIES; tries++) {
            T read = reading.get();
            if (read != null) {
                return read;
            }
        }
        throw new StorageUnavailableException(
                "the rooms of the page changed %s times while it was read".formatted(MAX_TRIES));
    }
}
