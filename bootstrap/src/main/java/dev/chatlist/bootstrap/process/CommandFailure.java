package dev.chatlist.bootstrap.process;

import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.sql.SQLException;
import java.util.List;

/** A command fails. The message is all that its user sees: one problem per line. */
public final class CommandFailure extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final int exitCode;

    private CommandFailure(int exitCode, String message) {
        super(message);
        this.exitCode = exitCode;
    }

    public static CommandFailure badUsage(List<String> problems) {
        return new CommandFailure(2, String.join(System.lineSeparator(), problems));
    }

    public static CommandFailure because(String reason) {
        return new CommandFailure(1, reason);
    }

    /** A stop was requested before the command had begun its work. */
    public static CommandFailure stopped(int exitCode) {
        return new CommandFailure(exitCode, "stopped before the database was open");
    }

    /** Describes any failure in one line: what failed, and its root cause. */
    public static String reason(Throwable wrapped) {
        Throwable failure = unwrapped(wrapped);
        Throwable cause = failure;
        // The driver's exception names the server; the socket's exception in it doesn't.
        while (cause.getCause() != null && !(cause instanceof SQLException)) {
            cause = cause.getCause();
        }
        String reason = describe(failure);
        String why = describe(cause);
        return (reason.contains(why) ? reason : reason + ": " + why).replaceAll("\\s+", " ");
    }

    /** Like {@link #reason}, where the message has named the file: those of the library repeat its name. */
    public static String reasonOfFile(Exception failure) {
        Throwable cause = failure instanceof UncheckedIOException ? failure.getCause() : failure;
        if (cause instanceof NoSuchFileException) {
            return "there is no such file";
        }
        if (cause instanceof AccessDeniedException) {
            return "access denied";
        }
        String system = cause instanceof FileSystemException e ? e.getReason() : null;
        return system == null ? reason(failure) : system;
    }

    /** An UncheckedIOException that was created without a message repeats its cause. */
    private static Throwable unwrapped(Throwable failure) {
        Throwable cause = failure.getCause();
        if (failure instanceof UncheckedIOException
                && cause != null
                && cause.toString().equals(failure.getMessage())) {
            return cause;
        }
        return failure;
    }

    private static String describe(Throwable failure) {
        String message = failure.getMessage();
        String kind = failure.getClass().getSimpleName();
        if (message == null) {
            return kind;
        }
        if (failure instanceof SQLException) {
            // Cut the server's stack of PL/pgSQL functions.
            return message.split("\\R\\s*Where: ", 2)[0];
        }
        // The message is only the file's name.
        return failure instanceof FileSystemException ? kind + ": " + message : message;
    }

    public int exitCode() {
        return exitCode;
    }
}
