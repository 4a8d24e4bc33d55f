package dev.chatlist.adapter.http.observation;

import org.jspecify.annotations.Nullable;

/** Is told of every request that ended, on the thread that ended it; so it must not block. */
public interface RequestObserver {
    /** The route of a request to a path that isn't served, or of one that no handler saw. */
    String NO_ROUTE = "UNKNOWN";

    void ended(Ended request);

    /**
     * How a request ended.
     *
     * @param route the path, if it is one that is served
     * @param method the method, if it is a usual one
     * @param status as the client got it; {@link RequestContext#CLIENT_LEFT} if the client left before
     * @param bytes the length of the answer's body, as far as it was sent
     * @param nanos from the end of the request's head to the end of the answer, in nanoseconds
     * @param refused why it was refused, if it was
     */
    record Ended(
            String route,
            String method,
            int status,
            long bytes,
            long nanos,
            @Nullable Refused refused) {
        /** A request that no handler saw. */
        public static Ended unseen(int status, long bytes, @Nullable Refused refused) {
            return new Ended(NO_ROUTE, NO_ROUTE, status, bytes, 0, refused);
        }
    }
}
