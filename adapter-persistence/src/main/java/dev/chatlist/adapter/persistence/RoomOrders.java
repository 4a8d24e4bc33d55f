package dev.chatlist.adapter.persistence;

import dev.chatlist.adapter.persistence.RoomFeed.Activity;
import dev.chatlist.adapter.persistence.RoomFeed.Change;
import dev.chatlist.adapter.persistence.RoomFeed.Changes;
import dev.chatlist.adapter.persistence.RoomFeed.Membership;
import dev.chatlist.adapter.persistence.RoomFeed.Posted;
import dev.chatlist.adapter.persistence.RoomOrder.ListedRoom;
import dev.chatlist.application.RoomVersion;
import dev.chatlist.domain.PageRequest;
import dev.chatlist.domain.RoomId;
import dev.chatlist.domain.UserId;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Map.Entry;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the orders of many users' rooms in memory and yet never answers with an old one: each request first has the
 * database say what has changed since it was last asked, for all users at once, and applies that. Requests that come
 * while the question is under way share the next one ({@link SharedRuns}), so it costs the database little, whatever
 * the number of users and rooms; and a page costs the same wherever it is in however long an order.
 *
 * <p>Why nothing is missed: all that is kept here is what some snapshot of the database saw, or later. Whatever a
 * snapshot doesn't see, the next one's changes tell. A user's order is read by a statement of its own, which sees at
 * least what the snapshot before it saw; the changes that came since then are applied to it as well, as if it had been
 * here before them. Where changes can't be told one by one, everything is forgotten and read anew.
 *
 * <p>Bounded in bytes, by an estimate; who hasn't asked for long is forgotten first.
 */
final class RoomOrders implements Pages {
    /** A user's id, order and entry in the map, with an empty array. */
    private static final int BYTES_PER_ORDER = 200;

    /** A reference in an order, and a share of the places that rooms have left while the order wasn't looked at. */
    private static final int BYTES_PER_PLACE = 12;

    /** A room with its id, version, place and entry in the map. */
    private static final int BYTES_PER_ROOM = 220;

    private final RoomFeed feed;
    private final Consumer<Posted> follower;
    private final long maxBytes;
    private final SharedRuns catchingUp = new SharedRuns(this::catchUp);

    /** Only {@link #catchUp} reads and writes it, one run at a time. */
    private @Nullable Snapshot seen;

    /** All that follows is guarded by this object's monitor, which nobody holds while the database is asked. */
    private final RecentChanges recent;

    /** In the order in which they are considered for being forgotten. */
    private final Map<UserId, RoomOrder> orders = new LinkedHashMap<>();

    private final Map<RoomId, ListedRoom> rooms = new HashMap<>();
    private long bytes;

    /**
     * @param follower is told of each new message before its room's new version is on any page
     * @param maxRecent how many changes to remember for orders that aren't looked at meanwhile
     */
    RoomOrders(RoomFeed feed, Consumer<Posted> follower, int maxRecent, long maxBytes) {
        this.feed = feed;
        this.follower = follower;
        this.maxBytes = maxBytes;
        recent = new RecentChanges(maxRecent);
    }

    @Override
    public List<RoomVersion> page(UserId member, PageRequest request) {
        catchingUp.run();
        long asOf;
        synchronized (this) {
            RoomOrder order = orders.get(member);
            if (order != null) {
                order.isInUse = true;
                order.catchUp(recent);
                return order.page(request);
            }
            asOf = recent.count();
        }
        return keep(member, feed.rooms(member), asOf).page(request);
    }

    /** How much is used, about. */
    synchronized long bytes() {
        return bytes;
    }

    private void catchUp() {
        Snapshot before = seen;
        if (before == null) {
            seen = feed.now();
        } else {
            Changes news = feed.changes(before);
            news.posted().forEach(follower);
            apply(news);
            seen = news.snapshot();
        }
    }

    private synchronized void apply(Changes news) {
        if (news.changes() == null) {
            orders.clear();
            rooms.clear();
            bytes = 0;
            recent.forget();
        } else {
            news.changes().forEach(this::apply);
            makeRoom();
        }
    }

    private void apply(Change change) {
        if (change instanceof Membership membership) {
            // It may have been read after its room was: whoever joins must not be shown what was there before.
            apply(membership.activity());
            recent.add(membership, null);
            RoomOrder order = orders.get(membership.user());
            if (order != null) {
                apply(membership, order);
            }
        } else {
            Activity activity = (Activity) change;
            ListedRoom room = rooms.get(activity.room().roomId());
            if (room == null) {
                recent.add(activity, null);
            } else if (room.isBefore(activity)) {
                recent.add(activity, room.moveTo(activity));
            }
        }
    }

    private void apply(Membership membership, RoomOrder order) {
        if (membership.isMember()) {
            ListedRoom room = listed(membership.activity());
            if (order.add(room)) {
                hold(room);
            }
        } else {
            ListedRoom room = rooms.get(membership.activity().room().roomId());
            if (room != null && order.remove(room)) {
                release(room);
            }
        }
    }

    /** The user's order as read; kept, if it is known what has changed since the first so many changes. */
    private synchronized RoomOrder keep(UserId member, List<Activity> read, long asOf) {
        if (!recent.reachBackTo(asOf)) {
            return new RoomOrder(read.stream().map(ListedRoom::new).toList(), asOf);
        }
        List<Change> since = recent.since(asOf).toList();
        // The user's rooms were read later than what others hold of them.
        read.stream().filter(this::isNews).forEach(this::apply);
        List<ListedRoom> mine = read.stream().map(this::listed).toList();
        since.forEach(this::applyToListed);
        RoomOrder order = new RoomOrder(mine, recent.count());
        mine.forEach(this::hold);
        bytes += BYTES_PER_ORDER;
        forget(orders.put(member, order));
        since.stream()
                .filter(change ->
                        change instanceof Membership other && other.user().equals(member))
                .forEach(change -> apply((Membership) change, order));
        makeRoom();
        return order;
    }

    /** Whether a room that is in somebody's order has to move. */
    private boolean isNews(Activity activity) {
        ListedRoom room = rooms.get(activity.room().roomId());
        return room != null && room.isBefore(activity);
    }

    /** Rooms that were in an order before have followed already. */
    private void applyToListed(Change change) {
        if (change instanceof Activity activity) {
            ListedRoom room = rooms.get(activity.room().roomId());
            if (room != null && room.isBefore(activity)) {
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

    private void forget(@Nullable RoomOrder order) {
        if (order != null) {
            order.rooms().forEach(this::release);
            bytes -= BYTES_PER_ORDER;
        }
    }

    /** Second chance: cheaper than a list of who asked last, which each request would rearrange all over the heap. */
    private void makeRoom() {
        while (bytes > maxBytes) {
            Entry<UserId, RoomOrder> next = orders.entrySet().iterator().next();
            RoomOrder order = next.getValue();
            orders.remove(next.getKey());
            if (order.isInUse) {
                order.isInUse = false;
                orders.put(next.getKey(), order);
            } else {
                forget(order);
            }
        }
    }
}
