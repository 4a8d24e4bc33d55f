package dev.chatlist.adapter.persistence;

import static dev.chatlist.adapter.persistence.sql.jooq.Tables.MEMBERSHIPS;
import static dev.chatlist.adapter.persistence.sql.jooq.Tables.MESSAGES;
import static dev.chatlist.adapter.persistence.sql.jooq.Tables.ROOMS;
import static dev.chatlist.adapter.persistence.sql.jooq.Tables.ROOM_ACTIVITY;
import static dev.chatlist.adapter.persistence.sql.jooq.Tables.USERS;
import static java.util.Objects.requireNonNull;

import dev.chatlist.adapter.persistence.sql.ProfileText;
import dev.chatlist.adapter.persistence.sql.jooq.tables.Messages;
import dev.chatlist.adapter.persistence.sql.jooq.tables.Users;
import dev.chatlist.application.RoomVersion;
import dev.chatlist.domain.Chat;
import dev.chatlist.domain.Message;
import dev.chatlist.domain.Message.OpenseaItem;
import dev.chatlist.domain.MessageId;
import dev.chatlist.domain.PageRequest;
import dev.chatlist.domain.Room;
import dev.chatlist.domain.Room.OpenseaCollection;
import dev.chatlist.domain.RoomId;
import dev.chatlist.domain.User;
import dev.chatlist.domain.UserId;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import javax.sql.DataSource;
import org.jooq.Condition;
import org.jooq.DSLContext;
import org.jooq.Field;
import org.jooq.Name;
import org.jooq.Record1;
import org.jooq.ResultQuery;
import org.jooq.Select;
import org.jooq.SelectField;
import org.jooq.Table;
import org.jooq.impl.DSL;
import org.jspecify.annotations.Nullable;

/**
 * Reads chats as they are in the database: in one statement, whatever their number and whatever that of their members.
 * The rooms of a page come from {@link Pages}.
 */
final class JooqChatDirectory implements ChatSource {
    private static final Users CREATOR = USERS.as("creator");

    private static final Field<String> MEMBER_PROFILES = DSL.field(DSL.name("profiles"), String.class);
    private static final Field<Boolean> CREATOR_IS_MEMBER = DSL.field(DSL.name("creator_is_member"), Boolean.class);

    /** No version is as low. */
    private static final long UNKNOWN = -1;

    private final Pages pages;
    private final Query chats;
    private final Query roomIds;

    JooqChatDirectory(DataSource connections, DSLContext jooq, Pages pages) {
        this.pages = pages;
        chats = Query.of(connections, jooq, "read chats", selectChats());
        roomIds = Query.of(
                connections,
                jooq,
                "read room ids",
                DSL.select(MEMBERSHIPS.ROOM_ID)
                        .from(MEMBERSHIPS)
                        .where(MEMBERSHIPS.USER_ID.eq(""))
                        .orderBy(MEMBERSHIPS.ROOM_ID));
    }

    @Override
    public List<RoomVersion> page(UserId member, PageRequest request) {
        return pages.page(member, request);
    }

    @Override
    public List<RoomId> roomIds(UserId member) {
        return roomIds.ask(
                rows -> {
                    List<RoomId> ids = new ArrayList<>();
                    while (rows.next()) {
                        ids.add(new RoomId(rows.text()));
                    }
                    return ids;
                },
                member.value());
    }

    @Override
    public List<Chat> chats(List<RoomVersion> rooms, Map<RoomId, Earlier> earlier) {
        if (rooms.isEmpty()) {
            return List.of();
        }
        return chats.ask(
                rows -> {
                    List<Chat> found = new ArrayList<>(rooms.size());
                    while (rows.next()) {
                        // The id of whoever asks, who keeps it as well.
                        RoomId room = rooms.get((int) rows.number() - 1).roomId();
                        found.add(chat(rows, room, earlier.get(room)));
                    }
                    return found;
                },
                rooms.stream().map(room -> room.roomId().value()).toArray(String[]::new),
                rooms.stream().map(RoomVersion::version).toArray(Long[]::new),
                rooms.stream()
                        .map(room -> knownSince(earlier.get(room.roomId())))
                        .toArray(Long[]::new));
    }

    private static long knownSince(@Nullable Earlier earlier) {
        return earlier == null ? UNKNOWN : earlier.version();
    }

    /** Each room that is at the version asked for, with all that its chat shows. */
    private static ResultQuery<?> selectChats() {
        return DSL.select(Asked.POSITION)
                .select(room())
                .select(DSL.field(Asked.KNOWS_MEMBERS), MEMBER_PROFILES, DSL.field(creatorWhoIsNoMember()))
                .select(message(MESSAGES))
                .from(Asked.UNCHANGED)
                .join(ROOMS)
                .on(ROOMS.ROOM_ID.eq(ROOM_ACTIVITY.ROOM_ID))
                .leftJoin(DSL.lateral(members()).as("members"))
                .on(DSL.trueCondition())
                .leftJoin(MESSAGES)
                .on(MESSAGES.ID.eq(ROOM_ACTIVITY.LATEST_MESSAGE_ID))
                .orderBy(Asked.POSITION);
    }

