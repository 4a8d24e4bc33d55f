package dev.chatlist.adapter.http;

import dev.chatlist.application.AnswerTooLargeException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * The memory for answers, from the moment when their chats are read until the client has taken them. A request begins
 * with a small allowance, which is enough for a usual page. One that needs more waits for its turn, without a thread.
 *
 * <p>Large answers may take three quarters of it, in the order in which they asked, so that usual ones always find some.
 */
final class Memory {
    private static final long MAX_ALLOWANCE = 1024 * 1024;

    private final long bytes;
    private final long allowance;
    private final Deque<Waiting> waiting = new ArrayDeque<>();
    private long used;

    /** @param requests how many may begin at the same time */
    Memory(long bytes, int requests) {
        this.bytes = bytes;
        allowance = Math.min(MAX_ALLOWANCE, bytes / 4 / requests);
    }

    /** The memory that the largest answer may take. */
    long largest() {
        return bytes / 4 * 3;
    }

    /** While a request begins again, more of its rooms may change, and then it needs more memory. */
    static long withChanges(long needed) {
        return needed / 4 * 5;
    }

    /** The memory in use. */
    synchronized long used() {
        return used;
    }

    /** The memory that a request begins with. It may exceed the total for a moment. */
    Share begin() {
        Share share = new Share();
        share.bytes = allowance;
        synchronized (this) {
            used += allowance;
        }
        return share;
    }

    /** Passes a share of this size on as soon as there is room, perhaps at once. */
    void await(long needed, LongWaiter waiter) {
        synchronized (this) {
            waiting.add(new Waiting(needed, waiter));
        }
        serveWaiting();
    }

    /** Somebody who waits for memory. */
    interface LongWaiter {
        /** Whether this one no longer waits. */
        boolean hasLeft();

        /** Takes the share over. */
        void take(Share share);
    }

    private void serveWaiting() {
        List<Waiting> served = new ArrayList<>();
        synchronized (this) {
            for (Waiting next = waiting.peek(); next != null; next = waiting.peek()) {
                if (!next.waiter.hasLeft()) {
                    if (used + next.bytes > largest()) {
                        break;
                    }
                    used += next.bytes;
                    served.add(next);
                }
                waiting.remove();
            }
        }
        for (Waiting one : served) {
            Share share = new Share();
            share.bytes = one.bytes;
            one.waiter.take(share);
        }
    }

    private synchronized boolean tryUse(long more) {
        if (used + more > bytes) {
            return false;
        }
        used += more;
        return true;
    }

    private void free(long less) {
        boolean mayServe;
        synchronized (this) {
            used -= less;
            mayServe = !waiting.isEmpty();
        }
        if (mayServe) {
            serveWaiting();
        }
    }

    private record Waiting(long bytes, LongWaiter waiter) {}

    /** What one request may use. Used by one thread at a time. */
    final class Share {
        private long bytes;

        /** How much of it the chats that were read take. */
        private long read;

        private boolean isHeld;

        /** How much memory may be taken by chats that are read. */
        long bytes() {
            return bytes;
        }

        /** Whether the chats have been read, so that memory is needed for their answer. */
        boolean isHeld() {
            return isHeld;
        }

        /** Whether the chats may take so much, which they do from now on, with some for changes if there is enough. */
        boolean readMore(long needed) {
            read = needed;
            return grow(withChanges(needed)) || grow(needed);
        }

        /**
         * Makes sure that an answer of this length may be held beside what was read for it.
         *
         * @throws AnswerTooLargeException if it may not
         */
        void hold(long answer) {
            isHeld = true;
            long needed = Math.max(read, Math.min(bytes, allowance)) + answer;
            if (!grow(needed)) {
                throw new AnswerTooLargeException(needed);
            }
        }

        private boolean grow(long needed) {
            if (needed > bytes && !tryUse(needed - bytes)) {
                return false;
            }
            bytes = Math.max(bytes, needed);
            return true;
        }

        /** What was read isn't needed any more, only an answer of this length. */
        void shrinkTo(long answer) {
            long less = bytes - answer;
            bytes = answer;
            free(less);
        }

        void release() {
            shrinkTo(0);
        }
    }
}
