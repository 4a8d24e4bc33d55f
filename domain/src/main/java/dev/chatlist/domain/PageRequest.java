package dev.chatlist.domain;

/**
 * A page of a list.
 *
 * @param page 1 for the first; pages past the end of the list are empty
 * @param size the number of entries on a page, 1 to {@value #MAX_SIZE}
 */
public record PageRequest(long page, int size) {
    /** The limit of every configuration, because a page is built in memory. */
    public static final int MAX_SIZE = 1000;

    /** @throws IllegalArgumentException if page or size is out of range; the message names it and the range */
    public PageRequest {
        if (page < 1) {
            throw new IllegalArgumentException("page must be 1 or more, it is " + page);
        }
        requireSize(size);
    }

    /**
     * Checks the size of a page.
     *
     * @throws IllegalArgumentException if it is out of range; the message names the range
     */
    public static void requireSize(int size) {
        if (size < 1 || size > MAX_SIZE) {
            throw new IllegalArgumentException("size must be 1 to %s, it is %s".formatted(MAX_SIZE, size));
        }
    }

    /** The number of entries before this page; {@link Long#MAX_VALUE} if the number is greater than any long. */
    public long offset() {
        return page - 1 > Long.MAX_VALUE / size ? Long.MAX_VALUE : (page - 1) * size;
    }
}
