package dev.chatlist.application;

/** Storage can't do now what was asked: the one failure of the output ports, for whatever cause they know of. */
public final class StorageUnavailableException extends RuntimeException {
    private static final long serialVersionUID = 1;

    public StorageUnavailableException(String message) {
        super(message);
    }

    public StorageUnavailableException(String message, Throwable cause) {
        super(message, cause);
    }
}
