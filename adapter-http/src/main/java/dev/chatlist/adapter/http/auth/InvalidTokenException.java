package dev.chatlist.adapter.http.auth;

/**
 * A token that isn't accepted. It has no cause and tells no reason but age: reasons quote the token, and help whoever
 * forges one.
 */
public final class InvalidTokenException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final boolean expired;

    InvalidTokenException(boolean expired) {
        super(expired ? "expired token" : "invalid token", null, false, false);
        this.expired = expired;
    }

    /** Whether it would have been accepted earlier. */
    public boolean expired() {
        return expired;
    }
}
