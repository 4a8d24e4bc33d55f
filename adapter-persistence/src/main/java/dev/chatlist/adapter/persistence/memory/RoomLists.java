package dev.chatlist.adapter.persistence.memory;

import dev.chatlist.adapter.persistence.memory.RoomList.ListedRoom;
import dev.chatlist.adapter.persistence.memory.RoomList.Place;
import dev.chatlist.adapter.persistence.sql.ChangeFeed.Activity;
import dev.chatlist.adapter.persistence.sql.ChangeFeed.Change;
import dev.chatlist.adapter.persistence.sql.ChangeFeed.Changes;
import dev.chatlist.adapter.persistence.sql.ChangeFeed.Membership;
import dev.chatlist.adapter.persistence.sql.Snapshot;
import dev.chatlist.adapter.persistence.sql.SyncedRooms.UserRooms;
import dev.chatlist.application.RoomVersion;
import dev.chatlist.domain.PageRequest;
import dev.chatlist.domain.UserId;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Map.Entry;
import org.jspecify.annotations.Nullable;

/**
 * The room lists of many users. All lists share one {@link ListedRoom} for each room, so a change moves the room once,
 * and each list sorts it into its new place when it is next used.
 *
 * <p>All changes are counted. Changes that arrive while a user's rooms are read are applied to the new list.
 *
 * <p>Every page shows what one snapshot of the database saw, also where one transaction changed several rooms. All
 * lists show the snapshot of the last question; a list that was read later may know more, so it isn't used before the
 * next question.
 *
 * <p>Bounded in bytes, by an estimate. Safe for use by many threads.
 */
final class RoomLists {
    /** A user's id, the list and its map entry, with an empty array. */
    private static final int BYTES_PER_LIST = 200;

    /** Several lists fit into memory, and several may be read at the same time. */
    private static final int MIN_LISTS = 4;

    private final long maxBytes;
    private final ChangeLog<Place> log;

    /** What all usable lists show. */
    private Snapshot asOf;

    /** No departure names a greater transaction. */
    private long latestDeparture;

    /** In the order in which lists are considered for eviction. */
    private final Map<UserId, RoomList> lists = new LinkedHashMap<>();

    private final ListedRooms rooms = new ListedRooms();
    private long changeCount;
    private long questions;

    /**
     * @param begun the first question's answer
     * @param maxChanges how many changes are logged for lists that are not used meanwhile
     */
    RoomLists(Changes begun, int maxChanges, long maxBytes) {
        asOf = begun.snapshot();
        latestDeparture = begun.latestMembershipChange();
        this.maxBytes = maxBytes;
        log = new ChangeLog<>(maxChanges);
    }

    /** Null if the list isn't in memory or can't be used yet; then read the user's rooms and {@link #add} them. */
    synchronized @Nullable List<RoomVersion> page(UserId member, PageRequest request) {
        RoomList list = usable(member);
        return list == null ? null : list.page(request);
    }

    /** The whole list, which doesn't change any more. Null as for {@link #page}. */
    synchronized @Nullable UserRooms rooms(UserId member) {
        RoomList list = usable(member);
        return list == null ? null : new UserRooms(asOf, latestDeparture, list.activities());
    }

    private @Nullable RoomList usable(UserId member) {
        RoomList list = lists.get(member);
        if (list == null || list.usableAfter > questions) {
            return null;
        }
        list.wasUsed = true;
        if (!list.isAsOf(changeCount)) {
            list.catchUp(log, changeCount);
        }
        return list;
    }

    /** The most rooms that a list may have. A longer one would take the place of most others. */
    long maxRooms() {
        return maxBytes / MIN_LISTS / (ListedRooms.BYTES_PER_ROOM + ListedRooms.BYTES_PER_PLACE);
    }

    /** How many changes there have been. */
    synchronized long changeCount() {
        return changeCount;
    }

    /** An estimate of the heap in use. */
    synchronized long bytes() {
        return rooms.bytes() + (long) BYTES_PER_LIST * lists.size();
    }

