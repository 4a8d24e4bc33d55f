package dev.chatlist.benchmarks.world;

/**
 * The size of a world.
 *
 * @param meanMembers members of a room on average
 * @param heavyUserRooms rooms of the heavy user, who is in more rooms than any other
 * @param bigRoomMembers members of the big room, which has more than any other
 */
public record Scale(int users, int rooms, int meanMembers, int messages, int heavyUserRooms, int bigRoomMembers) {
    /** A factor of 1 has 50,000 users, 100,000 rooms and 1,000,000 messages; heavy user and big room have 20,000. */
    public static Scale of(double factor) {
        if (!(factor >= 0.01 && factor <= 10)) {
            throw new IllegalArgumentException("--scale must be between 0.01 and 10, not " + factor);
        }
        return new Scale(
                (int) (50_000 * factor),
                (int) (100_000 * factor),
                12,
                (int) (1_000_000 * factor),
                (int) (20_000 * factor),
                (int) (20_000 * factor));
    }

    /** The world of the large inbox: with a factor of 1, one user in 50,000 rooms, and one room of 158,000 members. */
    public Scale ofLargeInbox() {
        return new Scale((int) (users * 3.2), rooms, meanMembers, messages / 2, rooms / 2, (int) (users * 3.16));
    }

    @Override
    public String toString() {
        return ("%,d users, %,d rooms of %d members on average, %,d messages, one user in %,d rooms, one room of %,d"
                        + " members")
                .formatted(users, rooms, meanMembers, messages, heavyUserRooms, bigRoomMembers);
    }
}
