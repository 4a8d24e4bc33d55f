package dev.chatlist.adapter.persistence.sql;

import static java.util.stream.Collectors.toCollection;

import dev.chatlist.adapter.persistence.sql.ChangeFeed.Activity;
import dev.chatlist.adapter.persistence.sql.SyncTokens.Position;
import dev.chatlist.adapter.persistence.sql.SyncTokens.Seen;
import dev.chatlist.application.RoomVersion;
import dev.chatlist.application.StorageUnavailableException;
import dev.chatlist.application.sync.Cursor;
import dev.chatlist.application.sync.RemovedRoom;
import dev.chatlist.application.sync.StateToken;
import dev.chatlist.application.sync.SyncRequest;
import dev.chatlist.application.sync.Synced;
import dev.chatlist.domain.PageRequest;
import dev.chatlist.domain.RoomId;
import dev.chatlist.domain.UserId;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Finds the part of a user's list that a client asks for.
 *
 * <p>Each row of {@code room_activity} and {@code departures} names the transaction that wrote it, and a state or cursor
 * holds the snapshot that its client has seen. So a change is news exactly if that snapshot doesn't see it, whoever
 * wrote it, and in whichever order transactions were committed. A walk lists only rooms that haven't changed since its
 * first page: they can't have moved, so the walk passes each of them once. Everything else reaches the client as moved
 * or removed (ADR 21).
 */
public final class SyncedRooms {
    /** The order of pages. */
    public static final Comparator<Activity> PAGE_ORDER = Comparator.comparingLong(Activity::last)
            .thenComparing(activity -> activity.room().roomId())
            .reversed();

    private final UserId user;
    private final UserRooms list;
    private final SyncTokens tokens;
    private final Departures departures;

    /**
     * A user's list.
     *
     * @param asOf what it shows
     * @param latestDeparture no departure, forgotten or not, names a greater transaction
     * @param rooms all rooms, in page order
     */
    public record UserRooms(Snapshot asOf, long latestDeparture, List<Activity> rooms) {}

    /** Reads the rooms that a user has left. */
    public interface Departures {
        /** Null if there are more than {@value Synced#MAX_REMOVED}, or if some may have been forgotten. */
        @Nullable
        List<RemovedRoom> since(UserId user, Snapshot seen);
    }

    public SyncedRooms(UserId user, UserRooms list, SyncTokens tokens, Departures departures) {
        this.user = user;
        this.list = list;
        this.tokens = tokens;
        this.departures = departures;
    }

    /**
     * The part that the request asks for.
     *
     * @throws StorageUnavailableException if the server is a standby that lags behind the cursor
     */
    public Synced<RoomVersion> part(SyncRequest request) {
        if (request instanceof SyncRequest.Numbered numbered) {
            return page(numbered.page());
        }
        if (request instanceof SyncRequest.Delta delta) {
            return delta(delta);
        }
        SyncRequest.Walk walk = (SyncRequest.Walk) request;
        return walk.cursor().equals(Cursor.BEGIN) ? begin(walk.size(), false) : goOn(walk);
    }

    private Synced<RoomVersion> page(PageRequest request) {
        int from = (int) Math.min(request.offset(), list.rooms.size());
        int to = Math.min(from + request.size(), list.rooms.size());
        return answer(list.rooms.subList(from, to), List.of(), List.of(), false, null);
    }

    private Synced<RoomVersion> begin(int size, boolean isReset) {
        int to = Math.min(size, list.rooms.size());
        List<Activity> listed = list.rooms.subList(0, to);
        return answer(listed, List.of(), List.of(), isReset, next(null, list.asOf, to < list.rooms.size(), listed));
    }

    private Synced<RoomVersion> delta(SyncRequest.Delta request) {
        Seen seen = tokens.read(user, request.since());
        if (seen == null) {
            return begin(request.size(), true);
        }
        Snapshot since = seen.snapshot();
        // A standby that lags has nothing new for somebody who has seen more.
        boolean mayHaveNews = list.asOf.sees(since) && !list.asOf.isOldNewsTo(since);
        List<RemovedRoom> removed = mayHaveNews ? removedSince(since) : List.of();
        if (removed == null) {
            return begin(request.size(), true);
        }
        List<Activity> listed = new ArrayList<>();
        boolean hasMore = mayHaveNews && collect(listed, 0, request.size(), since, null);
        if (listed.isEmpty() && removed.isEmpty()) {
            return new Synced<>(List.of(), List.of(), List.of(), false, null, request.since(), seen.rooms());
        }
        return answer(listed, List.of(), removed, false, next(since, list.asOf, hasMore, listed));
    }

