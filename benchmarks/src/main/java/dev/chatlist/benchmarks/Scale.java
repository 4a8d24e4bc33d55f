package dev.chatlist.benchmarks;

/**
 * How much of everything a world has.
 *
 * @param heavyUserRooms how many rooms the one user is in who is in most
 * @param bigRoomMembers how many members the one room has that has most
 */
record Scale(int users, int rooms, int meanMembers, int messages, int heavyUserRooms, int bigRoomMembers) {
    /** At a factor of 1: 50,000 users, 100,000 rooms, 1,000,000 messages, and extremes of 20,000. */
    static Scale of(double factor) {
        if (!(factor >= 0.01 && factor <= 10)) {
            throw new IllegalArgumentException("--scale must be 0.01 to 10, it is " + factor);
        }
        return new Scale(
                (int) (50_000 * factor),
                (int) (100_000 * factor),
                12,
                (int) (1_000_000 * factor),
                (int) (20_000 * factor),
                (int) (20_000 * factor));
    }

    @Override
    public String toString() {
        return ("%,d users, %,d rooms of %d members on average, %,d messages, one user in %,d rooms, one room of %,d"
                        + " members")
                .formatted(users, rooms, meanMembers, messages, heavyUserRooms, bigRoomMembers);
    }
}
