package dev.chatlist.adapter.persistence;

import static java.util.Objects.requireNonNull;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.chatlist.adapter.persistence.RoomFeed.Activity;
import dev.chatlist.adapter.persistence.RoomFeed.Membership;
import dev.chatlist.adapter.persistence.RoomFeed.Posted;
import dev.chatlist.application.RoomVersion;
import dev.chatlist.domain.Message;
import dev.chatlist.domain.MessageId;
import dev.chatlist.domain.PageRequest;
import dev.chatlist.domain.RoomId;
import dev.chatlist.domain.UserId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Orders over a database of two maps, in which anything may happen while an order is being read. */
class RoomOrdersTest {
    private static final PageRequest ALL = new PageRequest(1, 1000);
    private static final int USERS = 6;
    private static final int ROOMS = 60;

    private final FakeFeed feed = new FakeFeed();
    private final List<Posted> posted = new ArrayList<>();

    /** Replay a failure with -Dchatlist.seed=… */
    @Test
    void pagesAreAlwaysThoseOfTheDatabase() {
        long seed = Long.getLong("chatlist.seed", System.nanoTime());
        Random random = new Random(seed);
        for (int maxRecent : new int[] {1, 5, 1000}) {
            for (long maxBytes : new long[] {0, 8_000, 1_000_000}) {
                FakeFeed database = new FakeFeed();
                RoomOrders orders = new RoomOrders(database, posted::add, maxRecent, maxBytes);
                for (int round = 0; round < 1_000; round++) {
                    int changes = random.nextInt(random.nextInt(10) == 0 ? 30 : 3);
                    database.change(random, changes);
                    if (random.nextInt(50) == 0) {
                        database.isUntold = true;
                    }
                    database.whileReading = () -> database.change(random, random.nextInt(3));
                    UserId user = user(random);
                    Runnable other = () -> orders.page(user(random), ALL);
                    if (random.nextInt(3) == 0) {
                        database.whileReading = () -> {
                            database.whileReading = () -> {};
                            database.change(random, random.nextInt(3));
                            other.run();
                        };
                    }
                    List<RoomVersion> page = orders.page(user, ALL);
                    String where = "seed %d, at most %d recent, %d bytes, round %d"
                            .formatted(seed, maxRecent, maxBytes, round);
                    if (!database.changedWhileReading) {
                        assertEquals(database.page(user), page, where);
                    }
                    database.whileReading = () -> {};
                    assertEquals(database.page(user), orders.page(user, ALL), where);
                    assertTrue(orders.bytes() <= maxBytes, where + ": " + orders.bytes() + " bytes");
                }
            }
        }
    }

    @Test
    void anOrderIsReadOnce() {
        feed.join("ada", "a", 1);
        RoomOrders orders = new RoomOrders(feed, posted::add, 10, 1_000_000);
        assertEquals(List.of("a"), rooms(orders, "ada"));
        feed.move("a", 5);
        feed.join("ada", "b", 9);
        feed.leave("bob", "a");
        assertEquals(List.of("b", "a"), rooms(orders, "ada"));
        feed.leave("ada", "a");
        assertEquals(List.of("b"), rooms(orders, "ada"));
        assertEquals(List.of(), rooms(orders, "nobody"));
        assertEquals(List.of(), rooms(orders, "nobody"));
        assertEquals(List.of(new UserId("ada"), new UserId("nobody")), feed.read);
    }

    @Test
    void newMessagesAreToldOnce() {
        feed.join("ada", "a", 1);
        RoomOrders orders = new RoomOrders(feed, posted::add, 10, 1_000_000);
        rooms(orders, "ada");
        RoomId a = new RoomId("a");
        Message message = Message.text(new MessageId("m"), a, new UserId("ada"), "hello", 5);
        feed.posted = List.of(new Posted(new RoomVersion(a, 3), 1, message));
        rooms(orders, "ada");
        assertEquals(feed.posted, posted);
    }

    /** Rooms, memberships and a user's rooms are read one after the other, and the world goes on meanwhile. */
    @Test
    void nobodyIsShownARoomAsItWasBeforeTheyJoined() {
        UserId ada = new UserId("ada");
        UserId bob = new UserId("bob");
        UserId carl = new UserId("carl");
        feed.join("ada", "a", 1);
        RoomOrders orders = new RoomOrders(feed, posted::add, 10, 1_000_000);
        orders.page(ada, ALL);
        orders.page(bob, ALL);
        RoomId a = new RoomId("a");
        Activity later = new Activity(new RoomVersion(a, 8), 9);
        feed.toldLate = List.of(new Membership(bob, later, true));
        assertEquals(List.of(later.room()), orders.page(bob, ALL));
        assertEquals(List.of(later.room()), orders.page(ada, ALL));
        Activity latest = new Activity(new RoomVersion(a, 9), 9);
        feed.activities.put(a, latest);
        feed.memberships.put(carl, Set.of(a));
        assertEquals(List.of(latest.room()), orders.page(carl, ALL));
        assertEquals(List.of(latest.room()), orders.page(ada, ALL));
    }

