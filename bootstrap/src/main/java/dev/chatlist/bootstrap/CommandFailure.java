package dev.chatlist.bootstrap;

import java.nio.file.FileSystemException;
import java.sql.SQLException;
import java.util.List;

/** A command can't do what was asked of it. The lines are all that its user gets to read. */
final class CommandFailure extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final int exitCode;

    private CommandFailure(int exitCode, String message) {
        super(message);
        this.exitCode = exitCode;
    }

    static CommandFailure badUsage(List<String> problems) {
        return new CommandFailure(2, String.join(System.lineSeparator(), problems));
    }

    static CommandFailure because(String reason) {
        return new CommandFailure(1, reason);
    }

    /** What a failure of any kind comes to, in one line: what couldn't be done, and why. */
    static String reason(Throwable failure) {
        Throwable cause = failure;
        // The driver says which server it was; the socket's exception that it wraps doesn't.
        while (cause.getCause() != null && !(cause instanceof SQLException)) {
            cause = cause.getCause();
        }
        String reason = describe(failure);
        String why = describe(cause);
        return (reason.contains(why) ? reason : reason + ": " + why).replaceAll("\\s+", " ");
    }

    private static String describe(Throwable failure) {
        String message = failure.getMessage();
        String kind = failure.getClass().getSimpleName();
        if (message == null) {
            return kind;
        }
        if (failure instanceof SQLException) {
            // The server's own words end where it begins to tell which of its functions it was in.
            return message.split("\\R\\s*Where: ", 2)[0];
        }
        // A file's failure has only the file's name for a message.
        return failure instanceof FileSystemException ? kind + ": " + message : message;
    }

    int exitCode() {
        return exitCode;
    }
}
