package dev.chatlist.application;

/** Storage can't answer or write now. Adapters turn every failure of their storage into this one. */
public final class StorageUnavailableException extends RuntimeException {
    private static final long serialVersionUID = 1;

    public StorageUnavailableException(String message) {
        super(message);
    }

    public StorageUnavailableException(String message, Throwable cause) {
        super(message, cause);
    }
}
