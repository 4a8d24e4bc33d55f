package dev.chatlist.adapter.http.auth;

/** The keys that verify tokens can't be fetched now, so the token can't be verified. */
public final class KeysUnavailableException extends RuntimeException {
    private static final long serialVersionUID = 1;

    KeysUnavailableException(String message, Throwable cause) {
        super(message, cause);
    }
}
