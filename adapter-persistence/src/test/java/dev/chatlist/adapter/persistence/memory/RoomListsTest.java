package dev.chatlist.adapter.persistence.memory;

import static java.util.Objects.requireNonNull;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.chatlist.adapter.persistence.sql.ChangeFeed.Activity;
import dev.chatlist.adapter.persistence.sql.ChangeFeed.Change;
import dev.chatlist.adapter.persistence.sql.ChangeFeed.Changes;
import dev.chatlist.adapter.persistence.sql.ChangeFeed.Membership;
import dev.chatlist.adapter.persistence.sql.ChangeFeed.Unlisted;
import dev.chatlist.adapter.persistence.sql.Snapshot;
import dev.chatlist.adapter.persistence.sql.Snapshot.Epoch;
import dev.chatlist.application.RoomVersion;
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
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Room lists over a database of two maps, in which anything may change while a user's rooms are read. */
class RoomListsTest {
    private static final PageRequest ALL = new PageRequest(1, 1000);
    private static final int USERS = 6;
    private static final int ROOMS = 60;

    private static final Snapshot SNAPSHOT = Snapshot.parse("1:1:", false, new Epoch("run", ""));
    private static final Changes BEGUN = answer(List.of());

    private final FakeDatabase database = new FakeDatabase();

    private static Changes answer(@Nullable List<Change> changes) {
        return new Changes(SNAPSHOT, changes, changes == null ? Unlisted.TOO_MANY : null, 0, List.of());
    }

    /** Replay a failure with -Dchatlist.seed=… */
    @Test
    void pagesAlwaysEqualThoseOfTheDatabase() {
        long seed = Long.getLong("chatlist.seed", System.nanoTime());
        Random random = new Random(seed);
        for (int maxChanges : new int[] {1, 5, 1000}) {
            for (long maxBytes : new long[] {0, 8_000, 1_000_000}) {
                FakeDatabase database = new FakeDatabase();
                RoomLists lists = new RoomLists(BEGUN, maxChanges, maxBytes);
                for (int round = 0; round < 1_000; round++) {
                    int changes = random.nextInt(random.nextInt(10) == 0 ? 30 : 3);
                    database.change(random, changes);
                    if (random.nextInt(50) == 0) {
                        database.changesAreUnknown = true;
                    }
                    database.whileReading = () -> database.change(random, random.nextInt(3));
                    UserId user = user(random);
                    Runnable other = () -> database.page(lists, user(random), ALL);
                    if (random.nextInt(3) == 0) {
                        database.whileReading = () -> {
                            database.whileReading = () -> {};
                            database.change(random, random.nextInt(3));
                            other.run();
                        };
                    }
                    List<RoomVersion> page = database.page(lists, user, ALL);
                    String where = "seed %d, at most %d changes, %d bytes, round %d"
                            .formatted(seed, maxChanges, maxBytes, round);
                    assertEquals(database.whenAnswered, page, where);
                    database.whileReading = () -> {};
                    assertEquals(database.sorted(user), database.page(lists, user, ALL), where);
                    assertTrue(lists.bytes() <= maxBytes, where + ": " + lists.bytes() + " bytes");
                }
            }
        }
    }

    @Test
    void aListIsReadOnce() {
        database.join("ada", "a", 1);
        RoomLists lists = new RoomLists(BEGUN, 10, 1_000_000);
        assertEquals(List.of("a"), rooms(lists, "ada"));
        database.move("a", 5);
        database.join("ada", "b", 9);
        database.leave("bob", "a");
        assertEquals(List.of("b", "a"), rooms(lists, "ada"));
        database.leave("ada", "a");
        assertEquals(List.of("b"), rooms(lists, "ada"));
        assertEquals(List.of(), rooms(lists, "nobody"));
        assertEquals(List.of(), rooms(lists, "nobody"));
        assertEquals(List.of(new UserId("ada"), new UserId("nobody")), database.read);
    }

    /** One transaction may join a room and post in another: no list shows half of it. */
    @Test
    void aListThatIsReadLaterThanOthersChangesNoneOfThem() {
        UserId ada = new UserId("ada");
        UserId carl = new UserId("carl");
        database.join("ada", "a", 1);
        database.join("carl", "a", 1);
        RoomLists lists = new RoomLists(BEGUN, 10, 1_000_000);
        List<RoomVersion> before = database.page(lists, ada, ALL);
        database.whileReading = () -> {
            database.whileReading = () -> {};
            database.join("ada", "b", 5);
            database.move("a", 6);
        };
        List<RoomVersion> carls = database.page(lists, carl, ALL);
        assertEquals(database.whenAnswered, carls);
        assertEquals(before, lists.page(ada, ALL), "as of the last question");
        assertNull(lists.page(carl, ALL), "as it was read, only with the next question");
        assertEquals(database.sorted(ada), database.page(lists, ada, ALL));
        assertEquals(database.sorted(carl), database.page(lists, carl, ALL));
        assertEquals(List.of(ada, carl), database.read);
    }

