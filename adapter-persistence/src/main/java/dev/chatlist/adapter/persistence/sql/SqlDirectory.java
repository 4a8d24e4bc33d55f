package dev.chatlist.adapter.persistence.sql;

import static dev.chatlist.adapter.persistence.sql.jooq.Tables.MEMBERSHIPS;
import static dev.chatlist.adapter.persistence.sql.jooq.Tables.MESSAGES;
import static dev.chatlist.adapter.persistence.sql.jooq.Tables.ROOMS;
import static dev.chatlist.adapter.persistence.sql.jooq.Tables.ROOM_ACTIVITY;
import static dev.chatlist.adapter.persistence.sql.jooq.Tables.USERS;
import static java.util.Objects.requireNonNull;

import dev.chatlist.adapter.persistence.sql.ChangeFeed.Activity;
import dev.chatlist.adapter.persistence.sql.PreparedQuery.RowReader;
import dev.chatlist.adapter.persistence.sql.PreparedQuery.Rows;
import dev.chatlist.adapter.persistence.sql.jooq.tables.Users;
import dev.chatlist.application.ChatDirectory;
import dev.chatlist.application.RoomVersion;
import dev.chatlist.domain.Chat;
import dev.chatlist.domain.Message;
import dev.chatlist.domain.PageRequest;
import dev.chatlist.domain.Room;
import dev.chatlist.domain.RoomId;
import dev.chatlist.domain.User;
import dev.chatlist.domain.UserId;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jooq.Condition;
import org.jooq.Field;
import org.jooq.Name;
import org.jooq.Record1;
import org.jooq.Record3;
import org.jooq.ResultQuery;
import org.jooq.Select;
import org.jooq.SelectOnConditionStep;
import org.jooq.Table;
import org.jooq.impl.DSL;
import org.jspecify.annotations.Nullable;

/** The chat directory that reads everything from the database, every time. Each method is one statement. */
public final class SqlDirectory implements ChatDirectory {
    private static final Users CREATOR = USERS.as("creator");

    private static final Field<String> MEMBER_PROFILES = DSL.field(DSL.name("profiles"), String.class);
    private static final Field<Boolean> CREATOR_IS_MEMBER = DSL.field(DSL.name("creator_is_member"), Boolean.class);

    /** Below every version. */
    private static final long NO_VERSION = -1;

    private final PreparedQuery page;
    private final PreparedQuery rooms;
    private final PreparedQuery roomIds;
    private final PreparedQuery chats;

    public SqlDirectory(SchemaConnections connections) {
        page = connections.prepare(
                "read a page",
                selectRooms()
                        .where(MEMBERSHIPS.USER_ID.eq(""))
                        .orderBy(ROOM_ACTIVITY.LAST_ACTIVITY.desc(), ROOM_ACTIVITY.ROOM_ID.desc())
                        .limit(DSL.val(0L))
                        .offset(DSL.val(0L)));
        rooms = connections.prepare("read a user's rooms", selectRooms().where(MEMBERSHIPS.USER_ID.eq("")));
        roomIds = connections.prepare(
                "read room ids",
                DSL.select(MEMBERSHIPS.ROOM_ID)
                        .from(MEMBERSHIPS)
                        .where(MEMBERSHIPS.USER_ID.eq(""))
                        .orderBy(MEMBERSHIPS.ROOM_ID));
        chats = connections.prepare("read chats", selectChats());
    }

    /** Sorts all of the member's rooms, so it takes time in proportion to their number. */
    @Override
    public List<RoomVersion> page(UserId member, PageRequest request) {
        // jOOQ renders the offset before the limit.
        Read<Activity> sorted = page.ask(
                rows -> Read.of(rows, Activity::read), member.value(), request.offset(), (long) request.size());
        return sorted.rows().stream().map(Activity::room).toList();
    }

    /** All rooms of the member, in no particular order. */
    public Read<Activity> rooms(UserId member) {
        return rooms.ask(rows -> Read.of(rows, Activity::read), member.value());
    }

    /**
     * The rows of a statement.
     *
     * @param run the run of the server that they come from
     */
    public record Read<T>(String run, List<T> rows) {
        private static <T> Read<T> of(Rows rows, RowReader<T> row) throws SQLException {
            List<T> list = new ArrayList<>();
            while (rows.next()) {
                list.add(row.read(rows));
            }
            return new Read<>(rows.run(), list);
        }
    }

    @Override
    public List<RoomId> roomIds(UserId member) {
        return roomIds.ask(rows -> Read.of(rows, row -> new RoomId(row.text())), member.value())
                .rows();
    }

    @Override
    public List<Chat> chats(List<RoomVersion> rooms) {
        return rooms.isEmpty() ? List.of() : chats(rooms, Map.of()).rows();
    }

    /**
     * Like {@link #chats(List)}, but skips members that haven't changed since the caller read them. Members make
     * up most of a chat.
     *
     * @param known members of some of the rooms, each read at a version below the one asked for
     */
    public Read<Chat> chats(List<RoomVersion> rooms, Map<RoomId, KnownMembers> known) {
        return chats.ask(
                rows -> Read.of(rows, row -> {
                    // The caller's own RoomId, so that the cache holds one object.
                    RoomId room = rooms.get((int) row.number() - 1).roomId();
                    return chat(row, room, known.get(room));
                }),
                rooms.stream().map(room -> room.roomId().value()).toArray(String[]::new),
                rooms.stream().map(RoomVersion::version).toArray(Long[]::new),
                rooms.stream().map(room -> versionOf(known.get(room.roomId()))).toArray(Long[]::new));
    }

