package dev.chatlist.adapter.persistence;

import static dev.chatlist.adapter.persistence.jooq.Tables.MEMBERSHIPS;
import static dev.chatlist.adapter.persistence.jooq.Tables.MESSAGES;
import static dev.chatlist.adapter.persistence.jooq.Tables.ROOMS;
import static dev.chatlist.adapter.persistence.jooq.Tables.ROOM_ACTIVITY;
import static dev.chatlist.adapter.persistence.jooq.Tables.USERS;
import static java.util.Objects.requireNonNull;

import dev.chatlist.adapter.persistence.jooq.tables.Users;
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
import dev.chatlist.domain.User.SocialAccount;
import dev.chatlist.domain.UserId;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import javax.sql.DataSource;
import org.jooq.DSLContext;
import org.jooq.Field;
import org.jooq.Name;
import org.jooq.ResultQuery;
import org.jooq.SelectField;
import org.jooq.Table;
import org.jooq.impl.DSL;
import org.jspecify.annotations.Nullable;

/**
 * Reads chats as they are in the database: two statements at most, whatever their number. The rooms of a page come from
 * {@link Pages}.
 *
 * <p>The two needn't share a transaction. Each takes only rooms that are still at the version asked for, and a version
 * stands for one content for ever; so what both of them find belongs together, and to the page.
 */
final class JooqChatDirectory implements ChatSource {
    private static final Users CREATOR = USERS.as("creator");

    private final Pages pages;
    private final Query chats;
    private final Query members;
    private final Query roomIds;

