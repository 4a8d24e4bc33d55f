package dev.chatlist.adapter.persistence.sql;

import dev.chatlist.adapter.persistence.sql.PreparedQuery.Rows;
import dev.chatlist.application.RoomVersion;
import dev.chatlist.application.StorageUnavailableException;
import dev.chatlist.domain.Message;
import dev.chatlist.domain.RoomId;
import dev.chatlist.domain.UserId;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Reads what has changed since a snapshot, in all rooms and for all users at once. Each row of {@code room_activity}
 * and {@code membership_changes} names the transaction that wrote it, and a snapshot names the transactions that it
 * doesn't see; so no change is missed, by any writer, in any order of commits (ADR 8).
 *
 * <p>If the last call found nothing, the snapshot is read first, alone: that is the cheapest query. Otherwise one
 * statement reads the snapshot together with the changes.
 */
public final class ChangeFeed {
    /** Triggers delete rows of membership_changes at twice this age. */
    private static final long MAX_TRANSACTIONS = 1_000_000;

    private final int maxChanges;
    private final PreparedQuery snapshot;
    private final PreparedQuery changes;
    private final PreparedQuery memberships;

    /** Whether the last call found nothing. Then the next one tries the snapshot alone first. */
    private volatile boolean wasQuiet;

    /** @param maxChanges the most changes that one call returns one by one */
    public ChangeFeed(SchemaConnections connections, int maxChanges) {
        this.maxChanges = maxChanges;
        snapshot = connections.prepare("read a snapshot", ChangeQueries.selectSnapshot());
        changes = connections.prepare("read changes", ChangeQueries.selectChanges(maxChanges + 1));
        memberships = connections.prepare("read changed memberships", ChangeQueries.selectMemberships(maxChanges + 1));
    }

    /**
     * A snapshot to begin with.
     *
     * @throws StorageUnavailableException if the database doesn't answer
     */
    public Snapshot now() {
        return snapshot.ask(rows -> {
            rows.next();
            return Snapshot.read(rows);
        });
    }

    /**
     * All changes that a new snapshot sees and {@code seen} doesn't. May repeat changes that {@code seen} sees.
     *
     * @throws StorageUnavailableException if the database doesn't answer
     */
    public Changes since(Snapshot seen) {
        if (wasQuiet && now().equalsOnPrimary(seen)) {
            return Changes.none(seen);
        }
        Object[] unseen = seen.unseen();
        Found found = changes.ask(Found::read, unseen);
        wasQuiet = found.snapshot.equalsOnPrimary(seen);
        if (wasQuiet) {
            return Changes.none(seen);
        }
        if (!found.snapshot.continues(seen)) {
            return Changes.unknown(found.snapshot);
        }
        // A membership never changes without its room, so most calls need no second statement. That statement may see
        // more than the snapshot does; the next call returns it again.
        boolean isComplete =
                found.latestMembershipChange < seen.oldestUnseen() || memberships.ask(found::addMemberships, unseen);
        return isComplete && found.changes.size() <= maxChanges
                ? new Changes(found.snapshot, found.changes, found.posted)
                : Changes.unknown(found.snapshot);
    }

    /**
     * Which transactions a statement saw: all committed ones below {@code next}, except those in {@code inProgress}.
     *
     * @param isReplica on a standby, {@code next} is the oldest transaction in progress, and some above it may be seen
     */
    public record Snapshot(long next, List<Long> inProgress, boolean isReplica) {
        private static Snapshot read(Rows row) throws SQLException {
            return parse(row.text(), row.flag());
        }

        /** @param text PostgreSQL's {@code pg_snapshot}: {@code xmin:xmax:xip,xip,…} */
        static Snapshot parse(String text, boolean isReplica) {
            String[] parts = text.split(":", -1);
            if (isReplica) {
                return new Snapshot(Long.parseLong(parts[0]), List.of(), true);
            }
            List<Long> inProgress = parts[2].isEmpty()
                    ? List.of()
                    : Stream.of(parts[2].split(",", -1)).map(Long::valueOf).toList();
            return new Snapshot(Long.parseLong(parts[1]), inProgress, false);
        }

