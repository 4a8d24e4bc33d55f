package dev.chatlist.adapter.http.auth;

/** A request without a bearer token. */
public final class NoTokenException extends RuntimeException {
    private static final long serialVersionUID = 1;

    NoTokenException() {
        super("no bearer token", null, false, false);
    }
}
