package dev.chatlist.adapter.persistence;

import dev.chatlist.adapter.persistence.RoomFeed.Activity;
import dev.chatlist.application.RoomVersion;
import dev.chatlist.domain.PageRequest;
import dev.chatlist.domain.RoomId;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * One user's rooms in the order of pages. The order is that of a moment in the past; rooms have moved on since, each to
 * where it {@link ListedRoom} says, and the order follows when it is next looked at.
 *
 * <p>Not safe for use by several threads: {@link RoomOrders} sees to that.
 */
final class RoomOrder {
    private static final Comparator<Place> IN_ORDER =
            Comparator.comparingLong(Place::last).thenComparing(Place::roomId).reversed();

    /** Looking up a room that moved costs about as much as looking at so many to see whether they did. */
    private static final int LOOK_UP_COST = 8;

    /** Whether it was asked for since somebody last wanted to know. */
    boolean isInUse;

    private Place[] places;
    private long asOf;

    /** @param asOf how many changes are in those places */
    RoomOrder(Collection<ListedRoom> rooms, long asOf) {
        places = rooms.stream().map(room -> room.place).sorted(IN_ORDER).toArray(Place[]::new);
        this.asOf = asOf;
    }

    Stream<ListedRoom> rooms() {
        return Stream.of(places).map(Place::room);
    }

    List<RoomVersion> page(PageRequest request) {
        int from = (int) Math.min(request.offset(), places.length);
        int to = Math.min(from + request.size(), places.length);
        RoomVersion[] page = new RoomVersion[to - from];
        for (int n = from; n < to; n++) {
            page[n - from] = places[n].activity.room();
        }
        return List.of(page);
    }

    /** Follows the rooms to where they are now, after so many changes as {@code recent} has counted. */
    void catchUp(RecentChanges recent) {
        if (asOf == recent.count()) {
            return;
        }
        long missed = recent.count() - asOf;
        if (missed * LOOK_UP_COST < places.length && recent.reachBackTo(asOf)) {
            move(recent.placesLeftSince(asOf).filter(this::holds).toArray(Place[]::new));
        } else {
            sortAnew();
        }
        asOf = recent.count();
    }

    /** Returns whether it wasn't there before. */
    boolean add(ListedRoom room) {
        boolean isNew = rooms().noneMatch(held -> held == room);
        if (isNew) {
            places = with(places, room.place);
        }
        return isNew;
    }

    /** Returns whether it was there. */
    boolean remove(ListedRoom room) {
        int before = places.length;
        places = Stream.of(places).filter(place -> place.room != room).toArray(Place[]::new);
        return places.length < before;
    }

    /** For few of many: costs a search for each, and two copies of an array of references. */
    private void move(Place[] left) {
        if (left.length > 0) {
            Place[] now = Stream.of(left).map(place -> place.room.place).toArray(Place[]::new);
            places = with(without(places, left), now);
        }
    }

    private void sortAnew() {
        Place[] now = places.clone();
        boolean moved = false;
        for (int n = 0; n < now.length; n++) {
            Place place = now[n].room.place;
            moved |= place != now[n];
            now[n] = place;
        }
        if (moved) {
            Arrays.sort(now, IN_ORDER);
            places = now;
        }
    }

    private boolean holds(Place place) {
        int at = Arrays.binarySearch(places, place, IN_ORDER);
        return at >= 0 && places[at] == place;
    }

    private static Place[] without(Place[] places, Place... gone) {
        Arrays.sort(gone, IN_ORDER);
        Place[] rest = new Place[places.length - gone.length];
        int from = 0;
        int to = 0;
        for (Place place : gone) {
            int at = Arrays.binarySearch(places, place, IN_ORDER);
            System.arraycopy(places, from, rest, to, at - from);
            to += at - from;
            from = at + 1;
        }
        System.arraycopy(places, from, rest, to, places.length - from);
        return rest;
    }

    private static Place[] with(Place[] places, Place... more) {
        Arrays.sort(more, IN_ORDER);
        Place[] all = new Place[places.length + more.length];
        int from = 0;
        int to = 0;
        for (Place place : more) {
            int at = -1 - Arrays.binarySearch(places, place, IN_ORDER);
            System.arraycopy(places, from, all, to, at - from);
            to += at - from;
            from = at;
            all[to++] = place;
        }
        System.arraycopy(places, from, all, to, places.length - from);
        return all;
    }

    /** A room that is in somebody's order: one object for all of them. */
    static final class ListedRoom {
        private Place place;
        /** In how many orders it is. */
        int holders;

        ListedRoom(Activity activity) {
            place = new Place(this, activity);
        }

        boolean isBefore(Activity activity) {
            return place.activity.room().version() < activity.room().version();
        }

        /** Returns the place that it left. Keeps its id, as others hold on to that object too. */
        Place moveTo(Activity activity) {
            Place left = place;
            RoomVersion version = new RoomVersion(id(), activity.room().version());
            place = new Place(this, new Activity(version, activity.last()));
            return left;
        }

        RoomId id() {
            return place.roomId();
        }
    }

    /** Where a room was in all orders as long as it had this version. Not a record: two that are equal aren't the same. */
    static final class Place {
        private final ListedRoom room;
        private final Activity activity;

        Place(ListedRoom room, Activity activity) {
            this.room = room;
            this.activity = activity;
        }

        ListedRoom room() {
            return room;
        }

        long last() {
            return activity.last();
        }

        RoomId roomId() {
            return activity.room().roomId();
        }
    }
}
