package dev.chatlist.bootstrap.events;

import org.jspecify.annotations.Nullable;

/** A line isn't a chat event. The message begins with the line's number, from 1. */
public final class BadLineException extends RuntimeException {
    private static final long serialVersionUID = 1;

    BadLineException(long line, String reason, @Nullable Throwable cause) {
        super("line %s: %s".formatted(line, reason), cause);
    }
}
