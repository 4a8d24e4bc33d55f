package dev.chatlist.adapter.persistence;

import dev.chatlist.adapter.persistence.RoomFeed.Change;
import dev.chatlist.adapter.persistence.RoomOrder.Place;
import java.util.Objects;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The last changes, counted from the first there ever was. Older ones are forgotten. */
final class RecentChanges {
    private final Change[] changes;
    private final @Nullable Place[] left;
    private long oldest;
    private long count;

    RecentChanges(int capacity) {
        changes = new Change[capacity];
        left = new Place[capacity];
    }

    /** @param place the one that the room left, if it was in anybody's order */
    void add(Change change, @Nullable Place place) {
        changes[index(count)] = change;
        left[index(count)] = place;
        count++;
        oldest = Math.max(oldest, count - changes.length);
    }

    /** As if more had happened than can be told. */
    void forget() {
        count++;
        oldest = count;
    }

    /** How many there have been. */
    long count() {
        return count;
    }

    /** Whether all are known that came after the first so many. */
    boolean reachBackTo(long earlierCount) {
        return earlierCount >= oldest;
    }

    /** Those after the first so many, oldest first. */
    Stream<Change> since(long earlierCount) {
        return LongStream.range(earlierCount, count).mapToObj(n -> changes[index(n)]);
    }

    /** The places that rooms left after the first so many changes. */
    Stream<Place> placesLeftSince(long earlierCount) {
        return LongStream.range(earlierCount, count)
                .mapToObj(n -> left[index(n)])
                .filter(Objects::nonNull);
    }

    private int index(long n) {
        return (int) (n % changes.length);
    }
}
