package dev.chatlist.adapter.http.request;

/** A body that isn't a request. The message says what is wrong and what would be right. */
public final class InvalidBodyException extends RuntimeException {
    private static final long serialVersionUID = 1;

    InvalidBodyException(String message) {
        super(message, null, false, false);
    }
}
