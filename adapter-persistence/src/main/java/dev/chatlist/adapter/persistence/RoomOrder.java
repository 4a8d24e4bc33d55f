package dev.chatlist.adapter.persistence;

import dev.chatlist.application.RoomVersion;
import dev.chatlist.domain.PageRequest;
import dev.chatlist.domain.RoomId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * All rooms of one user in the order of pages, as one snapshot of the database saw them. Made once by reading all, and
 * from then on by applying what changed: an order is never altered, a new one is made.
 *
 * <p>Not a record, as two of them are the same only if they are one.
 */
final class RoomOrder {
    /** What a room takes in memory: a place, its version and id, and the id's text. */
    private static final int BYTES_PER_ROOM = 160;

    private static final Comparator<Place> BY_ACTIVITY = Comparator.comparingLong(Place::lastActivity)
            .thenComparing(place -> place.room().roomId())
            .reversed();

    private final List<Place> places;
    private final long xmin;

    /** @param places in the order of pages */
    RoomOrder(List<Place> places, long xmin) {
        this.places = places;
        this.xmin = xmin;
    }

    /** Transactions below it were over when the snapshot was taken: what it saw of them is final. */
    long xmin() {
        return xmin;
    }

    int size() {
        return places.size();
    }

    long bytes() {
        return (long) BYTES_PER_ROOM * places.size();
    }

    List<RoomVersion> page(PageRequest request) {
        int from = (int) Math.min(request.offset(), places.size());
        int to = Math.min(from + request.size(), places.size());
        return places.subList(from, to).stream().map(Place::room).toList();
    }

    /** The order as a later snapshot sees it. */
    RoomOrder with(Changes changes) {
        if (changes.rooms.isEmpty()) {
            return new RoomOrder(places, changes.xmin);
        }
        List<Place> moved = changes.rooms.values().stream()
                .filter(Change::isMember)
                .map(Change::place)
                .sorted(BY_ACTIVITY)
                .toList();
        List<Place> merged = new ArrayList<>(places.size() + moved.size());
        int next = 0;
        for (Place stayed : places) {
            if (!changes.rooms.containsKey(stayed.room().roomId())) {
                while (next < moved.size() && BY_ACTIVITY.compare(moved.get(next), stayed) < 0) {
                    merged.add(moved.get(next++));
                }
                merged.add(stayed);
            }
        }
        merged.addAll(moved.subList(next, moved.size()));
        return new RoomOrder(merged, changes.xmin);
    }

    /** Where a room stands. */
    record Place(RoomVersion room, long lastActivity) {}

    /** Where a room stands now, if the user is still a member. */
    record Change(Place place, boolean isMember) {}

    /** Which rooms changed since some snapshot, and the transactions that the newer one saw the end of. */
    record Changes(Map<RoomId, Change> rooms, long xmin) {
        static Changes of(List<Change> rooms, long xmin) {
            Map<RoomId, Change> byRoom = new HashMap<>();
            rooms.forEach(change -> byRoom.put(change.place.room().roomId(), change));
            return new Changes(byRoom, xmin);
        }
    }
}
