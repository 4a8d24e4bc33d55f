package dev.chatlist.adapter.http.auth;

/**
 * A token that isn't accepted. The message says why, for the log of the server: it names a claim or header, but never
 * quotes the token. Clients are told only whether the token is too old, because another reason could help to forge one.
 */
public final class InvalidTokenException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final boolean expired;

    private InvalidTokenException(String reason, boolean expired) {
        super(reason, null, false, false);
        this.expired = expired;
    }

    /** @param reason must not contain anything that came with the request */
    static InvalidTokenException because(String reason) {
        return new InvalidTokenException(reason, false);
    }

    /** A token without another fault. */
    static InvalidTokenException ofExpired() {
        return new InvalidTokenException("exp is in the past", true);
    }

    /** Whether the token would have been accepted earlier. */
    public boolean expired() {
        return expired;
    }
}