    JooqChatDirectory(DataSource connections, DSLContext jooq, Pages pages) {
        this.pages = pages;
        chats = Query.of(connections, jooq, "read chats", selectChats());
        members = Query.of(connections, jooq, "read members", selectMembers());
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
    public List<Chat> chats(List<RoomVersion> rooms, KnownMembers known) {
        if (rooms.isEmpty()) {
            return List.of();
        }
        List<Memberless> found = chats.ask(rows -> memberless(rows, rooms), ids(rooms), versions(rooms));
        Map<RoomId, List<User>> membersOf = new HashMap<>();
        List<RoomVersion> unknown = new ArrayList<>();
        for (Memberless chat : found) {
            List<User> members = known.of(chat.version, chat.membersVersion);
            if (members == null) {
                unknown.add(chat.version);
            } else {
                membersOf.put(chat.room.id(), members);
            }
        }
        if (!unknown.isEmpty()) {
            membersOf.putAll(members.ask(rows -> members(rows, unknown), ids(unknown), versions(unknown)));
        }
        // A room that has changed between the two statements is in the first only, and left out.
        return found.stream()
                .filter(chat -> membersOf.containsKey(chat.room.id()))
                .map(chat -> chat.with(requireNonNull(membersOf.get(chat.room.id()))))
                .toList();
    }

    private static String[] ids(List<RoomVersion> rooms) {
        return rooms.stream().map(room -> room.roomId().value()).toArray(String[]::new);
    }

    private static Long[] versions(List<RoomVersion> rooms) {
        return rooms.stream().map(RoomVersion::version).toArray(Long[]::new);
    }

    /** Room, creator and latest message of each room that is at the version asked for. */
    private static ResultQuery<?> selectChats() {
        return DSL.select(Asked.POSITION, ROOM_ACTIVITY.MEMBERS_VERSION)
                .select(room())
                .select(user(CREATOR))
                .select(message())
                .from(Asked.UNCHANGED)
                .join(ROOMS)
                .on(ROOMS.ROOM_ID.eq(ROOM_ACTIVITY.ROOM_ID))
                .leftJoin(CREATOR)
                .on(CREATOR.USER_ID.eq(ROOMS.CREATOR_ID))
                .leftJoin(MESSAGES)
                .on(MESSAGES.ID.eq(ROOM_ACTIVITY.LATEST_MESSAGE_ID))
                .orderBy(Asked.POSITION);
    }

    private static List<Memberless> memberless(Query.Rows rows, List<RoomVersion> asked) throws SQLException {
        List<Memberless> chats = new ArrayList<>();
        while (rows.next()) {
            // The id of whoever asks, who keeps it as well.
            RoomVersion version = asked.get((int) rows.number() - 1);
            long membersVersion = rows.number();
            Room room = room(rows, version.roomId());
            User creator = user(rows, room.creatorId());
            chats.add(new Memberless(version, membersVersion, room, creator, message(rows, room.id())));
        }
        return chats;
    }

    /**
     * All of a chat but its members.
     *
     * @param membersVersion since which version they have been the same
     */
    private record Memberless(
            RoomVersion version,
            long membersVersion,
            Room room,
            User creator,
            @Nullable Message latest) {
        Chat with(List<User> members) {
            return new Chat(room, creator, members, latest);
        }
    }

    /** The members of each room that is at the version asked for; one row without a member where there are none. */
    private static ResultQuery<?> selectMembers() {
        return DSL.select(Asked.POSITION, MEMBERSHIPS.USER_ID)
                .select(user(USERS))
                .from(Asked.UNCHANGED)
                .leftJoin(MEMBERSHIPS)
                .on(MEMBERSHIPS.ROOM_ID.eq(ROOM_ACTIVITY.ROOM_ID))
                .leftJoin(USERS)
                .on(USERS.USER_ID.eq(MEMBERSHIPS.USER_ID))
                .orderBy(Asked.POSITION, MEMBERSHIPS.JOINED_AT, MEMBERSHIPS.USER_ID);
    }

    /** A user in several rooms is one object in all. */
    private static Map<RoomId, List<User>> members(Query.Rows rows, List<RoomVersion> asked) throws SQLException {
        Map<RoomId, List<User>> members = new HashMap<>();
        Map<String, User> seen = new HashMap<>();
        while (rows.next()) {
            RoomId room = asked.get((int) rows.number() - 1).roomId();
            List<User> ofRoom = members.computeIfAbsent(room, first -> new ArrayList<>());
            String id = rows.textOrNull();
            if (id != null) {
                User user = seen.get(id);
                if (user == null) {
                    user = user(rows, new UserId(id));
                    seen.put(id, user);
                }
                ofRoom.add(user);
            }
        }
        return members;
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

    private static List<SelectField<?>> user(Users users) {
        return List.of(
                users.NICK_NAME,
                users.STATUS,
                users.ETH_WALLET_ADDRESS,
                users.ENS_NAME,
                users.OPENSEA_USERNAME,
                users.OPENSEA_AVATAR,
                users.TWITTER_USERNAME,
                users.TWITTER_AVATAR,
                users.DISCORD_USERNAME,
                users.DISCORD_AVATAR,
                users.FACEBOOK_USERNAME,
                users.FACEBOOK_AVATAR,
                users.INSTAGRAM_USERNAME,
                users.INSTAGRAM_AVATAR,
                users.CREATED_AT);
    }

    /** A blank one where there is no profile: a replica may get a membership before its user. */
    private static User user(Query.Rows row, UserId id) throws SQLException {
        String nickName = row.textOrNull();
        if (nickName == null) {
            row.skip(14);
            return User.removed(id);
        }
        return new User(
                id,
                nickName,
                row.text(),
                row.text(),
                row.text(),
                account(row),
                account(row),
                account(row),
                account(row),
                account(row),
                row.number());
    }

    private static SocialAccount account(Query.Rows row) throws SQLException {
        String username = row.text();
        String avatar = row.text();
        return username.isEmpty() && avatar.isEmpty() ? SocialAccount.NONE : new SocialAccount(username, avatar);
    }

    private static List<SelectField<?>> message() {
        return List.of(
                MESSAGES.ID,
                MESSAGES.FROM_UID,
                MESSAGES.MSG_TYPE,
                MESSAGES.MSG_CONTENTS,
                MESSAGES.BELONG_TO_THREAD_ID,
                MESSAGES.IS_THREAD,
                MESSAGES.REPLY_TO_MSG_ID,
                MESSAGES.OPENSEA_ITEM_CONTRACT_ADDRESS,
                MESSAGES.OPENSEA_ITEM_NAME,
                MESSAGES.OPENSEA_ITEM_IMAGE_URL,
                // No id holds a line's end.
                DSL.field("array_to_string({0}, E'\\n')", String.class, MESSAGES.AT_USER_IDS),
                MESSAGES.CREATED_AT);
    }

    private static @Nullable Message message(Query.Rows row, RoomId room) throws SQLException {
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

    /** The rooms asked for, in the order asked: two parameters, so one statement text for any number. */
    private static final class Asked {
        private static final Name NAME = DSL.name("asked");
        private static final Table<?> TABLE = DSL.table(
                        "unnest({0}::text[], {1}::bigint[]) with ordinality",
                        DSL.val(new String[0]), DSL.val(new Long[0]))
                .as(NAME, DSL.name("room_id"), DSL.name("version"), DSL.name("position"));

        static final Field<Long> POSITION = DSL.field(DSL.name(NAME, DSL.name("position")), Long.class);

        /** Those that are still at the version asked for. */
        static final Table<?> UNCHANGED = TABLE.join(ROOM_ACTIVITY)
                .on(ROOM_ACTIVITY.ROOM_ID.eq(DSL.field(DSL.name(NAME, DSL.name("room_id")), String.class)))
                .and(ROOM_ACTIVITY.VERSION.eq(DSL.field(DSL.name(NAME, DSL.name("version")), Long.class)));
    }
}
