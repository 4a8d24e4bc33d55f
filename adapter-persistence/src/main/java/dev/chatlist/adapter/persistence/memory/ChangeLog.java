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
 * The latest changes, counted from the first one. The log keeps a fixed number of them and overwrites the oldest.
 *
 * @param <P> the place that a room left by a change
 */
final class ChangeLog<P> {
    private final int capacity;
    private final List<@Nullable Change> changes;
    private final List<@Nullable P> places;
    private long oldest;
    private long count;

    ChangeLog(int capacity) {
        this.capacity = capacity;
        changes = new ArrayList<>(Collections.nCopies(capacity, null));
        places = new ArrayList<>(Collections.nCopies(capacity, null));
    }

    /** @param left the place that the room left, if it was in a list */
    void add(Change change, @Nullable P left) {
        changes.set(index(count), change);
        places.set(index(count), left);
        count++;
        oldest = Math.max(oldest, count - capacity);
    }

    /** Counts changes that nobody knows, so that the log no longer reaches back beyond them. */
    void skip() {
        count++;
        oldest = count;
    }

    /** How many changes there have been. */
    long count() {
        return count;
    }

    /** Whether every change after {@code earlierCount} is still logged. */
    boolean reachesBackTo(long earlierCount) {
        return earlierCount >= oldest;
    }

    /** The changes after {@code earlierCount}, oldest first. */
    Stream<Change> since(long earlierCount) {
        return logged(changes, earlierCount);
    }

    /** The places that rooms left after {@code earlierCount}. */
    Stream<P> placesLeftSince(long earlierCount) {
        return logged(places, earlierCount);
    }

    private <T> Stream<T> logged(List<@Nullable T> log, long earlierCount) {
        return LongStream.range(earlierCount, count)
                .mapToObj(n -> log.get(index(n)))
                .filter(Objects::nonNull);
    }

    private int index(long n) {
        return (int) (n % capacity);
    }
}
