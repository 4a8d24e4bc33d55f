package dev.chatlist.adapter.persistence.sql;

import dev.chatlist.adapter.persistence.sql.PreparedQuery.Rows;
import java.sql.SQLException;
import java.util.List;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/**
 * Which transactions a statement saw: all committed ones below {@code next}, except those in {@code inProgress}.
 *
 * @param isReplica on a standby, {@code next} is the oldest transaction in progress, and some above it may be seen
 * @param end no visible transaction is as high
 * @param epoch the history that the transactions belong to
 */
public record Snapshot(long next, List<Long> inProgress, boolean isReplica, long end, Epoch epoch) {
    /** Triggers delete rows of membership_changes at twice this age. */
    private static final long MAX_TRANSACTIONS = 1_000_000;

    /**
     * A history of the database without a break. In another one, commits may be missing that this one has, and their
     * transaction ids and versions may belong to others.
     *
     * @param run the run of the server that the connection leads to
     * @param secret of the epoch that the tables name, in base64
     */
    public record Epoch(String run, String secret) {
        @Override
        public String toString() {
            return "Epoch[run=%s, secret redacted]".formatted(run);
        }
    }

    /** A snapshot that ends at {@code next}, as a primary's does. */
    Snapshot(long next, List<Long> inProgress, boolean isReplica, Epoch epoch) {
        this(next, inProgress, isReplica, next, epoch);
    }

    /** Reads the first columns of {@link ChangeQueries#selectRoomChanges}. */
    static Snapshot read(Rows row) throws SQLException {
        return parse(row.text(), row.flag(), new Epoch(row.run(), row.text()));
    }

    /**
     * Reads {@link ChangeQueries#selectSnapshot}. The tables can't name another epoch where the snapshot is the same as
     * {@code seen}.
     */
    static Snapshot readAlone(Rows rows, Snapshot seen) throws SQLException {
        rows.next();
        return parse(rows.text(), rows.flag(), new Epoch(rows.run(), seen.epoch.secret));
    }

    /**
     * Reads PostgreSQL's {@code pg_snapshot}.
     *
     * @param text {@code xmin:xmax:xip,xip,…}
     */
    public static Snapshot parse(String text, boolean isReplica, Epoch epoch) {
        String[] parts = text.split(":", -1);
        long end = Long.parseLong(parts[1]);
        if (isReplica) {
            return new Snapshot(Long.parseLong(parts[0]), List.of(), true, end, epoch);
        }
        List<Long> inProgress = parts[2].isEmpty()
                ? List.of()
                : Stream.of(parts[2].split(",", -1)).map(Long::valueOf).toList();
        return new Snapshot(end, inProgress, false, epoch);
    }

    /** Whether it is certain that nothing was committed between the two. A standby's snapshot can't tell. */
    boolean equalsOnPrimary(Snapshot seen) {
        return !isReplica && equals(seen);
    }

    /**
     * Whether changes since {@code seen} can be listed. A standby that was promoted a moment ago may report a snapshot
     * that lacks transactions in progress.
     */
    boolean continues(Snapshot seen) {
        return epoch.equals(seen.epoch)
                && next >= seen.next
                && next - seen.oldestUnseen() < MAX_TRANSACTIONS
                && !isPromotedSince(seen);
    }

    /** Whether the server was a standby then and is none now. */
    boolean isPromotedSince(Snapshot seen) {
        return seen.isReplica && !isReplica;
    }

    /** Whether it is certain that this snapshot sees what the transaction wrote. */
    public boolean sees(long transaction) {
        return transaction < next && !inProgress.contains(transaction);
    }

    /**
     * Whether it is certain that this snapshot sees everything that the other one sees. A standby that lags doesn't.
     */
    public boolean sees(Snapshot other) {
        return other.next <= next
                ? inProgress.stream().noneMatch(other::sees)
                : LongStream.range(next, other.next).noneMatch(other::sees)
                        && inProgress.stream().noneMatch(other::sees);
    }

    /** Whether it is certain that the other one sees everything that this one shows. A standby's snapshot can't tell. */
    public boolean isOldNewsTo(Snapshot other) {
        return !isReplica && other.sees(this);
    }

    /**
     * Whether a row that this snapshot shows, written by the transaction, is news to somebody who has seen the earlier
     * one. A row that names a transaction of the future was restored from another server, and is none.
     */
    public boolean isNews(long transaction, Snapshot earlier) {
        return transaction < end && !earlier.sees(transaction);
    }

    /** The first transaction that this snapshot may not see all of. */
    public long oldestUnseen() {
        return inProgress.stream().mapToLong(Long::longValue).min().orElse(next);
    }

    /** Ranges of unseen transactions, as two arrays: first transactions, and the ends, exclusive. */
    Object[] unseen() {
        return new Object[] {
            Stream.concat(inProgress.stream(), Stream.of(next)).toArray(Long[]::new),
            Stream.concat(inProgress.stream().map(one -> one + 1), Stream.of(Long.MAX_VALUE))
                    .toArray(Long[]::new)
        };
    }
}
