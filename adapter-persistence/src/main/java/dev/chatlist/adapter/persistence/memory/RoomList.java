package dev.chatlist.adapter.persistence.memory;

import dev.chatlist.adapter.persistence.sql.ChangeFeed.Activity;
import dev.chatlist.application.RoomVersion;
import dev.chatlist.domain.PageRequest;
import dev.chatlist.domain.RoomId;
import java.util.AbstractList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * One user's rooms in page order. Rooms move while the list isn't used, so the list may be out of date; {@link
 * #catchUp} sorts it again before its next use.
 *
 * <p>Not safe for use by several threads. {@link RoomLists} guards it.
 */
final class RoomList {
    private static final Comparator<Place> PAGE_ORDER =
            Comparator.comparingLong(Place::last).thenComparing(Place::roomId).reversed();

    /** One lookup costs about as much as checking eight places. */
    private static final int CHECKS_PER_LOOKUP = 8;

    /** Whether a page was read since eviction last considered this list. */
    boolean wasUsed;

    /** The number of the question after which the list shows one snapshot. */
    long usableAfter;

    private Place[] places;
    private long asOf;

    /** @param asOf the number of changes that the rooms' places reflect */
    RoomList(Collection<ListedRoom> rooms, long asOf) {
        places = rooms.stream().map(room -> room.place).sorted(PAGE_ORDER).toArray(Place[]::new);
        this.asOf = asOf;
    }

    Stream<ListedRoom> rooms() {
        return Stream.of(places).map(Place::room);
    }

    /** All rooms, as they are now: a change replaces the array. */
    List<Activity> activities() {
        Place[] now = places;
        return new AbstractList<>() {
            @Override
            public Activity get(int index) {
                return now[index].activity;
            }

            @Override
            public int size() {
                return now.length;
            }
        };
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

    /** Whether the rooms' places reflect all of this many changes. */
    boolean isAsOf(long changeCount) {
        return asOf == changeCount;
    }

    /** Puts rooms that have moved since the last use into their present places. */
    void catchUp(ChangeLog<Place> log, long changeCount) {
        long missed = changeCount - asOf;
        if (missed * CHECKS_PER_LOOKUP < places.length && log.reachesBackTo(asOf)) {
            move(log.placesLeft(asOf, changeCount).filter(this::holds).toArray(Place[]::new));
        } else {
            sort();
        }
        asOf = changeCount;
    }

    /** Returns whether the room wasn't in the list before. */
    boolean add(ListedRoom room) {
        boolean isNew = rooms().noneMatch(held -> held == room);
        if (isNew) {
            places = with(places, room.place);
        }
        return isNew;
    }

    /** Returns whether the room was in the list. */
    boolean remove(ListedRoom room) {
        int before = places.length;
        places = Stream.of(places).filter(place -> place.room != room).toArray(Place[]::new);
        return places.length < before;
    }

    /** Cheaper than sorting if few rooms moved: one binary search each, and two copies of the array. */
    private void move(Place[] left) {
        if (left.length > 0) {
            Place[] now = Stream.of(left).map(place -> place.room.place).toArray(Place[]::new);
            places = with(without(places, left), now);
        }
    }

    private void sort() {
        Place[] now = places.clone();
        boolean moved = false;
        for (int n = 0; n < now.length; n++) {
            Place place = now[n].room.place;
            moved |= place != now[n];
            now[n] = place;
        }
        if (moved) {
            Arrays.sort(now, PAGE_ORDER);
            places = now;
        }
    }

    private boolean holds(Place place) {
        int at = Arrays.binarySearch(places, place, PAGE_ORDER);
        return at >= 0 && places[at] == place;
    }

    private static Place[] without(Place[] places, Place... gone) {
        Arrays.sort(gone, PAGE_ORDER);
        Place[] rest = new Place[places.length - gone.length];
        int from = 0;
        int to = 0;
        for (Place place : gone) {
            int at = Arrays.binarySearch(places, place, PAGE_ORDER);
            System.arraycopy(places, from, rest, to, at - from);
            to += at - from;
            from = at + 1;
        }
        System.arraycopy(places, from, rest, to, places.length - from);
        return rest;
    }

    private static Place[] with(Place[] places, Place... more) {
        Arrays.sort(more, PAGE_ORDER);
        Place[] all = new Place[places.length + more.length];
        int from = 0;
        int to = 0;
        for (Place place : more) {
            int at = -1 - Arrays.binarySearch(places, place, PAGE_ORDER);
            System.arraycopy(places, from, all, to, at - from);
            to += at - from;
            from = at;
            all[to++] = place;
        }
        System.arraycopy(places, from, all, to, places.length - from);
        return all;
    }

    /** A room that is in at least one list. All lists share the object. */
    static final class ListedRoom {
        private Place place;
        /** The number of lists that the room is in. */
        int holders;

        ListedRoom(Activity activity) {
            place = new Place(this, activity);
        }

        boolean isAt(Activity activity) {
            return place.activity.room().version() == activity.room().version();
        }

        boolean isOlderThan(Activity activity) {
            return place.activity.room().version() < activity.room().version();
        }

        /** Returns the place that the room left. Reuses the RoomId, which the cache holds as well. */
        Place moveTo(Activity activity) {
            Place left = place;
            RoomVersion version = new RoomVersion(id(), activity.room().version());
            place = new Place(this, new Activity(version, activity.last(), activity.changedIn()));
            return left;
        }

        RoomId id() {
            return place.roomId();
        }
    }

    /**
     * A room's place in page order at one version. A class and not a record, because places are compared by identity.
     */
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
