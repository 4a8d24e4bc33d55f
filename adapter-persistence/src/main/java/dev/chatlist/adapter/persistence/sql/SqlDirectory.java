package dev.chatlist.adapter.persistence.sql;

import static dev.chatlist.adapter.persistence.sql.jooq.Tables.MEMBERSHIPS;
import static dev.chatlist.adapter.persistence.sql.jooq.Tables.ROOM_ACTIVITY;

import dev.chatlist.adapter.persistence.sql.ChangeFeed.Activity;
import dev.chatlist.adapter.persistence.sql.ChatReader.KnownMembers;
import dev.chatlist.adapter.persistence.sql.ChatReader.Viewer;
import dev.chatlist.adapter.persistence.sql.PreparedQuery.Rows;
import dev.chatlist.adapter.persistence.sql.Snapshot.Epoch;
import dev.chatlist.adapter.persistence.sql.SyncedRooms.UserRooms;
import dev.chatlist.adapter.persistence.sql.jooq.tables.RoomActivity;
import dev.chatlist.application.AnswerTooLargeException;
import dev.chatlist.application.RoomVersion;
import dev.chatlist.application.sync.RemovedRoom;
import dev.chatlist.application.sync.RemovedRoom.Reason;
import dev.chatlist.application.sync.SyncDirectory;
import dev.chatlist.application.sync.SyncRequest;
import dev.chatlist.application.sync.Synced;
import dev.chatlist.domain.Chat;
import dev.chatlist.domain.MembersLimit;
import dev.chatlist.domain.PageRequest;
import dev.chatlist.domain.RoomId;
import dev.chatlist.domain.UserId;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jooq.Record4;
import org.jooq.SelectJoinStep;
import org.jooq.Table;
import org.jooq.impl.DSL;
import org.jspecify.annotations.Nullable;

/** The chat directory that reads everything from the database, every time. Each method is one statement. */
public final class SqlDirectory implements SyncDirectory {
    /** An id of usual length as an object, and as the driver receives it. */
    private static final int BYTES_PER_ROOM_ID = 200;

    private static final RoomActivity ACTIVITY = ROOM_ACTIVITY.as("activity");

    private final PreparedQuery page;
    private final PreparedQuery rooms;
    private final PreparedQuery userRooms;
    private final PreparedQuery departures;
    private final PreparedQuery roomIds;
    private final PreparedQuery roomCount;
    private final ChatReader chats;

    public SqlDirectory(SchemaConnections connections) {
        page = connections.prepare(
                "read a page",
                selectRooms()
                        .where(MEMBERSHIPS.USER_ID.eq(""))
                        .orderBy(ACTIVITY.LAST_ACTIVITY.desc(), ACTIVITY.ROOM_ID.desc())
                        .limit(DSL.val(0L))
                        .offset(DSL.val(0L)));
        rooms = connections.prepare(
                "read a user's rooms",
                selectRooms().where(MEMBERSHIPS.USER_ID.eq("")).limit(DSL.val(0L)));
        Table<?> found =
                DSL.lateral(selectRooms().where(MEMBERSHIPS.USER_ID.eq(""))).as("found");
        userRooms = connections.prepare(
                "read a user's rooms",
                DSL.select().from(ChangeQueries.seen().leftJoin(found).on(DSL.trueCondition())));
        departures =
                connections.prepare("read a user's departures", ChangeQueries.selectDepartures(Synced.MAX_REMOVED + 1));
        roomIds = connections.prepare(
                "read room ids",
                DSL.select(MEMBERSHIPS.ROOM_ID)
                        .from(MEMBERSHIPS)
                        .where(MEMBERSHIPS.USER_ID.eq(""))
                        .orderBy(MEMBERSHIPS.ROOM_ID)
                        .limit(DSL.val(0L)));
        roomCount = connections.prepare(
                "count rooms", DSL.selectCount().from(MEMBERSHIPS).where(MEMBERSHIPS.USER_ID.eq("")));
        chats = new ChatReader(connections);
    }

    /** Sorts all of the member's rooms, so it takes time in proportion to their number. */
    @Override
    public List<RoomVersion> page(UserId member, PageRequest request) {
        // jOOQ renders the offset before the limit.
        Read<Activity> sorted = page.ask(
                rows -> Read.of(rows, Activity::read), member.value(), request.offset(), (long) request.size());
        return sorted.rows().stream().map(Activity::room).toList();
    }

    /** The member's rooms, in no particular order, at most as many as the limit says. */
    public Read<Activity> rooms(UserId member, long limit) {
        return rooms.ask(rows -> Read.of(rows, Activity::read), member.value(), limit);
    }

