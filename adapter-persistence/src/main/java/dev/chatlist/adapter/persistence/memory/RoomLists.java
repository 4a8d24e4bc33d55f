package dev.chatlist.adapter.persistence.memory;

import dev.chatlist.adapter.persistence.memory.RoomList.ListedRoom;
import dev.chatlist.adapter.persistence.memory.RoomList.Place;
import dev.chatlist.adapter.persistence.sql.ChangeFeed.Activity;
import dev.chatlist.adapter.persistence.sql.ChangeFeed.Change;
import dev.chatlist.adapter.persistence.sql.ChangeFeed.Membership;
import dev.chatlist.application.RoomVersion;
import dev.chatlist.domain.PageRequest;
import dev.chatlist.domain.RoomId;
import dev.chatlist.domain.UserId;
import java.util.HashMap;
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

    /** A reference from a list, and a share of the places that rooms left before the list was next used. */
    private static final int BYTES_PER_PLACE = 12;

    /** A room with its id, version, place and map entry. */
    private static final int BYTES_PER_ROOM = 220;

    /** Several lists fit into memory, and several may be read at the same time. */
    private static final int MIN_LISTS = 4;

    private final long maxBytes;
    private final ChangeLog<Place> log;

    /** In the order in which lists are considered for eviction. */
    private final Map<UserId, RoomList> lists = new LinkedHashMap<>();

    private final Map<RoomId, ListedRoom> rooms = new HashMap<>();
    private long changeCount;
    private long questions;
    private long bytes;

    /** @param maxChanges how many changes are logged for lists that are not used meanwhile */
    RoomLists(int maxChanges, long maxBytes) {
        this.maxBytes = maxBytes;
        log = new ChangeLog<>(maxChanges);
    }

    /** Null if the list isn't in memory or can't be used yet; then read the user's rooms and {@link #add} them. */
    synchronized @Nullable List<RoomVersion> page(UserId member, PageRequest request) {
        RoomList list = lists.get(member);
        if (list == null || list.usableAfter > questions) {
            return null;
        }
        list.wasUsed = true;
        if (!list.isAsOf(changeCount)) {
            list.catchUp(log, changeCount);
        }
        return list.page(request);
    }

    /** The most rooms that a list may have. A longer one would take the place of most others. */
    long maxRooms() {
        return maxBytes / MIN_LISTS / (BYTES_PER_ROOM + BYTES_PER_PLACE);
    }

    /** How many changes there have been. */
    synchronized long changeCount() {
        return changeCount;
    }

    /** An estimate of the heap in use. */
    synchronized long bytes() {
        return bytes;
    }

    /**
     * Applies the answer to a question.
     *
     * @param changes null if they are unknown: then all lists are dropped
     */
    synchronized void apply(@Nullable List<Change> changes) {
        questions++;
        if (changes == null) {
            lists.clear();
            rooms.clear();
            bytes = 0;
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
            RoomList list = lists.get(membership.user());
            if (list != null) {
                applyToList(membership, list);
            }
        } else {
            Activity activity = (Activity) change;
            ListedRoom room = rooms.get(activity.room().roomId());
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
            ListedRoom room = listed(membership.activity());
            if (list.add(room)) {
                hold(room);
            }
        } else {
            ListedRoom room = rooms.get(membership.activity().room().roomId());
            if (room != null && list.remove(room)) {
                release(room);
            }
        }
    }

    /**
     * Adds a user's list and returns the page of it that was read. The list stays only if the log still reaches back to
     * {@code asOf}.
     *
     * @param read the user's rooms, in any order
     * @param asOf the {@link #changeCount} before they were read
     */
    synchronized List<RoomVersion> add(UserId member, List<Activity> read, long asOf, PageRequest request) {
        if (!log.reachesBackTo(asOf)) {
            return pageOf(read, request);
        }
        List<Change> missed = log.changes(asOf, changeCount).toList();
        boolean isAsRead = missed.isEmpty() && read.stream().allMatch(this::isUpToDate);
        List<ListedRoom> mine = read.stream().map(this::listed).toList();
        missed.forEach(this::moveListedRoom);
        RoomList list = new RoomList(mine, changeCount);
        mine.forEach(this::hold);
        bytes += BYTES_PER_LIST;
        release(lists.put(member, list));
        for (Change change : missed) {
            if (change instanceof Membership membership && membership.user().equals(member)) {
                applyToList(membership, list);
            }
        }
        evict();
        if (isAsRead) {
            return list.page(request);
        }
        // Some rooms are as the last question saw them, and the memberships are as they were read.
        list.usableAfter = questions + 1;
        return pageOf(read, request);
    }

    private static List<RoomVersion> pageOf(List<Activity> read, PageRequest request) {
        return new RoomList(read.stream().map(ListedRoom::new).toList(), 0).page(request);
    }

    /** Whether no list shows the room in another version. */
    private boolean isUpToDate(Activity activity) {
        ListedRoom room = rooms.get(activity.room().roomId());
        return room == null || room.isAt(activity);
    }

    private @Nullable ListedRoom outdatedBy(Activity activity) {
        ListedRoom room = rooms.get(activity.room().roomId());
        return room != null && room.isOlderThan(activity) ? room : null;
    }

    /** Has an effect on rooms that were in no list before; the others have moved already. */
    private void moveListedRoom(Change change) {
        if (change instanceof Activity activity) {
            ListedRoom room = outdatedBy(activity);
            if (room != null) {
                room.moveTo(activity);
            }
        }
    }

    private ListedRoom listed(Activity activity) {
        return rooms.computeIfAbsent(activity.room().roomId(), id -> {
            bytes += BYTES_PER_ROOM;
            return new ListedRoom(activity);
        });
    }

    private void hold(ListedRoom room) {
        room.holders++;
        bytes += BYTES_PER_PLACE;
    }

    private void release(ListedRoom room) {
        room.holders--;
        bytes -= BYTES_PER_PLACE;
        if (room.holders == 0) {
            rooms.remove(room.id());
            bytes -= BYTES_PER_ROOM;
        }
    }

    private void release(@Nullable RoomList list) {
        if (list != null) {
            list.rooms().forEach(this::release);
            bytes -= BYTES_PER_LIST;
        }
    }

    /** Second-chance eviction: in the order of last use, every request would update the map. */
    private void evict() {
        while (bytes > maxBytes) {
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
