package dev.chatlist.adapter.http.auth;

/** The keys that verify tokens can't be fetched now, so nobody knows whether the token is good. */
public final class KeysUnavailableException extends RuntimeException {
    private static final long serialVersionUID = 1;

    KeysUnavailableException(String message, Throwable cause) {
        super(message, cause);
    }
}
