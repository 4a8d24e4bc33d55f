package dev.chatlist.application;

/** An event refers to a user or room that isn't known. Nothing of the recording that it was part of was applied. */
public final class RejectedEventException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final long index;
    private final String reason;

    public RejectedEventException(long index, String reason) {
        super("event %d: %s".formatted(index, reason));
        this.index = index;
        this.reason = reason;
    }

    /** Which event of the recording, counted from 0. */
    public long index() {
        return index;
    }

    /** What was wrong, without the place. */
    public String reason() {
        return reason;
    }
}
