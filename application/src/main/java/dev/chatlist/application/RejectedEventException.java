package dev.chatlist.application;

/** An event refers to an unknown user or room, or has too long a text. No event of its recording was applied. */
public final class RejectedEventException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final long index;
    private final String reason;

    public RejectedEventException(long index, String reason) {
        super("event %s: %s".formatted(index, reason));
        this.index = index;
        this.reason = reason;
    }

    /** The position of the event in the recording, counted from 0. */
    public long index() {
        return index;
    }

    /** What is wrong, without the position. */
    public String reason() {
        return reason;
    }
}
