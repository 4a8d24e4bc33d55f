package dev.chatlist.adapter.persistence;

import static dev.chatlist.adapter.persistence.jooq.Tables.MEMBERSHIPS;
import static dev.chatlist.adapter.persistence.jooq.Tables.MEMBERSHIP_CHANGES;
import static dev.chatlist.adapter.persistence.jooq.Tables.MESSAGES;
import static dev.chatlist.adapter.persistence.jooq.Tables.ROOM_ACTIVITY;

import dev.chatlist.adapter.persistence.jooq.tables.MembershipChanges;
import dev.chatlist.adapter.persistence.jooq.tables.Messages;
import dev.chatlist.adapter.persistence.jooq.tables.RoomActivity;
import dev.chatlist.application.RoomVersion;
import dev.chatlist.domain.Message;
import dev.chatlist.domain.RoomId;
import dev.chatlist.domain.UserId;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.jooq.DSLContext;
import org.jooq.Field;
import org.jooq.ResultQuery;
import org.jooq.Table;
import org.jooq.impl.DSL;

/**
 * Asks {@code room_activity} and {@code membership_changes} what transactions have written that an earlier snapshot
 * didn't see: see V3__feed.sql. Two questions come first that are cheap and say how little there is to ask: whether
 * anybody has committed anything, and whether a membership was among it.
 */
final class JooqRoomFeed implements RoomFeed {
    /** From then on, transactions may be gone from membership_changes: a half of what its trigger keeps. */
    private static final long MAX_TRANSACTIONS = 1_000_000;

    /** A longer message isn't told, but read by those who show it: many at once might not fit into memory. */
    private static final int MAX_TOLD_BYTES = 2_000;

    private static final int MENTION_BYTES = 50;

    private static final Field<String> SNAPSHOT = DSL.field("pg_current_snapshot()::text", String.class);
    private static final Field<Boolean> IS_REPLICA = DSL.field("pg_is_in_recovery()", Boolean.class);

    private static final Field<Long> XMAX =
            DSL.field("pg_snapshot_xmax(pg_current_snapshot())::text::bigint", Long.class);

    /** Ranges of transactions that a snapshot didn't see: those that were in progress, and all that were to come. */
    private static final Table<?> UNSEEN = DSL.table(
                    "unnest({0}::bigint[], {1}::bigint[])", DSL.val(new Long[0]), DSL.val(new Long[0]))
            .as("unseen", "first", "beyond");

    private static final Field<Long> FIRST = DSL.field(DSL.name("first"), Long.class);
    private static final Field<Long> BEYOND = DSL.field(DSL.name("beyond"), Long.class);

    private static final RoomActivity CHANGED = ROOM_ACTIVITY.as("changed");
    private static final Messages LATEST = MESSAGES.as("latest");
    private static final MembershipChanges NOTED = MEMBERSHIP_CHANGES.as("noted");

    private final int maxChanges;
    private final Query now;
    private final Query changes;
    private final Query memberships;
    private final Query rooms;

    /** @param maxChanges how many are told one by one */
    JooqRoomFeed(DataSource connections, DSLContext jooq, int maxChanges) {
        this.maxChanges = maxChanges;
        now = Query.of(connections, jooq, "read a snapshot", DSL.select(SNAPSHOT, IS_REPLICA));
        changes = Query.of(connections, jooq, "read changes", selectChanges(maxChanges + 1));
        memberships = Query.of(connections, jooq, "read changed memberships", selectMemberships(maxChanges + 1));
        rooms = Query.of(connections, jooq, "read a user's rooms", selectRooms());
    }

    @Override
    public Snapshot now() {
        return now.ask(rows -> {
            rows.next();
            return Snapshot.parse(rows.text(), rows.flag());
        });
    }

    @Override
    public Changes changes(Snapshot since) {
        Snapshot now = now();
        if (now.seesNoMoreThan(since)) {
            return Changes.none(since);
        }
        // A server that is further back is another one, which took over without the last of the transactions.
        if (now.next() < since.next() || now.next() - since.oldest() >= MAX_TRANSACTIONS) {
            return Changes.untold(now);
        }
        return changes(since, now);
    }

    /**
     * Each of the questions sees more than {@code now} did, and what it sees beyond that is told again next time. No
     * membership changes without its room, so most often nobody has to look for any.
     */
    private Changes changes(Snapshot since, Snapshot now) {
        Object[] unseen = {
            Stream.concat(since.inProgress().stream(), Stream.of(since.next())).toArray(Long[]::new),
            Stream.concat(since.inProgress().stream().map(one -> one + 1), Stream.of(Long.MAX_VALUE))
                    .toArray(Long[]::new)
        };
        List<Change> told = new ArrayList<>();
        List<Posted> posted = new ArrayList<>();
        long latestMembership = changes.ask(rows -> changes(rows, told, posted), unseen);
        boolean isTold = latestMembership < since.oldest() || memberships.ask(rows -> memberships(rows, told), unseen);
        return isTold && told.size() <= maxChanges ? new Changes(now, told, posted) : Changes.untold(now);
    }

