package dev.chatlist.adapter.persistence.sql;

import static dev.chatlist.adapter.persistence.sql.jooq.Tables.MEMBERSHIPS;
import static dev.chatlist.adapter.persistence.sql.jooq.Tables.ROOM_ACTIVITY;

import dev.chatlist.adapter.persistence.sql.ChangeFeed.Activity;
import dev.chatlist.adapter.persistence.sql.PreparedQuery.Rows;
import dev.chatlist.adapter.persistence.sql.jooq.tables.RoomActivity;
import dev.chatlist.application.AnswerTooLargeException;
import dev.chatlist.application.ChatDirectory;
import dev.chatlist.application.RoomVersion;
import dev.chatlist.domain.Chat;
import dev.chatlist.domain.PageRequest;
import dev.chatlist.domain.RoomId;
import dev.chatlist.domain.UserId;
import java.util.List;
import java.util.Map;
import org.jooq.Record3;
import org.jooq.SelectJoinStep;
import org.jooq.impl.DSL;

/** The chat directory that reads everything from the database, every time. Each method is one statement. */
public final class SqlDirectory implements ChatDirectory {
    /** An id of usual length as an object, and as the driver receives it. */
    private static final int BYTES_PER_ROOM_ID = 200;

    private static final RoomActivity ACTIVITY = ROOM_ACTIVITY.as("activity");

    private final PreparedQuery page;
    private final PreparedQuery rooms;
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
    private static SelectJoinStep<Record3<String, Long, Long>> selectRooms() {
        return DSL.select(ACTIVITY.ROOM_ID, ACTIVITY.VERSION, ACTIVITY.LAST_ACTIVITY)
                .from(MEMBERSHIPS.crossJoin(DSL.lateral(DSL.selectFrom(ROOM_ACTIVITY)
                                .where(ROOM_ACTIVITY.ROOM_ID.eq(MEMBERSHIPS.ROOM_ID))
                                .limit(DSL.inline(1)))
                        .as(ACTIVITY)));
    }
}
