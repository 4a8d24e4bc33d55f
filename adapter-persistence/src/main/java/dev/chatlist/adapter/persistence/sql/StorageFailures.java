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
    static <T> T translated(String aim, Supplier<T> work) {
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
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof SQLException sql
                    && sql.getSQLState() != null
                    && sql.getSQLState().startsWith("08")) {
                return true;
            }
        }
        return false;
    }
}