    @Test
    void aNewMemberSeesTheRoomAsItWasOnJoining() {
        UserId ada = new UserId("ada");
        UserId bob = new UserId("bob");
        database.join("ada", "a", 1);
        RoomLists lists = new RoomLists(BEGUN, 10, 1_000_000);
        database.page(lists, ada, ALL);
        database.page(lists, bob, ALL);
        RoomId a = new RoomId("a");
        Activity later = new Activity(new RoomVersion(a, 8), 9, 8);
        database.lateChanges = List.of(new Membership(bob, later, true, 8));
        assertEquals(List.of(later.room()), database.page(lists, bob, ALL));
        assertEquals(List.of(later.room()), database.page(lists, ada, ALL));
    }

    @Test
    void listsAreReadAgainAfterUnknownChanges() {
        database.join("ada", "a", 1);
        RoomLists lists = new RoomLists(BEGUN, 10, 1_000_000);
        assertEquals(List.of("a"), rooms(lists, "ada"));
        database.join("ada", "b", 2);
        database.changesAreUnknown = true;
        assertEquals(List.of("b", "a"), rooms(lists, "ada"));
        assertEquals(2, database.read.size());
    }

    @Test
    void listsInUseAreEvictedLast() {
        database.join("ada", "a", 1);
        RoomLists lists = new RoomLists(BEGUN, 10, 1_200);
        for (String user : List.of("ada", "u1", "u2", "ada", "u3", "u4", "ada", "u5", "u6", "u7", "ada", "u1")) {
            rooms(lists, user);
        }
        assertEquals(
                List.of("ada", "u1", "u2", "u3", "u4", "u5", "u6", "u7", "u1"),
                database.read.stream().map(UserId::value).toList());
    }

    @Test
    void pagesEndWhereTheListDoes() {
        database.join("ada", "a", 1);
        database.join("ada", "b", 2);
        database.join("ada", "c", 3);
        RoomLists lists = new RoomLists(BEGUN, 10, 1_000_000);
        UserId ada = new UserId("ada");
        assertEquals(database.sorted(ada).subList(2, 3), database.page(lists, ada, new PageRequest(2, 2)));
        assertEquals(List.of(), database.page(lists, ada, new PageRequest(3, 2)));
        assertEquals(List.of(), database.page(lists, ada, new PageRequest(Long.MAX_VALUE, 1000)));
    }

    private List<String> rooms(RoomLists lists, String user) {
        return database.page(lists, new UserId(user), ALL).stream()
                .map(room -> room.roomId().value())
                .toList();
    }

    private static UserId user(Random random) {
        return new UserId("u" + random.nextInt(USERS));
    }

    /** Reads lists as the in-memory directory does: first the changes, then the user's rooms where no list is there. */
    private static final class FakeDatabase {
        private final Map<RoomId, Activity> activities = new HashMap<>();
        private final Map<UserId, Set<RoomId>> memberships = new HashMap<>();
        private final List<Object> changed = new ArrayList<>();
        final List<UserId> read = new ArrayList<>();
        List<Change> lateChanges = List.of();
        boolean changesAreUnknown;

        /** The last page's list, as the question or the user's own statement saw it. */
        List<RoomVersion> whenAnswered = List.of();

        Runnable whileReading = () -> {};
        private int seen;

        List<RoomVersion> page(RoomLists lists, UserId member, PageRequest request) {
            lists.apply(answer(changes()));
            List<RoomVersion> page = lists.page(member, request);
            if (page != null) {
                whenAnswered = sorted(member);
                return page;
            }
            long asOf = lists.changeCount();
            List<Activity> rooms = rooms(member);
            whenAnswered = sorted(rooms);
            return lists.add(member, rooms, asOf, request);
        }

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
            activities.put(id, new Activity(new RoomVersion(id, changed.size() + 1L), last, changed.size() + 1L));
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

        List<RoomVersion> sorted(UserId user) {
            return sorted(of(user));
        }

        private static List<RoomVersion> sorted(List<Activity> rooms) {
            return rooms.stream()
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

        private @Nullable List<Change> changes() {
            List<Change> changes = Stream.concat(
                            changed.subList(seen, changed.size()).stream()
                                    .distinct()
                                    .map(this::change),
                            lateChanges.stream())
                    .toList();
            seen = changed.size();
            lateChanges = List.of();
            boolean areKnown = !changesAreUnknown;
            changesAreUnknown = false;
            return areKnown ? changes : null;
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
            return new Membership(pair.user, activity(pair.room), isMember, 1);
        }

        private List<Activity> rooms(UserId member) {
            read.add(member);
            if (changed.size() % 2 == 0) {
                whileReading.run();
                return of(member);
            }
            List<Activity> rooms = of(member);
            whileReading.run();
            return rooms;
        }

        private record Pair(UserId user, RoomId room) {}
    }
}
