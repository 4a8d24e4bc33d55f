package dev.chatlist.adapter.persistence.sql;

import dev.chatlist.application.StorageUnavailableException;
import java.sql.SQLException;
import java.util.function.Supplier;
import org.jooq.exception.DataAccessException;

/** Turns every failure of the database or its driver into the one failure that our ports declare. */
public final class StorageFailures {
    public static final String CONNECT = "connect to the database";

    private StorageFailures() {}

    /**
     * Runs work that uses jOOQ.
     *
     * @param aim completes "can't …" in the message
     * @throws StorageUnavailableException if jOOQ reports a failure of the database
     */
    public static <T> T translated(String aim, Supplier<T> work) {
        try {
            return work.get();
        } catch (DataAccessException e) {
            throw unavailable(aim, e);
        }
    }

    /**
     * The failure for our callers, with {@code failure} as its cause.
     *
     * @param aim completes "can't …" in the message, unless the database can't be reached at all
     */
    public static StorageUnavailableException unavailable(String aim, Exception failure) {
        return new StorageUnavailableException("can't " + (isUnreachable(failure) ? CONNECT : aim), failure);
    }

    /** Class 08 of the SQL standard's states: the connection failed or was never made. */
    private static boolean isUnreachable(Throwable failure) {
        return hasState(failure, "08");
    }

    /** Whether the connection can't be used any more. The server ends one by a state of class 57P. */
    static boolean isBroken(SQLException failure) {
        return isUnreachable(failure) || hasState(failure, "57P");
    }

    /** Whether the server ended the statement because of its time limit. */
    static boolean tookTooLong(SQLException failure) {
        return hasState(failure, "57014");
    }

    private static boolean hasState(Throwable failure, String prefix) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof SQLException sql
                    && sql.getSQLState() != null
                    && sql.getSQLState().startsWith(prefix)) {
                return true;
            }
        }
        return false;
    }
}