    /** Applies the answer to a question. If the changes are unknown, all lists are dropped. */
    synchronized void apply(Changes answer) {
        questions++;
        asOf = answer.snapshot();
        List<Change> changes = answer.list();
        if (changes == null) {
            latestDeparture = Math.max(latestDeparture, answer.latestMembershipChange());
            lists.clear();
            rooms.clear();
            // Counts as one change that the log can't list.
            changeCount++;
            log.restartAt(changeCount);
        } else {
            changes.forEach(this::applyChange);
            evict();
        }
    }

    private void applyChange(Change change) {
        if (change instanceof Membership membership) {
            applyChange(membership.activity());
            count(membership, null);
            if (!membership.isMember()) {
                latestDeparture = Math.max(latestDeparture, membership.changedIn());
            }
            RoomList list = lists.get(membership.user());
            if (list != null) {
                applyToList(membership, list);
            }
        } else {
            Activity activity = (Activity) change;
            ListedRoom room = rooms.find(activity);
            if (room == null) {
                count(activity, null);
            } else if (room.isOlderThan(activity)) {
                count(activity, room.moveTo(activity));
            }
        }
    }

    private void count(Change change, @Nullable Place left) {
        log.add(changeCount, change, left);
        changeCount++;
    }

    private void applyToList(Membership membership, RoomList list) {
        if (membership.isMember()) {
            ListedRoom room = rooms.listed(membership.activity());
            if (list.add(room)) {
                rooms.hold(room);
            }
        } else {
            ListedRoom room = rooms.find(membership.activity());
            if (room != null && list.remove(room)) {
                rooms.release(room);
            }
        }
    }

    /**
     * Adds a user's list and returns the page of it that was read.
     *
     * @param read the user's rooms, in any order
     * @param asOf the {@link #changeCount} before they were read
     */
    List<RoomVersion> add(UserId member, List<Activity> read, long asOf, PageRequest request) {
        add(member, read, asOf);
        return new RoomList(read.stream().map(ListedRoom::new).toList(), 0).page(request);
    }

    /** Adds a user's list. It stays only if the log still reaches back to {@code asOf}. */
    synchronized void add(UserId member, List<Activity> read, long asOf) {
        if (!log.reachesBackTo(asOf)) {
            return;
        }
        List<Change> missed = log.changes(asOf, changeCount).toList();
        boolean isAsRead = missed.isEmpty() && read.stream().allMatch(rooms::isUpToDate);
        List<ListedRoom> mine = read.stream().map(rooms::listed).toList();
        missed.forEach(this::moveListedRoom);
        RoomList list = new RoomList(mine, changeCount);
        mine.forEach(rooms::hold);
        release(lists.put(member, list));
        for (Change change : missed) {
            if (change instanceof Membership membership && membership.user().equals(member)) {
                applyToList(membership, list);
            }
        }
        evict();
        if (!isAsRead) {
            // Some rooms are as the last question saw them, and the memberships are as they were read.
            list.usableAfter = questions + 1;
        }
    }

    /** Has an effect on rooms that were in no list before; the others have moved already. */
    private void moveListedRoom(Change change) {
        if (change instanceof Activity activity) {
            ListedRoom room = rooms.outdatedBy(activity);
            if (room != null) {
                room.moveTo(activity);
            }
        }
    }

    private void release(@Nullable RoomList list) {
        if (list != null) {
            list.rooms().forEach(rooms::release);
        }
    }

    /** Second-chance eviction: in the order of last use, every request would update the map. */
    private void evict() {
        while (bytes() > maxBytes) {
            Entry<UserId, RoomList> next = lists.entrySet().iterator().next();
            RoomList list = next.getValue();
            lists.remove(next.getKey());
            if (list.wasUsed) {
                list.wasUsed = false;
                lists.put(next.getKey(), list);
            } else {
                release(list);
            }
        }
    }
}
