package dev.chatlist.adapter.persistence;

import static dev.chatlist.adapter.persistence.jooq.Tables.MEMBERSHIPS;
import static dev.chatlist.adapter.persistence.jooq.Tables.ROOM_ACTIVITY;
import static java.util.Objects.requireNonNull;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.chatlist.adapter.persistence.RoomOrder.Change;
import dev.chatlist.adapter.persistence.RoomOrder.Changes;
import dev.chatlist.adapter.persistence.RoomOrder.Place;
import dev.chatlist.application.RoomVersion;
import dev.chatlist.domain.PageRequest;
import dev.chatlist.domain.RoomId;
import dev.chatlist.domain.UserId;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;
import org.jooq.DSLContext;
import org.jooq.Field;
import org.jooq.ResultQuery;
import org.jooq.Table;
import org.jooq.impl.DSL;

/**
 * Which rooms are on a page, and at which version: the question of every request, asked of the database every time.
 *
 * <p>Most users' pages are joined and sorted when they are asked for, which costs in proportion to a user's rooms; pages
 * that are asked for at the same time share a statement. For users in more rooms than {@code ordinaryRooms} that would
 * take milliseconds, so the whole order of their rooms stays in memory, and what is asked every time is which rooms
 * have changed since the snapshot that it is from. The answer brings the order up to date, whatever has been written by
 * whomever, in whichever order transactions were committed: see V2__changes.sql.
 */
final class Pages {
    /** Beyond it a user's pages are kept in order; sorting as many rooms takes about half a millisecond. */
    static final int ORDINARY_ROOMS = 300;

    private static final int MAX_PAGES_TOGETHER = 32;

    /** While one is being answered, the next gathers questions; more would keep more of the database's cores busy. */
    private static final int MAX_UNDER_WAY = 4;

    /** A user's order with more changes than that is read anew. */
    private static final int MAX_CHANGES = 1_000;

    /** Of the statement's own snapshot; as scalar subqueries, which are evaluated once. */
    private static final Field<Long> SNAPSHOT_XMIN =
            DSL.field("(select pg_snapshot_xmin(pg_current_snapshot())::text::bigint)", Long.class);

    private static final Field<Long> SNAPSHOT_XMAX =
            DSL.field("(select pg_snapshot_xmax(pg_current_snapshot())::text::bigint)", Long.class);

    private final int ordinaryRooms;
    private final SharedRoundTrips<Asked, Answer> roundTrips;
    private final Query pages;
    private final Query order;
    private final Query changes;
    private final Cache<UserId, RoomOrder> orders;

    /**
     * @param ordinaryRooms in how many rooms a user may be whose pages are sorted when they are asked for
     * @param maxBytes how much of the heap to use for the others
     */
    Pages(DataSource connections, DSLContext jooq, int ordinaryRooms, long maxBytes) {
        this.ordinaryRooms = ordinaryRooms;
        roundTrips = new SharedRoundTrips<>(MAX_PAGES_TOGETHER, MAX_UNDER_WAY, this::answers);
        pages = Query.of(connections, jooq, "read pages", selectPages(ordinaryRooms));
        order = Query.of(connections, jooq, "read the order of rooms", selectOrder());
        changes = Query.of(connections, jooq, "read changed rooms", selectChanges());
        orders = Caffeine.newBuilder()
                .maximumWeight(maxBytes)
                .weigher((UserId user, RoomOrder kept) -> (int) Math.min(kept.bytes(), Integer.MAX_VALUE))
                .build();
    }

    List<RoomVersion> page(UserId member, PageRequest request) {
        RoomOrder kept = orders.getIfPresent(member);
        if (kept != null) {
            return current(member, kept).page(request);
        }
        // Past the rooms that the statement looks at, it couldn't tell an end from a user in very many rooms.
        if (request.offset() <= ordinaryRooms) {
            Answer answer = roundTrips.ask(new Asked(member, request));
            if (answer.rooms <= ordinaryRooms) {
                return answer.page;
            }
        }
        return keep(member, readOrder(member)).page(request);
    }