    @Test
    void whatIsForgottenIsReadAnew() {
        feed.join("ada", "a", 1);
        RoomOrders orders = new RoomOrders(feed, posted::add, 10, 1_000_000);
        assertEquals(List.of("a"), rooms(orders, "ada"));
        feed.join("ada", "b", 2);
        feed.isUntold = true;
        assertEquals(List.of("b", "a"), rooms(orders, "ada"));
        assertEquals(2, feed.read.size());
    }

    @Test
    void whoeverAsksAgainIsForgottenAfterThoseWhoDont() {
        feed.join("ada", "a", 1);
        RoomOrders orders = new RoomOrders(feed, posted::add, 10, 1_200);
        for (String user : List.of("ada", "u1", "u2", "ada", "u3", "u4", "ada", "u5", "u6", "u7", "ada", "u1")) {
            rooms(orders, user);
        }
        assertEquals(
                List.of("ada", "u1", "u2", "u3", "u4", "u5", "u6", "u7", "u1"),
                feed.read.stream().map(UserId::value).toList());
    }

    @Test
    void pagesEndWhereTheOrderDoes() {
        feed.join("ada", "a", 1);
        feed.join("ada", "b", 2);
        feed.join("ada", "c", 3);
        RoomOrders orders = new RoomOrders(feed, posted::add, 10, 1_000_000);
        UserId ada = new UserId("ada");
        assertEquals(feed.page(ada).subList(2, 3), orders.page(ada, new PageRequest(2, 2)));
        assertEquals(List.of(), orders.page(ada, new PageRequest(3, 2)));
        assertEquals(List.of(), orders.page(ada, new PageRequest(Long.MAX_VALUE, 1000)));
    }

    private static List<String> rooms(RoomOrders orders, String user) {
        return orders.page(new UserId(user), ALL).stream()
                .map(room -> room.roomId().value())
                .toList();
    }

    private static UserId user(Random random) {
        return new UserId("u" + random.nextInt(USERS));
    }

    /** All that was committed is seen at once, and a snapshot is how many changes there have been. */
    private static final class FakeFeed implements RoomFeed {
        private final Map<RoomId, Activity> activities = new HashMap<>();
        private final Map<UserId, Set<RoomId>> memberships = new HashMap<>();
        private final List<Object> changed = new ArrayList<>();
        final List<UserId> read = new ArrayList<>();
        List<Posted> posted = List.of();
        List<Change> toldLate = List.of();
        boolean isUntold;
        boolean changedWhileReading;
        Runnable whileReading = () -> {};

        void change(Random random, int count) {
            for (int n = 0; n < count; n++) {
                String user = user(random).value();
                // The first user is in nearly all rooms.
                String room = "r" + random.nextInt(ROOMS);
                // Few times, so that many are equal.
                switch (random.nextInt(4)) {
                    case 0 -> join(user(random).value().equals("u1") ? "u0" : user, room, random.nextInt(10));
                    case 1 -> leave(user, room);
                    default -> move(room, random.nextInt(10));
                }
            }
        }

        void move(String room, long last) {
            RoomId id = new RoomId(room);
            activities.put(id, new Activity(new RoomVersion(id, changed.size() + 1L), last));
            changed.add(id);
        }

        void join(String user, String room, long last) {
            move(room, last);
            memberships.computeIfAbsent(new UserId(user), u -> new HashSet<>()).add(new RoomId(room));
            changed.add(new Pair(new UserId(user), new RoomId(room)));
        }

        void leave(String user, String room) {
            move(room, 0);
            memberships.getOrDefault(new UserId(user), new HashSet<>()).remove(new RoomId(room));
            changed.add(new Pair(new UserId(user), new RoomId(room)));
        }

        List<RoomVersion> page(UserId user) {
            return of(user).stream()
                    .sorted(Comparator.comparingLong(Activity::last)
                            .thenComparing(activity -> activity.room().roomId())
                            .reversed())
                    .map(Activity::room)
                    .toList();
        }

        private List<Activity> of(UserId user) {
            return memberships.getOrDefault(user, Set.of()).stream()
                    .map(this::activity)
                    .toList();
        }

        @Override
        public Snapshot now() {
            return new Snapshot(changed.size(), List.of(), false);
        }

        @Override
        public Changes changes(Snapshot since) {
            if (isUntold) {
                isUntold = false;
                return Changes.untold(now());
            }
            List<Change> changes = Stream.concat(
                            changed.subList((int) since.next(), changed.size()).stream()
                                    .distinct()
                                    .map(this::change),
                            toldLate.stream())
                    .toList();
            toldLate = List.of();
            return new Changes(now(), changes, posted);
        }

        private Activity activity(RoomId room) {
            return requireNonNull(activities.get(room));
        }

        private Change change(Object what) {
            if (what instanceof RoomId room) {
                return activity(room);
            }
            Pair pair = (Pair) what;
            boolean isMember = memberships.getOrDefault(pair.user, Set.of()).contains(pair.room);
            return new Membership(pair.user, activity(pair.room), isMember);
        }

        @Override
        public List<Activity> rooms(UserId member) {
            read.add(member);
            int before = changed.size();
            List<Activity> rooms;
            if (before % 2 == 0) {
                whileReading.run();
                rooms = of(member);
            } else {
                rooms = of(member);
                whileReading.run();
            }
            changedWhileReading = changed.size() > before;
            return rooms;
        }

        private record Pair(UserId user, RoomId room) {}
    }
}
