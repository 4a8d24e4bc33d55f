package dev.chatlist.adapter.persistence;

import java.util.List;
import java.util.stream.Stream;

/**
 * What a statement of the database saw: all that was committed by transactions below {@code next}, but for those in
 * {@code inProgress}. Whatever a later one sees beyond that was written by one of the others.
 */
record Snapshot(long next, List<Long> inProgress) {
    /**
     * @param text as PostgreSQL writes its type {@code pg_snapshot}: {@code xmin:xmax:xip,xip,…}
     * @param isReplica whether it is a standby's, which doesn't tell what is in progress, but since when
     */
    static Snapshot parse(String text, boolean isReplica) {
        String[] parts = text.split(":", -1);
        long xmin = Long.parseLong(parts[0]);
        if (isReplica) {
            return new Snapshot(xmin, List.of());
        }
        List<Long> inProgress = parts[2].isEmpty()
                ? List.of()
                : Stream.of(parts[2].split(",", -1)).map(Long::valueOf).toList();
        return new Snapshot(Long.parseLong(parts[1]), inProgress);
    }

    /** The first transaction that it may not have seen all of. */
    long oldest() {
        return inProgress.stream().mapToLong(Long::longValue).min().orElse(next);
    }
}
