package dev.chatlist.adapter.persistence.memory;

import dev.chatlist.adapter.persistence.sql.ChangeFeed.Change;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The latest changes, numbered from 0. The log has room for a fixed number of them and overwrites the oldest.
 *
 * @param <P> the type of the places that rooms leave
 */
final class ChangeLog<P> {
    private final int capacity;
    private final List<@Nullable Change> changes;
    private final List<@Nullable P> places;

    /** The number of the oldest change that is still logged. */
    private long oldest;

    ChangeLog(int capacity) {
        this.capacity = capacity;
        changes = new ArrayList<>(Collections.nCopies(capacity, null));
        places = new ArrayList<>(Collections.nCopies(capacity, null));
    }

    /**
     * Logs the next change.
     *
     * @param left the place that the room left, if it was in a list
     */
    void add(long number, Change change, @Nullable P left) {
        changes.set(index(number), change);
        places.set(index(number), left);
        oldest = Math.max(oldest, number + 1 - capacity);
    }

    /** Drops all changes. The next one gets this number. */
    void restartAt(long number) {
        oldest = number;
    }

    /** Whether every change from this number on is still logged. */
    boolean reachesBackTo(long number) {
        return number >= oldest;
    }

    /** The changes with these numbers, oldest first. */
    Stream<Change> changes(long from, long to) {
        return logged(changes, from, to);
    }

    /** The places that rooms left by the changes with these numbers. */
    Stream<P> placesLeft(long from, long to) {
        return logged(places, from, to);
    }

    private <T> Stream<T> logged(List<@Nullable T> log, long from, long to) {
        return LongStream.range(from, to).mapToObj(n -> log.get(index(n))).filter(Objects::nonNull);
    }

    private int index(long number) {
        return (int) (number % capacity);
    }
}