    /**
     * The profiles of a room's members, one after the other in a single value: some 360 rows for a page would cost both
     * sides more than what is in them. PostgreSQL's values end at 1 GB, some million members. Null for a room without
     * members, and where they are known.
     */
    private static Table<?> members() {
        Field<String> profiles = DSL.field(
                "string_agg({0}, '' order by {1}, {2})",
                String.class,
                // Without a user's row, which a replica may get after the membership, the profile is blank.
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
                .andNot(Asked.KNOWS_MEMBERS)
                .asTable();
    }

    /** Most are, and their profiles needn't be looked for twice. Null too where the creator is known or removed. */
    private static Select<Record1<String>> creatorWhoIsNoMember() {
        return DSL.select(CREATOR.PROFILE)
                .from(CREATOR)
                .where(CREATOR.USER_ID.eq(ROOMS.CREATOR_ID))
                .andNot(Asked.KNOWS_MEMBERS)
                .and(DSL.coalesce(CREATOR_IS_MEMBER, DSL.inline(false)).isFalse());
    }

    private static Chat chat(Query.Rows row, RoomId id, @Nullable Earlier earlier) throws SQLException {
        Room room = room(row, id);
        boolean knowsMembers = row.flag();
        List<User> members = ProfileText.users(row.bytes());
        List<User> creator = ProfileText.users(row.bytes());
        Message latest = message(row, id);
        if (knowsMembers) {
            Earlier known = requireNonNull(earlier);
            return new Chat(room, known.creator(), known.members(), latest);
        }
        return new Chat(room, creatorOf(room, creator.isEmpty() ? members : creator), members, latest);
    }

    private static User creatorOf(Room room, List<User> candidates) {
        return candidates.stream()
                .filter(user -> user.id().equals(room.creatorId()))
                .findFirst()
                .orElseGet(() -> User.removed(room.creatorId()));
    }

    private static List<SelectField<?>> room() {
        return List.of(
                ROOMS.NAME,
                ROOMS.DESCRIPTION,
                ROOMS.CREATOR_ID,
                ROOMS.IS_1V1,
                ROOMS.IS_OPENSEA_COLL,
                ROOMS.OPENSEA_COLL_NAME,
                ROOMS.OPENSEA_COLL_COVER,
                ROOMS.OPENSEA_COLL_SLUG,
                ROOMS.CREATED_AT);
    }

    private static Room room(Query.Rows row, RoomId id) throws SQLException {
        return new Room(
                id,
                row.text(),
                row.text(),
                new UserId(row.text()),
                row.flag(),
                row.flag(),
                openseaCollection(row),
                row.number());
    }

    private static OpenseaCollection openseaCollection(Query.Rows row) throws SQLException {
        OpenseaCollection collection = new OpenseaCollection(row.text(), row.text(), row.text());
        return collection.equals(OpenseaCollection.NONE) ? OpenseaCollection.NONE : collection;
    }

    /** What {@link #message} reads. */
    static List<SelectField<?>> message(Messages messages) {
        return List.of(
                messages.ID,
                messages.FROM_UID,
                messages.MSG_TYPE,
                messages.MSG_CONTENTS,
                messages.BELONG_TO_THREAD_ID,
                messages.IS_THREAD,
                messages.REPLY_TO_MSG_ID,
                messages.OPENSEA_ITEM_CONTRACT_ADDRESS,
                messages.OPENSEA_ITEM_NAME,
                messages.OPENSEA_ITEM_IMAGE_URL,
                // No id holds a line's end.
                DSL.field("array_to_string({0}, E'\\n')", String.class, messages.AT_USER_IDS),
                messages.CREATED_AT);
    }

    static @Nullable Message message(Query.Rows row, RoomId room) throws SQLException {
        String id = row.textOrNull();
        if (id == null) {
            return null;
        }
        return new Message(
                new MessageId(id),
                room,
                new UserId(row.text()),
                // One of a few words, on every message.
                row.text().intern(),
                row.text(),
                row.text(),
                row.flag(),
                row.text(),
                openseaItem(row),
                row.text().lines().map(UserId::new).toList(),
                row.number());
    }

    private static OpenseaItem openseaItem(Query.Rows row) throws SQLException {
        OpenseaItem item = new OpenseaItem(row.text(), row.text(), row.text());
        return item.equals(OpenseaItem.NONE) ? OpenseaItem.NONE : item;
    }

    /** The rooms asked for, in the order asked: three parameters, so one statement text for any number. */
    private static final class Asked {
        private static final Name NAME = DSL.name("asked");
        private static final Table<?> TABLE = DSL.table(
                        "unnest({0}::text[], {1}::bigint[], {2}::bigint[]) with ordinality",
                        DSL.val(new String[0]), DSL.val(new Long[0]), DSL.val(new Long[0]))
                .as(NAME, DSL.name("room_id"), DSL.name("version"), DSL.name("known_since"), DSL.name("position"));

        static final Field<Long> POSITION = field("position", Long.class);

        /** Those that are still at the version asked for. */
        static final Table<?> UNCHANGED = TABLE.join(ROOM_ACTIVITY)
                .on(ROOM_ACTIVITY.ROOM_ID.eq(field("room_id", String.class)))
                .and(ROOM_ACTIVITY.VERSION.eq(field("version", Long.class)));

        /** Whether the members are as they were when whoever asks knew them. */
        static final Condition KNOWS_MEMBERS = ROOM_ACTIVITY.DETAILS_VERSION.le(field("known_since", Long.class));

        private static <T> Field<T> field(String column, Class<T> type) {
            return DSL.field(DSL.name(NAME, DSL.name(column)), type);
        }
    }
}
