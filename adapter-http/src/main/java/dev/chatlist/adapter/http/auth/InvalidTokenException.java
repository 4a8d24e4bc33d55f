package dev.chatlist.adapter.http.auth;

/**
 * A token that isn't accepted. It tells only whether the token is too old: another reason could quote the token, or
 * help to forge one.
 */
public final class InvalidTokenException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final boolean expired;

    InvalidTokenException(boolean expired) {
        super(expired ? "expired token" : "invalid token", null, false, false);
        this.expired = expired;
    }

    /** Whether the token would have been accepted earlier. */
    public boolean expired() {
        return expired;
    }
}
