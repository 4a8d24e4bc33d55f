package dev.chatlist.benchmarks.world;

import java.util.Arrays;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import java.util.stream.IntStream;

/**
 * The users, the rooms, the members of each room and its number of messages. The same scale and seed always give the
 * same world.
 *
 * <p>A user's number of rooms is log-normal. One room in five is one-to-one, most groups have about a dozen members,
 * and one room in a hundred has dozens or hundreds (Pareto). A large room is on many users' pages, so these few rooms
 * decide the bytes of a page. Two extremes stand apart: the {@link #heavyUser()}, and the {@link #bigRoom()}, which is
 * the oldest and silent, so that it is on nobody's first page.
 */
public final class World {
    /** The time of the latest message: 2026-10-01, in nanoseconds since the epoch. */
    public static final long END = 1_790_812_800_000_000_000L;

    static final long SECOND = 1_000_000_000L;
    static final long DAY = 86_400 * SECOND;

    private static final double USER_SPREAD = 0.6;
    private static final int MAX_GROUP = 400;

    private final Scale scale;
    private final List<String> userIds;
    private final List<String> roomIds;
    private final boolean[] isOneToOne;
    private final int[][] members;
    private final int[] messages;

    public World(Scale scale, long seed) {
        this.scale = scale;
        Random random = new Random(seed);
        userIds = ids(scale.users(), random);
        roomIds = ids(scale.rooms(), random);
        isOneToOne = new boolean[scale.rooms()];
        members = members(random);
        joinHeavyUser(random);
        fillBigRoom();
        messages = messages(random);
    }

    public String heavyUser() {
        return userIds.get(0);
    }

    public String bigRoom() {
        return roomIds.get(0);
    }

    public String roomOfTwo() {
        return IntStream.range(0, scale.rooms())
                .filter(room -> isOneToOne[room] && members[room].length == 2)
                .mapToObj(roomIds::get)
                .findFirst()
                .orElseThrow();
    }

    public Scale scale() {
        return scale;
    }

    public List<String> userIds() {
        return userIds;
    }

    public List<String> roomIds() {
        return roomIds;
    }

    public boolean isOneToOne(int room) {
        return isOneToOne[room];
    }

    /** Indexes into {@link #userIds()}, the room's creator first. */
    public int[] members(int room) {
        return members[room];
    }

    /** The number of messages. */
    public int messages(int room) {
        return messages[room];
    }

    /** Up to {@code limit} users who are in exactly {@code rooms} rooms, none of them the big one. */
    public List<String> usersIn(int rooms, int limit) {
        int[] roomsOf = roomsOf();
        Arrays.stream(members[0]).forEach(user -> roomsOf[user] = 0);
        return IntStream.range(0, scale.users())
                .filter(user -> roomsOf[user] == rooms)
                .limit(limit)
                .mapToObj(userIds::get)
                .toList();
    }

    /** Each user's number of rooms, the big one not counted. */
    private int[] roomsOf() {
        int[] roomsOf = new int[scale.users()];
        IntStream.range(1, scale.rooms())
                .forEach(room -> Arrays.stream(members[room]).forEach(user -> roomsOf[user]++));
        return roomsOf;
    }

    /** Sorted, so that loading fills the indexes from left to right. */
    private static List<String> ids(int count, Random random) {
        TreeSet<String> ids = new TreeSet<>();
        byte[] id = new byte[12];
        while (ids.size() < count) {
            random.nextBytes(id);
            ids.add(HexFormat.of().formatHex(id));
        }
        return List.copyOf(ids);
    }

    private int[][] members(Random random) {
        double[] cumulated = new double[scale.users()];
        double sum = 0;
        for (int user = 0; user < cumulated.length; user++) {
            sum += Math.exp(USER_SPREAD * random.nextGaussian());
            cumulated[user] = sum;
        }
        int[][] drawn = new int[scale.rooms()][];
        for (int room = 0; room < drawn.length; room++) {
            isOneToOne[room] = room > 0 && random.nextInt(5) == 0;
            int size = isOneToOne[room] ? 2 : groupSize(random);
            drawn[room] = distinct(size, cumulated, random);
        }
        return drawn;
    }

    /** The large groups, with 70 members on average, make up for the pairs. */
    private int groupSize(Random random) {
        if (random.nextInt(100) == 0) {
            return (int) Math.min(Math.min(MAX_GROUP, scale.users() / 4), 30 * Math.pow(random.nextDouble(), -0.7));
        }
        return (int) Math.max(3, Math.round(scale.meanMembers() + 1.5 + 4.5 * random.nextGaussian()));
    }

    private static int[] distinct(int size, double[] cumulated, Random random) {
        int[] users = new int[size];
        for (int n = 0; n < size; ) {
            int at = Arrays.binarySearch(cumulated, random.nextDouble() * cumulated[cumulated.length - 1]);
            int user = at < 0 ? -at - 1 : at;
            if (IntStream.range(0, n).noneMatch(i -> users[i] == user)) {
                users[n++] = user;
            }
        }
        return users;
    }

    private void joinHeavyUser(Random random) {
        int[] groups = IntStream.range(1, scale.rooms())
                .filter(room -> !isOneToOne[room])
                .toArray();
        for (int i = 0; i < scale.heavyUserRooms(); i++) {
            int other = i + random.nextInt(groups.length - i);
            int room = groups[other];
            groups[other] = groups[i];
            if (Arrays.stream(members[room]).noneMatch(user -> user == 0)) {
                members[room] = Arrays.copyOf(members[room], members[room].length + 1);
            }
        }
    }

    /** Takes the users with the most rooms: each has twenty others for the first page. */
    private void fillBigRoom() {
        int[] roomsOf = roomsOf();
        members[0] = IntStream.range(0, scale.users())
                .boxed()
                .sorted(Comparator.comparing(user -> -roomsOf[user]))
                .limit(scale.bigRoomMembers())
                .mapToInt(Integer::intValue)
                .toArray();
    }

    /** Log-normal; one room in thirty has none. */
    private int[] messages(Random random) {
        double[] weights = random.doubles(scale.rooms())
                .map(chance -> chance < 1 / 30.0 ? 0 : Math.exp(random.nextGaussian()))
                .toArray();
        double all = Arrays.stream(weights).sum();
        return Arrays.stream(weights)
                .mapToInt(weight -> (int) Math.ceil(weight / all * (scale.messages() - scale.rooms() / 2.0)))
                .toArray();
    }
}
