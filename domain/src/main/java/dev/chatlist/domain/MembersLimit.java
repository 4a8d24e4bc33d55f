package dev.chatlist.domain;

/**
 * How many members a list shows of each chat.
 *
 * @param max 0 to {@value #MAX}; the viewer and the author of the latest message are shown even if there are more
 */
public record MembersLimit(int max) {
    public static final int MAX = 100;

    /** @throws IllegalArgumentException if the limit is out of range; the message names the range */
    public MembersLimit {
        if (max < 0 || max > MAX) {
            throw new IllegalArgumentException("members_limit must be 0 to %s, it is %s".formatted(MAX, max));
        }
    }
}