    /** A room's creator and members, read when the room was at a version. */
    public record KnownMembers(long version, User creator, List<User> members) {}

    private static long versionOf(@Nullable KnownMembers known) {
        return known == null ? NO_VERSION : known.version();
    }

    private static Chat chat(Rows row, RoomId id, @Nullable KnownMembers known) throws SQLException {
        Room room = ChatColumns.room(row, id);
        boolean membersAreKnown = row.flag();
        List<User> members = ProfileText.users(row.utf8());
        List<User> creator = ProfileText.users(row.utf8());
        Message latest = ChatColumns.message(row, id);
        if (membersAreKnown) {
            KnownMembers same = requireNonNull(known);
            return new Chat(room, same.creator(), same.members(), latest);
        }
        return new Chat(room, creatorOf(room, creator.isEmpty() ? members : creator), members, latest);
    }

    private static User creatorOf(Room room, List<User> candidates) {
        return candidates.stream()
                .filter(user -> user.id().equals(room.creatorId()))
                .findFirst()
                .orElseGet(() -> User.removed(room.creatorId()));
    }

    private static SelectOnConditionStep<Record3<String, Long, Long>> selectRooms() {
        return DSL.select(ROOM_ACTIVITY.ROOM_ID, ROOM_ACTIVITY.VERSION, ROOM_ACTIVITY.LAST_ACTIVITY)
                .from(MEMBERSHIPS)
                .join(ROOM_ACTIVITY)
                .on(ROOM_ACTIVITY.ROOM_ID.eq(MEMBERSHIPS.ROOM_ID));
    }

    private static ResultQuery<?> selectChats() {
        return DSL.select(Requested.POSITION)
                .select(ChatColumns.ofRoom())
                .select(DSL.field(Requested.MEMBERS_ARE_KNOWN), MEMBER_PROFILES, DSL.field(creatorOutsideTheRoom()))
                .select(ChatColumns.ofMessage(MESSAGES))
                .from(Requested.AT_THAT_VERSION)
                .join(ROOMS)
                .on(ROOMS.ROOM_ID.eq(ROOM_ACTIVITY.ROOM_ID))
                .leftJoin(DSL.lateral(members()).as("members"))
                .on(DSL.trueCondition())
                .leftJoin(MESSAGES)
                .on(MESSAGES.ID.eq(ROOM_ACTIVITY.LATEST_MESSAGE_ID))
                .orderBy(Requested.POSITION);
    }

    /**
     * All profiles of a room in one value: a page has some 360 members, and a row for each would cost both sides more
     * than its contents. PostgreSQL limits a value to 1 GB, about a million members. Null for a room without members,
     * and where the caller has them already.
     */
    private static Table<?> members() {
        Field<String> profiles = DSL.field(
                "string_agg({0}, '' order by {1}, {2})",
                String.class,
                DSL.coalesce(USERS.PROFILE, ProfileText.blank(MEMBERSHIPS.USER_ID)),
                MEMBERSHIPS.JOINED_AT,
                MEMBERSHIPS.USER_ID);
        return DSL.select(
                        profiles.as(MEMBER_PROFILES),
                        DSL.boolOr(MEMBERSHIPS.USER_ID.eq(ROOMS.CREATOR_ID)).as(CREATOR_IS_MEMBER))
                .from(MEMBERSHIPS)
                .leftJoin(USERS)
                .on(USERS.USER_ID.eq(MEMBERSHIPS.USER_ID))
                .where(MEMBERSHIPS.ROOM_ID.eq(ROOM_ACTIVITY.ROOM_ID))
                .andNot(Requested.MEMBERS_ARE_KNOWN)
                .asTable();
    }

    /**
     * Null where the creator is among the members, is known to the caller, or has no row, which happens on a replica.
     */
    private static Select<Record1<String>> creatorOutsideTheRoom() {
        return DSL.select(CREATOR.PROFILE)
                .from(CREATOR)
                .where(CREATOR.USER_ID.eq(ROOMS.CREATOR_ID))
                .andNot(Requested.MEMBERS_ARE_KNOWN)
                .and(DSL.coalesce(CREATOR_IS_MEMBER, DSL.inline(false)).isFalse());
    }

    /** The requested rooms, as three array parameters: one statement text for any number of rooms. */
    private static final class Requested {
        private static final Name NAME = DSL.name("requested");
        private static final Table<?> TABLE = DSL.table(
                        "unnest({0}::text[], {1}::bigint[], {2}::bigint[]) with ordinality",
                        DSL.val(new String[0]), DSL.val(new Long[0]), DSL.val(new Long[0]))
                .as(NAME, DSL.name("room_id"), DSL.name("version"), DSL.name("known_at"), DSL.name("position"));

        static final Field<Long> POSITION = field("position", Long.class);

        static final Table<?> AT_THAT_VERSION = TABLE.join(ROOM_ACTIVITY)
                .on(ROOM_ACTIVITY.ROOM_ID.eq(field("room_id", String.class)))
                .and(ROOM_ACTIVITY.VERSION.eq(field("version", Long.class)));

        /** Only messages are newer than the members that the caller has. */
        static final Condition MEMBERS_ARE_KNOWN = ROOM_ACTIVITY.DETAILS_VERSION.le(field("known_at", Long.class));

        private static <T> Field<T> field(String column, Class<T> type) {
            return DSL.field(DSL.name(NAME, DSL.name(column)), type);
        }
    }
}