    /** For each page asked for, its rooms; with each of them, in how many rooms the user is, counted up to the limit. */
    private static ResultQuery<?> selectPages(int ordinaryRooms) {
        Table<?> asked = DSL.table(
                        "unnest({0}::text[], {1}::bigint[], {2}::bigint[]) with ordinality",
                        DSL.val(new String[0]), DSL.val(new Long[0]), DSL.val(new Long[0]))
                .as("asked", "user_id", "size", "skipped", "position");
        Field<Long> position = DSL.field(DSL.name("asked", "position"), Long.class);
        Table<?> mine = DSL.select(MEMBERSHIPS.ROOM_ID)
                .from(MEMBERSHIPS)
                .where(MEMBERSHIPS.USER_ID.eq(DSL.field(DSL.name("asked", "user_id"), String.class)))
                .limit(DSL.inline(ordinaryRooms + 1))
                .asTable("mine");
        Table<?> page = DSL.lateral(DSL.select(
                                ROOM_ACTIVITY.ROOM_ID,
                                ROOM_ACTIVITY.VERSION,
                                ROOM_ACTIVITY.LAST_ACTIVITY,
                                DSL.count().over().as("rooms"))
                        .from(mine)
                        .join(ROOM_ACTIVITY)
                        .on(ROOM_ACTIVITY.ROOM_ID.eq(mine.field(MEMBERSHIPS.ROOM_ID)))
                        .orderBy(ROOM_ACTIVITY.LAST_ACTIVITY.desc(), ROOM_ACTIVITY.ROOM_ID.desc())
                        .limit(DSL.field(DSL.name("asked", "size"), Long.class))
                        .offset(DSL.field(DSL.name("asked", "skipped"), Long.class)))
                .as("page");
        return DSL.select(
                        position,
                        page.field("rooms"),
                        page.field(ROOM_ACTIVITY.ROOM_ID),
                        page.field(ROOM_ACTIVITY.VERSION))
                .from(asked)
                .crossJoin(page)
                .orderBy(
                        position,
                        page.field(ROOM_ACTIVITY.LAST_ACTIVITY).desc(),
                        page.field(ROOM_ACTIVITY.ROOM_ID).desc());
    }

    private List<Answer> answers(List<Asked> asked) {
        return pages.ask(
                rows -> answers(asked.size(), rows),
                asked.stream().map(one -> one.member.value()).toArray(String[]::new),
                asked.stream().map(one -> (long) one.request.size()).toArray(Long[]::new),
                asked.stream().map(one -> one.request.offset()).toArray(Long[]::new));
    }

    private static List<Answer> answers(int count, Query.Rows rows) throws SQLException {
        List<Answer> answers = new ArrayList<>(count);
        for (int n = 0; n < count; n++) {
            answers.add(new Answer(0, List.of()));
        }
        Answer answer = null;
        long last = 0;
        while (rows.next()) {
            long position = rows.number();
            int roomsOfUser = (int) rows.number();
            if (position != last) {
                answer = new Answer(roomsOfUser, new ArrayList<>());
                answers.set((int) position - 1, answer);
                last = position;
            }
            requireNonNull(answer).page.add(roomVersion(rows));
        }
        return answers;
    }

    /** The order of a user's rooms, brought up to date by a question that comes after the caller did. */
    private RoomOrder current(UserId member, RoomOrder kept) {
        Changes since = changes.ask(Pages::changes, member.value(), kept.xmin());
        if (since.rooms().size() > MAX_CHANGES) {
            return keep(member, readOrder(member));
        }
        RoomOrder current = kept.with(since);
        if (current.size() > ordinaryRooms / 2) {
            // Unless another thread has been here meanwhile; what it left is as good.
            orders.asMap().replace(member, kept, current);
        } else {
            orders.invalidate(member);
        }
        return current;
    }

