package dev.chatlist.application;

/** Something isn't read because it would take more memory than the caller allows. */
public final class AnswerTooLargeException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final long bytes;

    /** @param bytes an estimate of the memory that the answer would take */
    public AnswerTooLargeException(long bytes) {
        super("the answer would take %s bytes of memory".formatted(bytes), null, false, false);
        this.bytes = bytes;
    }

    /** An estimate of the memory that the answer would take. With that much allowed, it is read. */
    public long bytes() {
        return bytes;
    }
}
