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
    private final int maxChanges;
    private final SchemaConnections connections;
    private final PreparedQuery snapshot;
    private final PreparedQuery roomChanges;
    private final PreparedQuery allChanges;

    /** Whether the last call found nothing. Then the next one tries the snapshot alone first. */
    private volatile boolean wasQuiet;

    /** @param maxChanges the most changes that one call returns one by one */
    public ChangeFeed(SchemaConnections connections, int maxChanges) {
        this.maxChanges = maxChanges;
        this.connections = connections;
        snapshot = connections.prepare("read a snapshot", ChangeQueries.selectSnapshot());
        roomChanges = connections.prepare("read changes", ChangeQueries.selectRoomChanges(maxChanges + 1));
        allChanges = connections.prepare("read changes", ChangeQueries.selectAllChanges(maxChanges + 1));
    }

    /**
     * A snapshot to begin with, without changes.
     *
     * @throws StorageUnavailableException if the database doesn't answer
     */
    public Changes now() {
        return roomChanges.ask(Found::read, new Long[0], new Long[0]).changes(null);
    }

    /**
     * All changes that a new snapshot sees and {@code seen} doesn't. May repeat changes that {@code seen} sees.
     *
     * @throws StorageUnavailableException if the database doesn't answer
     */
    public Changes since(Snapshot seen) {
        if (wasQuiet && snapshot.ask(rows -> Snapshot.readAlone(rows, seen)).equalsOnPrimary(seen)) {
            return Changes.none(seen);
        }
        Object[] unseen = seen.unseen();
        Found found = roomChanges.ask(Found::read, unseen);
        if (found.latestMembershipChange >= seen.oldestUnseen()) {
            // A membership never changes without its room, so most calls need no second statement.
            found = allChanges.ask(Found::read, unseen);
        }
        wasQuiet = found.snapshot.equalsOnPrimary(seen);
        if (wasQuiet) {
            return Changes.none(seen);
        }
        Unlisted cause = found.unlisted(seen, maxChanges);
        return found.changes(cause);
    }

    /** Has the idle connections replaced, because some may lead to another server than others. */
    public void distrustConnections() {
        connections.suspectAll();
    }

    /**
     * The changes, as this snapshot sees them.
     *
     * @param snapshot of the same epoch as the one that the changes begin at, or of a new one
     * @param list null if they can't be listed
     * @param unlisted why they can't be listed, else null
     * @param latestMembershipChange the greatest transaction that changed any membership; 0 if there is none
     * @param posted for listed rooms where only the latest message is new
     */
    public record Changes(
            Snapshot snapshot,
            @Nullable List<Change> list,
            @Nullable Unlisted unlisted,
            long latestMembershipChange,
            List<Posted> posted) {
        private static Changes none(Snapshot snapshot) {
            return new Changes(snapshot, List.of(), null, 0, List.of());
        }
    }

    /** Why changes can't be listed. */
    public enum Unlisted {
        /** The database has crashed, failed over or been restored. */
        EPOCH,
        /** There are more than one call returns. */
        TOO_MANY,
        /** Some may be gone from the log of memberships. */
        LOG_ENDED
    }

    public sealed interface Change {}

    /**
     * A room's version and its place in page order.
     *
     * @param last last activity, in nanoseconds since the epoch
     * @param changedIn the transaction that wrote the version
     */
    public record Activity(RoomVersion room, long last, long changedIn) implements Change {
        static Activity read(Rows row) throws SQLException {
            return of(row.text(), row);
        }

        static Activity of(String room, Rows row) throws SQLException {
            return new Activity(new RoomVersion(new RoomId(room), row.number()), row.number(), row.number());
        }
    }

    /**
     * Whether a user is a member of a room now.
     *
     * @param changedIn the transaction that changed the membership
     */
    public record Membership(UserId user, Activity activity, boolean isMember, long changedIn) implements Change {}

    /**
     * A new latest message, which is all that changed in its room.
     *
     * @param room the room at its version with that message
     * @param since the version since which nothing but messages has changed
     */
    public record Posted(RoomVersion room, long since, Message latest) {}

    /** What one statement found. */
    private static final class Found {
        final Snapshot snapshot;

        /** The transaction that last changed any membership; 0 if there is none. */
        final long latestMembershipChange;

        final List<Change> changes = new ArrayList<>();
        final List<Posted> posted = new ArrayList<>();

        /** Whether the log of memberships lists all changes. */
        boolean isComplete = true;

        private Found(Snapshot snapshot, long latestMembershipChange) {
            this.snapshot = snapshot;
            this.latestMembershipChange = latestMembershipChange;
        }

        /** The first columns are the same in all rows; the others are null where nothing changed. */
        static Found read(Rows rows) throws SQLException {
            rows.next();
            Found found = new Found(Snapshot.read(rows), rows.number());
            found.add(rows);
            while (rows.next()) {
                rows.skip(ChangeQueries.SEEN_COLUMNS);
                found.add(rows);
            }
            return found;
        }

        Changes changes(@Nullable Unlisted unlisted) {
            boolean isListed = unlisted == null;
            return new Changes(
                    snapshot,
                    isListed ? changes : null,
                    unlisted,
                    latestMembershipChange,
                    isListed ? posted : List.of());
        }

        @Nullable
        Unlisted unlisted(Snapshot seen, int maxChanges) {
            if (!snapshot.continues(seen)) {
                return Unlisted.EPOCH;
            }
            if (!isComplete) {
                return Unlisted.LOG_ENDED;
            }
            return changes.size() > maxChanges ? Unlisted.TOO_MANY : null;
        }

        private void add(Rows row) throws SQLException {
            Boolean isMembership = row.flagOrNull();
            if (isMembership != null) {
                String room = row.textOrNull();
                if (room == null) {
                    isComplete = false;
                } else if (isMembership) {
                    Activity activity = Activity.of(room, row);
                    changes.add(new Membership(new UserId(row.text()), activity, row.flag(), row.number()));
                } else {
                    addRoom(Activity.of(room, row), row);
                }
            }
        }

        private void addRoom(Activity activity, Rows row) throws SQLException {
            changes.add(activity);
            row.skip(ChangeQueries.MEMBERSHIP_COLUMNS);
            long since = row.number();
            Message latest = ChatColumns.message(row, activity.room().roomId());
            if (latest != null) {
                posted.add(new Posted(activity.room(), since, latest));
            }
        }
    }
}