    private RoomOrder keep(UserId member, RoomOrder read) {
        if (read.size() > ordinaryRooms) {
            orders.put(member, read);
        }
        return read;
    }

    private RoomOrder readOrder(UserId member) {
        return order.ask(
                rows -> {
                    List<Place> places = new ArrayList<>();
                    long xmin = 0;
                    while (rows.next()) {
                        xmin = rows.number();
                        places.add(new Place(roomVersion(rows), rows.number()));
                    }
                    return new RoomOrder(places, xmin);
                },
                member.value());
    }

    private static ResultQuery<?> selectOrder() {
        return DSL.select(SNAPSHOT_XMIN, ROOM_ACTIVITY.ROOM_ID, ROOM_ACTIVITY.VERSION, ROOM_ACTIVITY.LAST_ACTIVITY)
                .from(MEMBERSHIPS)
                .join(ROOM_ACTIVITY)
                .on(ROOM_ACTIVITY.ROOM_ID.eq(MEMBERSHIPS.ROOM_ID))
                .where(MEMBERSHIPS.USER_ID.eq(""))
                .orderBy(ROOM_ACTIVITY.LAST_ACTIVITY.desc(), ROOM_ACTIVITY.ROOM_ID.desc());
    }

    /**
     * The rooms that changed since a snapshot, and whether the user is a member of each; one row without a room where
     * there are none. No transaction that is seen is as young as the new snapshot's xmax: a row that says so was
     * restored from another server, and has been there all the time.
     */
    private static ResultQuery<?> selectChanges() {
        Table<?> isMember = DSL.lateral(DSL.select(DSL.inline(true).as("is_member"))
                        .from(MEMBERSHIPS)
                        .where(MEMBERSHIPS.USER_ID.eq(""))
                        .and(MEMBERSHIPS.ROOM_ID.eq(ROOM_ACTIVITY.ROOM_ID))
                        // Keeps the planner from joining all of the user's memberships.
                        .limit(DSL.inline(1)))
                .as("membership");
        Table<?> changed = DSL.select(
                        ROOM_ACTIVITY.ROOM_ID,
                        ROOM_ACTIVITY.VERSION,
                        ROOM_ACTIVITY.LAST_ACTIVITY,
                        DSL.field(isMember.field("is_member", Boolean.class).isNotNull())
                                .as("is_member"))
                .from(ROOM_ACTIVITY)
                .leftJoin(isMember)
                .on(DSL.trueCondition())
                .where(ROOM_ACTIVITY.CHANGED_IN.ge(0L))
                .and(ROOM_ACTIVITY.CHANGED_IN.lt(SNAPSHOT_XMAX))
                .limit(DSL.inline(MAX_CHANGES + 1))
                .asTable("changed");
        return DSL.select(DSL.field(DSL.name("snapshot", "xmin"), Long.class))
                .select(changed.fields())
                .from(DSL.select(SNAPSHOT_XMIN.as("xmin")).asTable("snapshot"))
                .leftJoin(changed)
                .on(DSL.trueCondition());
    }

    private static Changes changes(Query.Rows rows) throws SQLException {
        List<Change> changes = new ArrayList<>();
        long xmin = 0;
        while (rows.next()) {
            xmin = rows.number();
            String room = rows.textOrNull();
            if (room != null) {
                RoomVersion version = new RoomVersion(new RoomId(room), rows.number());
                changes.add(new Change(new Place(version, rows.number()), rows.flag()));
            }
        }
        return Changes.of(changes, xmin);
    }

    private static RoomVersion roomVersion(Query.Rows row) throws SQLException {
        return new RoomVersion(new RoomId(row.text()), row.number());
    }

    private record Asked(UserId member, PageRequest request) {}

    /** @param rooms in how many rooms the user is, counted up to one more than is ordinary */
    private record Answer(int rooms, List<RoomVersion> page) {}
}
