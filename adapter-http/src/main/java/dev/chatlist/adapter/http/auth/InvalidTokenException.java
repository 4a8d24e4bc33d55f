package dev.chatlist.adapter.http.auth;

import dev.chatlist.adapter.http.observation.Refused;

/**
 * A token that isn't accepted. The message says why, for the log of the server: it names a claim or header, but never
 * quotes the token. Clients are told only whether the token is too old, because another reason could help to forge one.
 */
public final class InvalidTokenException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final Refused fault;

    private InvalidTokenException(Refused fault, String reason) {
        super(reason, null, false, false);
        this.fault = fault;
    }

    /** @param reason must not contain anything that came with the request */
    static InvalidTokenException because(Refused fault, String reason) {
        return new InvalidTokenException(fault, reason);
    }

    /** A token that says something else than it must. */
    static InvalidTokenException ofClaim(String reason) {
        return because(Refused.TOKEN_CLAIM, reason);
    }

    /** A token without another fault. */
    static InvalidTokenException ofExpired() {
        return new InvalidTokenException(Refused.TOKEN_EXPIRED, "exp is in the past");
    }

    /** Whether the token would have been accepted earlier. */
    public boolean expired() {
        return fault == Refused.TOKEN_EXPIRED;
    }

    /** The kind of fault, for metrics. */
    public Refused fault() {
        return fault;
    }
}
