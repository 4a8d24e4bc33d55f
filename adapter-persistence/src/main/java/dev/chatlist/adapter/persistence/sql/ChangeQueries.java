package dev.chatlist.adapter.persistence.sql;

import static dev.chatlist.adapter.persistence.sql.jooq.Tables.DEPARTURES;
import static dev.chatlist.adapter.persistence.sql.jooq.Tables.EPOCH;
import static dev.chatlist.adapter.persistence.sql.jooq.Tables.MEMBERSHIPS;
import static dev.chatlist.adapter.persistence.sql.jooq.Tables.MEMBERSHIP_CHANGES;
import static dev.chatlist.adapter.persistence.sql.jooq.Tables.MESSAGES;
import static dev.chatlist.adapter.persistence.sql.jooq.Tables.ROOM_ACTIVITY;

import dev.chatlist.adapter.persistence.sql.jooq.tables.MembershipChanges;
import dev.chatlist.adapter.persistence.sql.jooq.tables.Messages;
import dev.chatlist.adapter.persistence.sql.jooq.tables.RoomActivity;
import org.jooq.Field;
import org.jooq.Record;
import org.jooq.ResultQuery;
import org.jooq.Select;
import org.jooq.Table;
import org.jooq.impl.DSL;

/** The statements of {@link ChangeFeed}. */
final class ChangeQueries {
    /** Snapshot, whether it is a replica's, epoch, latest change of a membership: the first columns. */
    static final int SEEN_COLUMNS = 4;

    /** User and whether it is a member: columns that a changed room leaves null. */
    static final int MEMBERSHIP_COLUMNS = 2;

    /** Readers load a longer message themselves: many long ones at once might not fit into memory. */
    private static final int MAX_MESSAGE_BYTES = 2_000;

    private static final int MENTION_BYTES = 50;

    private static final Field<String> SNAPSHOT = DSL.field("pg_current_snapshot()::text", String.class);
    private static final Field<Boolean> IS_REPLICA = DSL.field("pg_is_in_recovery()", Boolean.class);
    private static final Field<String> SECRET = DSL.field("encode({0}, 'base64')", String.class, EPOCH.SECRET);
    private static final Field<Long> XMAX =
            DSL.field("pg_snapshot_xmax(pg_current_snapshot())::text::bigint", Long.class);

    private static final Table<?> UNSEEN = DSL.table(
                    "unnest({0}::bigint[], {1}::bigint[])", DSL.val(new Long[0]), DSL.val(new Long[0]))
            .as("unseen", "first", "beyond");
    private static final Field<Long> FIRST = DSL.field(DSL.name("first"), Long.class);
    private static final Field<Long> BEYOND = DSL.field(DSL.name("beyond"), Long.class);
    private static final Field<Boolean> IS_MEMBER =
            DSL.field(MEMBERSHIPS.USER_ID.isNotNull()).as("is_member");

    private static final RoomActivity CHANGED = ROOM_ACTIVITY.as("changed");
    private static final Messages LATEST = MESSAGES.as("latest");
    private static final MembershipChanges LOGGED = MEMBERSHIP_CHANGES.as("logged");

    private ChangeQueries() {}

    static ResultQuery<?> selectSnapshot() {
        return DSL.select(SNAPSHOT, IS_REPLICA);
    }

    /**
     * Changed rooms. Takes the ranges of transactions that the last snapshot didn't see. At least one row; its columns
     * from the fifth on are null where no room changed.
     */
    static ResultQuery<?> selectRoomChanges(int limit) {
        return select(selectRooms(limit), limit);
    }

    /**
     * Changed rooms and changed memberships, in one statement, so that a transaction is seen as a whole. It takes a
     * third longer than {@link #selectRoomChanges} even if no membership has changed.
     */
    static ResultQuery<?> selectAllChanges(int limit) {
        return select(selectRooms(limit).unionAll(selectMemberships(limit)), limit);
    }

    private static ResultQuery<?> select(Select<Record> changes, int limit) {
        Table<?> seen = seen();
        Table<?> found = DSL.lateral(changes).as("found");
        return DSL.select(seen.fields())
                .select(found.fields())
                .from(seen.leftJoin(UNSEEN.crossJoin(found)).on(DSL.trueCondition()))
                .limit(DSL.inline(limit));
    }

    /** One row: what the statement sees. Its columns are {@link #SEEN_COLUMNS}. */
    static Table<?> seen() {
        Field<Long> latestMembershipChange = DSL.field(DSL.select(MEMBERSHIP_CHANGES.CHANGED_IN)
                .from(MEMBERSHIP_CHANGES)
                .orderBy(MEMBERSHIP_CHANGES.CHANGED_IN.desc())
                .limit(DSL.inline(1)));
        return DSL.select(SNAPSHOT, IS_REPLICA, DSL.field(DSL.select(SECRET).from(EPOCH)), latestMembershipChange)
                .asTable("seen", "snapshot", "is_replica", "epoch", "latest_membership_change");
    }

