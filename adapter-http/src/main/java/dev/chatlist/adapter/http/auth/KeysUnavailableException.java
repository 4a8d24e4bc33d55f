package dev.chatlist.adapter.http.auth;

/** The keys to check a token with can't be had now, so whether it is good is unknown. */
public final class KeysUnavailableException extends RuntimeException {
    private static final long serialVersionUID = 1;

    KeysUnavailableException(String message, Throwable cause) {
        super(message, cause);
    }
}
