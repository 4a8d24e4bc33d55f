package dev.chatlist.adapter.persistence;

import static dev.chatlist.adapter.persistence.sql.jooq.Tables.MEMBERSHIPS;
import static dev.chatlist.adapter.persistence.sql.jooq.Tables.MEMBERSHIP_CHANGES;
import static dev.chatlist.adapter.persistence.sql.jooq.Tables.MESSAGES;
import static dev.chatlist.adapter.persistence.sql.jooq.Tables.ROOM_ACTIVITY;
import static java.util.Objects.requireNonNull;

import dev.chatlist.adapter.persistence.sql.jooq.tables.MembershipChanges;
import dev.chatlist.adapter.persistence.sql.jooq.tables.Messages;
import dev.chatlist.adapter.persistence.sql.jooq.tables.RoomActivity;
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
 * didn't see: see R__derivation.sql. While nobody commits anything, a snapshot alone says so and costs less; while somebody
 * does, one statement tells the snapshot and what it sees, and whether there is anything to ask about memberships.
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

    /** The snapshot, whether it is a replica's, and the latest membership: the same in each row. */
    private static final int SEEN_COLUMNS = 3;

    private static final RoomActivity CHANGED = ROOM_ACTIVITY.as("changed");
    private static final Messages LATEST = MESSAGES.as("latest");
    private static final MembershipChanges NOTED = MEMBERSHIP_CHANGES.as("noted");

    private final int maxChanges;
    private final Query now;
    private final Query changes;
    private final Query memberships;
    private final Query rooms;

    /** Whether nothing had changed when it was last asked: then a snapshot alone is likely to say so again. */
    private volatile boolean isQuiet;

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
        if (isQuiet && now().seesNoMoreThan(since)) {
            return Changes.none(since);
        }
        Object[] unseen = {
            Stream.concat(since.inProgress().stream(), Stream.of(since.next())).toArray(Long[]::new),
            Stream.concat(since.inProgress().stream().map(one -> one + 1), Stream.of(Long.MAX_VALUE))
                    .toArray(Long[]::new)
        };
        News news = changes.ask(News::of, unseen);
        Snapshot now = news.snapshot;
        isQuiet = now.seesNoMoreThan(since);
        if (isQuiet) {
            return Changes.none(since);
        }
        // A server that is further back is another one, which took over without the last of the transactions. One that
        // was promoted just now may say so beside a snapshot of before, in which what is in progress is missing.
        if (now.next() < since.next()
                || now.next() - since.oldest() >= MAX_TRANSACTIONS
                || (since.isReplica() && !now.isReplica())) {
            return Changes.untold(now);
        }
        // No membership changes without its room, so most often nobody has to look for any. Who does sees more than the
        // snapshot did, and what they see beyond that is told again next time.
        boolean isTold =
                news.latestMembership < since.oldest() || memberships.ask(rows -> memberships(rows, news.told), unseen);
        return isTold && news.told.size() <= maxChanges
                ? new Changes(now, news.told, news.posted)
                : Changes.untold(now);
    }

    /**
     * The snapshot and the transaction of the latest change of a membership, in at least a row; the rooms and, if that is
     * all there is to know, messages.
     */
    private static ResultQuery<?> selectChanges(int limit) {
        Field<Long> latestMembership = DSL.field(DSL.select(MEMBERSHIP_CHANGES.CHANGED_IN)
                .from(MEMBERSHIP_CHANGES)
                .orderBy(MEMBERSHIP_CHANGES.CHANGED_IN.desc())
                .limit(DSL.inline(1)));
        // The limit keeps the planner from reading all messages to join them.
        Table<?> latest = DSL.lateral(DSL.selectFrom(MESSAGES)
                .where(MESSAGES.ID.eq(CHANGED.LATEST_MESSAGE_ID))
                .and(CHANGED.DETAILS_VERSION.lt(CHANGED.VERSION))
                .and(DSL.octetLength(MESSAGES.MSG_CONTENTS)
                        .plus(DSL.octetLength(MESSAGES.OPENSEA_ITEM_IMAGE_URL))
                        .plus(DSL.cardinality(MESSAGES.AT_USER_IDS).times(DSL.inline(MENTION_BYTES)))
                        .le(DSL.inline(MAX_TOLD_BYTES)))
                .limit(DSL.inline(1)));
        Table<?> seen = DSL.select(SNAPSHOT, IS_REPLICA, latestMembership)
                .asTable("seen", "snapshot", "is_replica", "latest_membership");
        Table<?> changed = written(ROOM_ACTIVITY, ROOM_ACTIVITY.CHANGED_IN, limit);
        Table<?> told = UNSEEN.crossJoin(changed.as(CHANGED))
                .leftJoin(latest.as(LATEST))
                .on(DSL.trueCondition());
        return DSL.select(seen.fields())
                .select(CHANGED.ROOM_ID, CHANGED.VERSION, CHANGED.LAST_ACTIVITY, CHANGED.DETAILS_VERSION)
                .select(JooqChatDirectory.message(LATEST))
                .from(seen.leftJoin(told).on(DSL.trueCondition()))
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

    /** Returns whether all could be told. */
    private static boolean memberships(Query.Rows rows, List<Change> told) throws SQLException {
        while (rows.next()) {
            String room = rows.textOrNull();
            if (room == null) {
                return false;
            }
            Activity activity = activity(room, rows);
            told.add(new Membership(new UserId(rows.text()), activity, rows.flag()));
        }
        return true;
    }

    private static Activity activity(String room, Query.Rows row) throws SQLException {
        return new Activity(new RoomVersion(new RoomId(room), row.number()), row.number());
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
                        activities.add(activity(rows.text(), rows));
                    }
                    return activities;
                },
                member.value());
    }

    /**
     * What the question of the changes was answered.
     *
     * @param latestMembership the transaction of the latest change of a membership, 0 if there is none
     */
    private record News(Snapshot snapshot, long latestMembership, List<Change> told, List<Posted> posted) {
        static News of(Query.Rows rows) throws SQLException {
            News news = null;
            while (rows.next()) {
                if (news == null) {
                    Snapshot snapshot = Snapshot.parse(rows.text(), rows.flag());
                    news = new News(snapshot, rows.number(), new ArrayList<>(), new ArrayList<>());
                } else {
                    rows.skip(SEEN_COLUMNS);
                }
                String room = rows.textOrNull();
                if (room != null) {
                    news.add(activity(room, rows), rows);
                }
            }
            return requireNonNull(news, "at least a row");
        }

        private void add(Activity activity, Query.Rows rows) throws SQLException {
            told.add(activity);
            long since = rows.number();
            Message latest = JooqChatDirectory.message(rows, activity.room().roomId());
            if (latest != null) {
                posted.add(new Posted(activity.room(), since, latest));
            }
        }
    }
}
