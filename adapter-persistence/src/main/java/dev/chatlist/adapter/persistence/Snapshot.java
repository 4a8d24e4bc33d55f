package dev.chatlist.adapter.persistence;

import java.util.List;
import java.util.stream.Stream;

/**
 * What a statement of the database saw: all that was committed by transactions below {@code next}, but for those in
 * {@code inProgress}. Whatever a later one sees beyond that was written by one of the others.
 *
 * @param isReplica whether it is a standby's: it doesn't tell what is in progress, and some of the others may be seen
 */
record Snapshot(long next, List<Long> inProgress, boolean isReplica) {
    /** @param text as PostgreSQL writes its type {@code pg_snapshot}: {@code xmin:xmax:xip,xip,…} */
    static Snapshot parse(String text, boolean isReplica) {
        String[] parts = text.split(":", -1);
        long xmin = Long.parseLong(parts[0]);
        if (isReplica) {
            return new Snapshot(xmin, List.of(), true);
        }
        List<Long> inProgress = parts[2].isEmpty()
                ? List.of()
                : Stream.of(parts[2].split(",", -1)).map(Long::valueOf).toList();
        return new Snapshot(Long.parseLong(parts[1]), inProgress, false);
    }

    /** Whether it is certain that nobody's transaction was committed between the two. */
    boolean seesNoMoreThan(Snapshot before) {
        return !isReplica && equals(before);
    }

    /** The first transaction that it may not have seen all of. */
    long oldest() {
        return inProgress.stream().mapToLong(Long::longValue).min().orElse(next);
    }
}