    /**
     * The rooms that a user has left, and the newest departure that was forgotten. Takes the user, and the ranges of
     * transactions that a snapshot doesn't see. At least one row; its columns after the first are null where there is no
     * departure.
     */
    static ResultQuery<?> selectDepartures(int limit) {
        Table<?> left = DSL.lateral(DSL.select(DEPARTURES.ROOM_ID, DEPARTURES.REASON)
                        .from(DEPARTURES)
                        .where(DEPARTURES.USER_ID.eq(""))
                        .and(DEPARTURES.CHANGED_IN.lt(XMAX))
                        .andExists(DSL.selectOne()
                                .from(UNSEEN)
                                .where(DEPARTURES.CHANGED_IN.ge(FIRST))
                                .and(DEPARTURES.CHANGED_IN.lt(BEYOND)))
                        .orderBy(DEPARTURES.ROOM_ID)
                        .limit(DSL.inline(limit)))
                .as("departure");
        return DSL.select(EPOCH.FORGOTTEN)
                .select(left.fields())
                .from(EPOCH.leftJoin(left).on(DSL.trueCondition()));
    }

    private static Select<Record> selectRooms(int limit) {
        return DSL.select(DSL.inline(false).as("is_membership"))
                .select(CHANGED.ROOM_ID, CHANGED.VERSION, CHANGED.LAST_ACTIVITY, CHANGED.CHANGED_IN)
                .select(nothing(MEMBERSHIPS.USER_ID), nothing(IS_MEMBER), CHANGED.DETAILS_VERSION)
                .select(ChatColumns.ofMessage(LATEST))
                .from(unseenRowsOf(ROOM_ACTIVITY, ROOM_ACTIVITY.CHANGED_IN, limit)
                        .as(CHANGED))
                .leftJoin(latestMessage().as(LATEST))
                .on(DSL.trueCondition());
    }

    /** Memberships as they are now, each with the transaction that changed it. The room is null where the log says only that many changed. */
    private static Select<Record> selectMemberships(int limit) {
        return DSL.select(DSL.inline(true))
                .select(LOGGED.ROOM_ID, ROOM_ACTIVITY.VERSION, ROOM_ACTIVITY.LAST_ACTIVITY, ROOM_ACTIVITY.CHANGED_IN)
                .select(LOGGED.USER_ID, IS_MEMBER, LOGGED.CHANGED_IN)
                .select(ChatColumns.ofMessage(LATEST).stream()
                        .map(column -> nothing((Field<?>) column))
                        .toList())
                .from(unseenRowsOf(MEMBERSHIP_CHANGES, MEMBERSHIP_CHANGES.CHANGED_IN, limit)
                        .as(LOGGED))
                .leftJoin(ROOM_ACTIVITY)
                .on(ROOM_ACTIVITY.ROOM_ID.eq(LOGGED.ROOM_ID))
                .leftJoin(MEMBERSHIPS)
                .on(MEMBERSHIPS.USER_ID.eq(LOGGED.USER_ID))
                .and(MEMBERSHIPS.ROOM_ID.eq(LOGGED.ROOM_ID));
    }

    private static <T> Field<T> nothing(Field<T> column) {
        return DSL.castNull(column).as(column);
    }

    /** The limit keeps the planner from reading all messages to join them. */
    private static Table<?> latestMessage() {
        return DSL.lateral(DSL.selectFrom(MESSAGES)
                .where(MESSAGES.ID.eq(CHANGED.LATEST_MESSAGE_ID))
                .and(CHANGED.DETAILS_VERSION.lt(CHANGED.VERSION))
                .and(DSL.octetLength(MESSAGES.MSG_CONTENTS)
                        .plus(DSL.octetLength(MESSAGES.OPENSEA_ITEM_IMAGE_URL))
                        .plus(DSL.cardinality(MESSAGES.AT_USER_IDS).times(DSL.inline(MENTION_BYTES)))
                        .le(DSL.inline(MAX_MESSAGE_BYTES)))
                .limit(DSL.inline(1)));
    }

    /**
     * Sorted by the indexed column, so that the planner uses the index whatever it estimates. No visible transaction is
     * as high as xmax: a row that names a higher one was restored from another server and isn't new.
     */
    private static Table<?> unseenRowsOf(Table<?> table, Field<Long> changedIn, int limit) {
        return DSL.lateral(DSL.selectFrom(table)
                .where(changedIn.ge(FIRST))
                .and(changedIn.lt(DSL.least(BEYOND, XMAX)))
                .orderBy(changedIn)
                .limit(DSL.inline(limit)));
    }
}
