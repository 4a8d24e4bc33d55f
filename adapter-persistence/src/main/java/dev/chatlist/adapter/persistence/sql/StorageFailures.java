package dev.chatlist.adapter.persistence.sql;

import dev.chatlist.application.StorageUnavailableException;
import java.sql.SQLException;
import java.util.function.Supplier;
import org.jooq.exception.DataAccessException;

/** Turns every failure of the database or its driver into the one failure that our ports declare. */
public final class StorageFailures {
    public static final String CONNECT = "connect to the database";

    /** SQL states: the connection failed or was never made. */
    private static final String BROKEN = "08.*";

    /** SQL states: the user is refused, or there is no such database. */
    private static final String REFUSED = "28.*|3D000";

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

    /** What the database or its driver says, in one line; the failure's own message if it comes from neither. */
    public static String reason(Exception failure) {
        Throwable reason = failure;
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof SQLException) {
                reason = cause;
            }
        }
        return String.valueOf(reason.getMessage()).replaceAll("\\s+", " ");
    }

    /**
     * Whether the database may let us in later: it can't be reached, is starting or stopping, or has too many
     * connections. Waiting doesn't mend a wrong password or a missing database.
     */
    public static boolean mayPass(Throwable failure) {
        return hasState(failure, "08(?!004).*|53.*|57P0[123]") && !hasState(failure, REFUSED);
    }

    private static boolean isUnreachable(Throwable failure) {
        return hasState(failure, BROKEN + "|53300|57P03|" + REFUSED);
    }

    /** Whether the connection can't be used any more. The server ends one by a state of class 57P. */
    static boolean isBroken(SQLException failure) {
        return hasState(failure, BROKEN + "|57P.*");
    }

    /** Whether the server ended the statement because of its time limit. */
    static boolean tookTooLong(SQLException failure) {
        return hasState(failure, "57014");
    }

    private static boolean hasState(Throwable failure, String states) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof SQLException sql
                    && sql.getSQLState() != null
                    && sql.getSQLState().matches(states)) {
                return true;
            }
        }
        return false;
    }
}