    /** The rooms, the transaction of the latest change of a membership and, if that is all there is to know, messages. */
    private static ResultQuery<?> selectChanges(int limit) {
        Field<Long> latestMembership = DSL.field(DSL.select(MEMBERSHIP_CHANGES.CHANGED_IN)
                .from(MEMBERSHIP_CHANGES)
                .orderBy(MEMBERSHIP_CHANGES.CHANGED_IN.desc())
                .limit(DSL.inline(1)));
        // The limit keeps the planner from reading all messages to join them.
        Table<?> latest = DSL.lateral(DSL.selectFrom(MESSAGES)
                .where(MESSAGES.ID.eq(CHANGED.LATEST_MESSAGE_ID))
                .and(CHANGED.MEMBERS_VERSION.lt(CHANGED.VERSION))
                .and(DSL.octetLength(MESSAGES.MSG_CONTENTS)
                        .plus(DSL.octetLength(MESSAGES.OPENSEA_ITEM_IMAGE_URL))
                        .plus(DSL.cardinality(MESSAGES.AT_USER_IDS).times(DSL.inline(MENTION_BYTES)))
                        .le(DSL.inline(MAX_TOLD_BYTES)))
                .limit(DSL.inline(1)));
        return DSL.select(latestMembership, CHANGED.ROOM_ID, CHANGED.VERSION, CHANGED.LAST_ACTIVITY)
                .select(CHANGED.MEMBERS_VERSION)
                .select(JooqChatDirectory.message(LATEST))
                .from(UNSEEN)
                .crossJoin(
                        written(ROOM_ACTIVITY, ROOM_ACTIVITY.CHANGED_IN, limit).as(CHANGED))
                .leftJoin(latest.as(LATEST))
                .on(DSL.trueCondition())
                .limit(DSL.inline(limit));
    }

    private static ResultQuery<?> selectMemberships(int limit) {
        return DSL.select(
                        NOTED.ROOM_ID,
                        ROOM_ACTIVITY.VERSION,
                        ROOM_ACTIVITY.LAST_ACTIVITY,
                        NOTED.USER_ID,
                        DSL.field(MEMBERSHIPS.USER_ID.isNotNull()))
                .from(UNSEEN)
                .crossJoin(written(MEMBERSHIP_CHANGES, MEMBERSHIP_CHANGES.CHANGED_IN, limit)
                        .as(NOTED))
                .leftJoin(ROOM_ACTIVITY)
                .on(ROOM_ACTIVITY.ROOM_ID.eq(NOTED.ROOM_ID))
                .leftJoin(MEMBERSHIPS)
                .on(MEMBERSHIPS.USER_ID.eq(NOTED.USER_ID))
                .and(MEMBERSHIPS.ROOM_ID.eq(NOTED.ROOM_ID))
                .limit(DSL.inline(limit));
    }

    /**
     * Rows by {@link #UNSEEN} transactions. In the order of an index, so that the planner takes it, whatever it thinks
     * of how many rows a transaction writes. No transaction that is seen now is as young as xmax: a row that says so was
     * restored from another server, and has been there all the time.
     */
    private static Table<?> written(Table<?> table, Field<Long> changedIn, int limit) {
        return DSL.lateral(DSL.selectFrom(table)
                .where(changedIn.ge(FIRST))
                .and(changedIn.lt(DSL.least(BEYOND, XMAX)))
                .orderBy(changedIn)
                .limit(DSL.inline(limit)));
    }

    /** Returns the transaction of the latest change of a membership, 0 if there is none. */
    private static long changes(Query.Rows rows, List<Change> told, List<Posted> posted) throws SQLException {
        long latestMembership = 0;
        while (rows.next()) {
            latestMembership = rows.number();
            Activity activity = activity(rows);
            told.add(activity);
            long since = rows.number();
            Message latest = JooqChatDirectory.message(rows, activity.room().roomId());
            if (latest != null) {
                posted.add(new Posted(activity.room(), since, latest));
            }
        }
        return latestMembership;
    }

    /** Returns whether all could be told. */
    private static boolean memberships(Query.Rows rows, List<Change> told) throws SQLException {
        while (rows.next()) {
            String room = rows.textOrNull();
            if (room == null) {
                return false;
            }
            Activity activity = new Activity(new RoomVersion(new RoomId(room), rows.number()), rows.number());
            told.add(new Membership(new UserId(rows.text()), activity, rows.flag()));
        }
        return true;
    }

    private static Activity activity(Query.Rows row) throws SQLException {
        return new Activity(new RoomVersion(new RoomId(row.text()), row.number()), row.number());
    }

    private static ResultQuery<?> selectRooms() {
        return DSL.select(ROOM_ACTIVITY.ROOM_ID, ROOM_ACTIVITY.VERSION, ROOM_ACTIVITY.LAST_ACTIVITY)
                .from(MEMBERSHIPS)
                .join(ROOM_ACTIVITY)
                .on(ROOM_ACTIVITY.ROOM_ID.eq(MEMBERSHIPS.ROOM_ID))
                .where(MEMBERSHIPS.USER_ID.eq(""));
    }

    @Override
    public List<Activity> rooms(UserId member) {
        return rooms.ask(
                rows -> {
                    List<Activity> activities = new ArrayList<>();
                    while (rows.next()) {
                        activities.add(activity(rows));
                    }
                    return activities;
                },
                member.value());
    }
}
