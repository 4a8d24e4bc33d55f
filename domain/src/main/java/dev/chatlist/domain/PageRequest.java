package dev.chatlist.domain;

/**
 * Which part of a list is wanted.
 *
 * @param page 1 for the first; any number past the last page asks for nothing
 * @param size how many a page holds, 1 to {@value #MAX_SIZE}
 */
public record PageRequest(long page, int size) {
    /** What no configuration can exceed: a page is built in memory. */
    public static final int MAX_SIZE = 1000;

    /** @throws IllegalArgumentException if page or size is out of range; the message names it and the range */
    public PageRequest {
        if (page < 1) {
            throw new IllegalArgumentException("page must be 1 or more, it is " + page);
        }
        if (size < 1 || size > MAX_SIZE) {
            throw new IllegalArgumentException("size must be 1 to %d, it is %d".formatted(MAX_SIZE, size));
        }
    }

    /** How many rows come before this page; {@link Long#MAX_VALUE} where that is beyond counting. */
    public long offset() {
        return page - 1 > Long.MAX_VALUE / size ? Long.MAX_VALUE : (page - 1) * size;
    }
}