    private Synced<RoomVersion> goOn(SyncRequest.Walk request) {
        Position from = tokens.read(user, request.cursor());
        if (from == null) {
            return begin(request.size(), true);
        }
        if (!list.asOf.sees(from.seen())) {
            throw new StorageUnavailableException("the standby lags behind the page before this one");
        }
        List<Activity> moved = new ArrayList<>();
        boolean isTooMuch = collect(moved, 0, PageRequest.MAX_SIZE, from.seen(), null);
        List<RemovedRoom> removed = removedSince(from.seen());
        if (isTooMuch || removed == null) {
            return begin(request.size(), true);
        }
        List<Activity> listed = new ArrayList<>();
        boolean hasMore = collect(listed, indexAfter(from), request.size(), from.since(), from.begun());
        return answer(listed, moved, removed, false, next(from.since(), from.begun(), hasMore, listed));
    }

    /**
     * Collects rooms that are news to somebody who has seen {@code since}, and haven't changed since {@code begun}.
     * Returns whether there are more than {@code max}.
     *
     * @param since null for somebody who has seen nothing
     * @param begun null if nothing has changed since
     */
    private boolean collect(
            List<Activity> found, int from, int max, @Nullable Snapshot since, @Nullable Snapshot begun) {
        // Most rooms haven't changed for long. A user may have tens of thousands.
        long oldestUnseen = since == null ? Long.MIN_VALUE : since.oldestUnseen();
        int size = list.rooms.size();
        for (int n = from; n < size; n++) {
            Activity room = list.rooms.get(n);
            if (room.changedIn() < oldestUnseen) {
                continue;
            }
            boolean isNews = since == null || list.asOf.isNews(room.changedIn(), since);
            if (isNews && (begun == null || !list.asOf.isNews(room.changedIn(), begun))) {
                if (found.size() == max) {
                    return true;
                }
                found.add(room);
            }
        }
        return false;
    }

    private int indexAfter(Position position) {
        Activity last = new Activity(new RoomVersion(position.room(), 0), position.last(), 0);
        int found = Collections.binarySearch(list.rooms, last, PAGE_ORDER);
        return found < 0 ? -1 - found : found + 1;
    }

    private @Nullable List<RemovedRoom> removedSince(Snapshot seen) {
        if (list.latestDeparture < seen.oldestUnseen()) {
            return List.of();
        }
        List<RemovedRoom> left = departures.since(user, seen);
        if (left == null || left.isEmpty()) {
            return left;
        }
        Set<RoomId> gone = left.stream().map(RemovedRoom::roomId).collect(toCollection(HashSet::new));
        // The user may have joined again.
        list.rooms.forEach(room -> gone.remove(room.room().roomId()));
        return left.stream().filter(room -> gone.contains(room.roomId())).toList();
    }

    private @Nullable Cursor next(@Nullable Snapshot since, Snapshot begun, boolean hasMore, List<Activity> listed) {
        if (!hasMore) {
            return null;
        }
        Activity last = listed.get(listed.size() - 1);
        return tokens.cursor(
                user,
                new Position(since, begun, list.asOf, last.last(), last.room().roomId()));
    }

    private Synced<RoomVersion> answer(
            List<Activity> listed,
            List<Activity> moved,
            List<RemovedRoom> removed,
            boolean isReset,
            @Nullable Cursor next) {
        StateToken state = tokens.state(user, new Seen(list.asOf, list.rooms.size()));
        return new Synced<>(versions(listed), versions(moved), removed, isReset, next, state, list.rooms.size());
    }

    private static List<RoomVersion> versions(List<Activity> rooms) {
        return rooms.stream().map(Activity::room).toList();
    }
}
