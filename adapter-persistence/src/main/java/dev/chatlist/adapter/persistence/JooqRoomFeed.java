package dev.chatlist.adapter.persistence;

import static dev.chatlist.adapter.persistence.jooq.Tables.MEMBERSHIPS;
import static dev.chatlist.adapter.persistence.jooq.Tables.MEMBERSHIP_CHANGES;
import static dev.chatlist.adapter.persistence.jooq.Tables.ROOM_ACTIVITY;

import dev.chatlist.adapter.persistence.jooq.tables.MembershipChanges;
import dev.chatlist.adapter.persistence.jooq.tables.RoomActivity;
import dev.chatlist.application.RoomVersion;
import dev.chatlist.domain.RoomId;
import dev.chatlist.domain.UserId;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.jooq.CommonTableExpression;
import org.jooq.DSLContext;
import org.jooq.Field;
import org.jooq.Param;
import org.jooq.ResultQuery;
import org.jooq.Table;
import org.jooq.impl.DSL;

/**
 * Asks {@code room_activity} and {@code membership_changes} what transactions have written that an earlier snapshot
 * didn't see: see V3__feed.sql.
 */
final class JooqRoomFeed implements RoomFeed {
    /** From then on, transactions may be gone from membership_changes: a half of what its trigger keeps. */
    private static final long MAX_TRANSACTIONS = 1_000_000;

    private static final String ROOM = "room";
    private static final String MEMBERSHIP = "membership";
    private static final String UNTOLD = "untold";

    private static final int SNAPSHOT_COLUMNS = 2;
    private static final Field<String> SNAPSHOT = DSL.field("pg_current_snapshot()::text", String.class);
    private static final Field<Boolean> IS_REPLICA = DSL.field("pg_is_in_recovery()", Boolean.class);

    private static final Field<Long> XMAX =
            DSL.field("pg_snapshot_xmax(pg_current_snapshot())::text::bigint", Long.class);

    /** Of a range of transactions that a snapshot didn't see. */
    private static final Field<Long> FIRST = DSL.field(DSL.name("first"), Long.class);

    private static final Field<Long> BEYOND = DSL.field(DSL.name("beyond"), Long.class);

    private static final RoomActivity CHANGED = ROOM_ACTIVITY.as("changed");
    private static final MembershipChanges NOTED = MEMBERSHIP_CHANGES.as("noted");

    private final int maxChanges;
    private final Query now;
    private final Query changes;
    private final Query rooms;

    /** @param maxChanges how many are told one by one */
    JooqRoomFeed(DataSource connections, DSLContext jooq, int maxChanges) {
        this.maxChanges = maxChanges;
        now = Query.of(connections, jooq, "read a snapshot", DSL.select(SNAPSHOT, IS_REPLICA));
        changes = Query.of(connections, jooq, "read changes", selectChanges(maxChanges));
        rooms = Query.of(connections, jooq, "read a user's rooms", selectRooms());
    }

    @Override
    public Snapshot now() {
        return now.ask(rows -> {
            rows.next();
            return snapshot(rows);
        });
    }

    /** Most often nothing has, and a snapshot alone says so for a third of what looking for changes takes. */
    @Override
    public Changes changes(Snapshot since) {
        if (now().seesNoMoreThan(since)) {
            return new Changes(since, List.of());
        }
        Long[] first = Stream.concat(since.inProgress().stream(), Stream.of(since.next()))
                .toArray(Long[]::new);
        Long[] beyond = Stream.concat(since.inProgress().stream().map(one -> one + 1), Stream.of(Long.MAX_VALUE))
                .toArray(Long[]::new);
        return changes.ask(rows -> changes(rows, since), first, beyond);
    }