        /** Whether it is certain that nothing was committed between the two. A standby's snapshot can't tell. */
        boolean equalsOnPrimary(Snapshot seen) {
            return !isReplica && equals(seen);
        }

        /**
         * Whether changes since {@code seen} can be listed. If the server has counted fewer transactions, another
         * server took over. A standby that was promoted a moment ago may report a snapshot that lacks transactions in
         * progress.
         */
        boolean continues(Snapshot seen) {
            return next >= seen.next && next - seen.oldestUnseen() < MAX_TRANSACTIONS && (isReplica || !seen.isReplica);
        }

        /** The first transaction that this snapshot may not see all of. */
        long oldestUnseen() {
            return inProgress.stream().mapToLong(Long::longValue).min().orElse(next);
        }

        /** Ranges of unseen transactions, as two arrays: first transactions, and the ends, exclusive. */
        private Object[] unseen() {
            return new Object[] {
                Stream.concat(inProgress.stream(), Stream.of(next)).toArray(Long[]::new),
                Stream.concat(inProgress.stream().map(one -> one + 1), Stream.of(Long.MAX_VALUE))
                        .toArray(Long[]::new)
            };
        }
    }

    /**
     * The changes, as this snapshot or a later one sees them.
     *
     * @param list null where there are too many changes to list, or some may be gone from the log
     * @param posted for listed rooms where only the latest message is new
     */
    public record Changes(Snapshot snapshot, @Nullable List<Change> list, List<Posted> posted) {
        private static Changes none(Snapshot snapshot) {
            return new Changes(snapshot, List.of(), List.of());
        }

        private static Changes unknown(Snapshot snapshot) {
            return new Changes(snapshot, null, List.of());
        }
    }

    public sealed interface Change {}

    /**
     * A room's version and its place in page order.
     *
     * @param last last activity, in nanoseconds since the epoch
     */
    public record Activity(RoomVersion room, long last) implements Change {
        static Activity read(Rows row) throws SQLException {
            return of(row.text(), row);
        }

        private static Activity of(String room, Rows row) throws SQLException {
            return new Activity(new RoomVersion(new RoomId(room), row.number()), row.number());
        }
    }

    /** Whether a user is a member of a room now. */
    public record Membership(UserId user, Activity activity, boolean isMember) implements Change {}

    /**
     * A new latest message, which is all that changed in its room.
     *
     * @param room the room at its version with that message
     * @param since the version since which nothing but messages has changed
     */
    public record Posted(RoomVersion room, long since, Message latest) {}

    /** @param latestMembershipChange the transaction that last changed any membership; 0 if there is none */
    private record Found(Snapshot snapshot, long latestMembershipChange, List<Change> changes, List<Posted> posted) {
        /** The first columns are the same in all rows; the others are null where nothing changed. */
        static Found read(Rows rows) throws SQLException {
            rows.next();
            Found found = new Found(Snapshot.read(rows), rows.number(), new ArrayList<>(), new ArrayList<>());
            found.addRoom(rows);
            while (rows.next()) {
                rows.skip(ChangeQueries.SEEN_COLUMNS);
                found.addRoom(rows);
            }
            return found;
        }

        private void addRoom(Rows row) throws SQLException {
            String room = row.textOrNull();
            if (room != null) {
                Activity activity = Activity.of(room, row);
                changes.add(activity);
                long since = row.number();
                Message latest = ChatColumns.message(row, activity.room().roomId());
                if (latest != null) {
                    posted.add(new Posted(activity.room(), since, latest));
                }
            }
        }

        /** Returns false if the log says that more changed than it lists. */
        boolean addMemberships(Rows rows) throws SQLException {
            while (rows.next()) {
                String room = rows.textOrNull();
                if (room == null) {
                    return false;
                }
                Activity activity = Activity.of(room, rows);
                changes.add(new Membership(new UserId(rows.text()), activity, rows.flag()));
            }
            return true;
        }
    }
}