    /** Reads and sorts all of the member's rooms. */
    @Override
    public Synced<RoomVersion> sync(UserId member, SyncRequest request) {
        UserRooms rooms = userRooms.ask(SqlDirectory::userRooms, member.value());
        Epoch epoch = rooms.asOf().epoch();
        return new SyncedRooms(
                        member, rooms, new SyncTokens(epoch), (user, seen) -> departures(user, seen, epoch.run()))
                .part(request);
    }

    private static UserRooms userRooms(Rows rows) throws SQLException {
        rows.next();
        Snapshot asOf = Snapshot.read(rows);
        long latestDeparture = rows.number();
        List<Activity> list = new ArrayList<>();
        String room = rows.textOrNull();
        while (room != null) {
            list.add(Activity.of(room, rows));
            boolean hasNext = rows.next();
            rows.skip(ChangeQueries.SEEN_COLUMNS);
            room = hasNext ? rows.textOrNull() : null;
        }
        list.sort(SyncedRooms.PAGE_ORDER);
        return new UserRooms(asOf, latestDeparture, list);
    }

    /**
     * The rooms that the user has left in transactions that a snapshot doesn't see. The user may have joined some again.
     *
     * @param run the run of the server that the list was read from
     * @return null if there are more than {@value Synced#MAX_REMOVED}, if some may have been forgotten, or if another
     *     run of the server answers
     */
    public @Nullable List<RemovedRoom> departures(UserId user, Snapshot seen, String run) {
        Object[] unseen = seen.unseen();
        return departures
                .ask(rows -> Optional.ofNullable(departures(rows, seen, run)), user.value(), unseen[0], unseen[1])
                .orElse(null);
    }

    private static @Nullable List<RemovedRoom> departures(Rows rows, Snapshot seen, String run) throws SQLException {
        List<RemovedRoom> left = new ArrayList<>();
        while (rows.next()) {
            long forgotten = rows.number();
            String room = rows.textOrNull();
            if (forgotten >= seen.oldestUnseen()
                    || left.size() == Synced.MAX_REMOVED
                    || !rows.run().equals(run)) {
                return null;
            }
            if (room != null) {
                left.add(new RemovedRoom(
                        new RoomId(room), Reason.valueOf(rows.text().toUpperCase(Locale.ROOT))));
            }
        }
        return left;
    }

    @Override
    public List<Chat> excerpts(UserId viewer, List<RoomVersion> rooms, MembersLimit limit, long maxBytes) {
        if (rooms.isEmpty()) {
            return List.of();
        }
        return excerpts(viewer, rooms, Map.of(), limit, maxBytes).rows().stream()
                .map(chat -> chat.excerpt(viewer, limit))
                .toList();
    }

    /** Like {@link #chats(List, Map, long)}, but a large room has only the members that an excerpt may show. */
    public Read<Chat> excerpts(
            UserId viewer,
            List<RoomVersion> rooms,
            Map<RoomId, KnownMembers> known,
            MembersLimit limit,
            long maxBytes) {
        return chats.read(rooms, known, new Viewer(viewer, limit), maxBytes);
    }

    @Override
    public List<RoomId> roomIds(UserId member, long maxBytes) {
        long limit = maxBytes / BYTES_PER_ROOM_ID;
        List<RoomId> ids = roomIds.ask(rows -> Read.of(rows, row -> new RoomId(row.text())), member.value(), limit + 1)
                .rows();
        if (ids.size() > limit) {
            long rooms = roomCount
                    .ask(rows -> Read.of(rows, Rows::number), member.value())
                    .rows()
                    .get(0);
            throw new AnswerTooLargeException(rooms * BYTES_PER_ROOM_ID);
        }
        return ids;
    }

    @Override
    public List<Chat> chats(List<RoomVersion> rooms, long maxBytes) {
        return rooms.isEmpty() ? List.of() : chats(rooms, Map.of(), maxBytes).rows();
    }

    /**
     * Like {@link #chats(List, long)}, but skips members that haven't changed since the caller read them. Members make
     * up most of a chat.
     *
     * @param known members of some of the rooms, each read at a version below the one asked for
     */
    public Read<Chat> chats(List<RoomVersion> rooms, Map<RoomId, KnownMembers> known, long maxBytes) {
        return chats.read(rooms, known, maxBytes);
    }

    /** The limit keeps the planner from reading all rooms to join them. */
    private static SelectJoinStep<Record4<String, Long, Long, Long>> selectRooms() {
        return DSL.select(ACTIVITY.ROOM_ID, ACTIVITY.VERSION, ACTIVITY.LAST_ACTIVITY, ACTIVITY.CHANGED_IN)
                .from(MEMBERSHIPS.crossJoin(DSL.lateral(DSL.selectFrom(ROOM_ACTIVITY)
                                .where(ROOM_ACTIVITY.ROOM_ID.eq(MEMBERSHIPS.ROOM_ID))
                                .limit(DSL.inline(1)))
                        .as(ACTIVITY)));
    }
}