    /**
     * One row for each change, and one without where there are none. No transaction that is seen is as young as the
     * new snapshot's xmax: a row that says so was restored from another server, and has been there all the time.
     */
    private static ResultQuery<?> selectChanges(int maxChanges) {
        Table<?> asked = DSL.table("unnest({0}::bigint[], {1}::bigint[])", DSL.val(new Long[0]), DSL.val(new Long[0]))
                .as("asked", "first", "beyond");
        CommonTableExpression<?> unseen = DSL.name("unseen")
                .fields("first", "beyond")
                .as(DSL.select(FIRST, DSL.least(BEYOND, XMAX)).from(asked));
        Param<Integer> limit = DSL.inline(maxChanges + 1);
        Table<?> changed = DSL.select(
                        DSL.inline(ROOM).as("kind"),
                        CHANGED.ROOM_ID,
                        CHANGED.VERSION,
                        CHANGED.LAST_ACTIVITY,
                        DSL.inline((String) null).as("user_id"),
                        DSL.inline((Boolean) null).as("is_member"))
                .from(unseen)
                .crossJoin(
                        written(ROOM_ACTIVITY, ROOM_ACTIVITY.CHANGED_IN, limit).as(CHANGED))
                .unionAll(DSL.select(
                                DSL.when(NOTED.USER_ID.isNull(), DSL.inline(UNTOLD))
                                        .otherwise(DSL.inline(MEMBERSHIP)),
                                NOTED.ROOM_ID,
                                ROOM_ACTIVITY.VERSION,
                                ROOM_ACTIVITY.LAST_ACTIVITY,
                                NOTED.USER_ID,
                                DSL.field(MEMBERSHIPS.USER_ID.isNotNull()))
                        .from(unseen)
                        .crossJoin(written(MEMBERSHIP_CHANGES, MEMBERSHIP_CHANGES.CHANGED_IN, limit)
                                .as(NOTED))
                        .leftJoin(ROOM_ACTIVITY)
                        .on(ROOM_ACTIVITY.ROOM_ID.eq(NOTED.ROOM_ID))
                        .leftJoin(MEMBERSHIPS)
                        .on(MEMBERSHIPS.USER_ID.eq(NOTED.USER_ID))
                        .and(MEMBERSHIPS.ROOM_ID.eq(NOTED.ROOM_ID)))
                .limit(limit)
                .asTable("changed");
        return DSL.with(unseen)
                .select(SNAPSHOT, IS_REPLICA)
                .select(changed.fields())
                .from(DSL.selectOne().asTable("one"))
                .leftJoin(changed)
                .on(DSL.trueCondition());
    }

    /** Rows by unseen transactions. In the order of an index, so that the planner takes it, however large the table. */
    private static Table<?> written(Table<?> table, Field<Long> changedIn, Param<Integer> limit) {
        return DSL.lateral(DSL.selectFrom(table)
                .where(changedIn.ge(FIRST))
                .and(changedIn.lt(BEYOND))
                .orderBy(changedIn)
                .limit(limit));
    }

    private Changes changes(Query.Rows rows, Snapshot since) throws SQLException {
        List<Change> changes = new ArrayList<>();
        rows.next();
        Snapshot snapshot = snapshot(rows);
        // A server that is further back is another one, which took over without the last of the transactions.
        boolean isTold = snapshot.next() >= since.next() && snapshot.next() - since.oldest() < MAX_TRANSACTIONS;
        String kind = rows.textOrNull();
        while (kind != null) {
            switch (kind) {
                case ROOM -> changes.add(activity(rows));
                case MEMBERSHIP -> changes.add(membership(rows));
                default -> isTold = false;
            }
            kind = rows.next() ? rows.skip(SNAPSHOT_COLUMNS).text() : null;
        }
        return new Changes(snapshot, isTold && changes.size() <= maxChanges ? changes : null);
    }

    private static Snapshot snapshot(Query.Rows row) throws SQLException {
        return Snapshot.parse(row.text(), row.flag());
    }

    private static Activity activity(Query.Rows row) throws SQLException {
        return new Activity(new RoomVersion(new RoomId(row.text()), row.number()), row.number());
    }

    private static Membership membership(Query.Rows row) throws SQLException {
        Activity activity = activity(row);
        return new Membership(new UserId(row.text()), activity, row.flag());
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
