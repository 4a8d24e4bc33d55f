package dev.chatlist.adapter.persistence;

import static dev.chatlist.adapter.persistence.Database.unlessUnavailable;
import static dev.chatlist.adapter.persistence.jooq.Tables.MEMBERSHIPS;
import static dev.chatlist.adapter.persistence.jooq.Tables.MESSAGES;
import static dev.chatlist.adapter.persistence.jooq.Tables.ROOMS;
import static dev.chatlist.adapter.persistence.jooq.Tables.ROOM_ACTIVITY;
import static dev.chatlist.adapter.persistence.jooq.Tables.USERS;

import dev.chatlist.adapter.persistence.jooq.tables.Users;
import dev.chatlist.application.ChatDirectory;
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
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jooq.Condition;
import org.jooq.DSLContext;
import org.jooq.Field;
import org.jooq.Record;
import org.jooq.Table;
import org.jooq.impl.DSL;
import org.jspecify.annotations.Nullable;

/**
 * Reads chat lists: one statement for a page, two for its chats, whatever their number.
 *
 * <p>The two needn't share a transaction. Each takes only rooms that are still at the version asked for, and a version
 * stands for one content for ever; so what both of them find belongs together, and to the page.
 */
final class JooqChatDirectory implements ChatDirectory {
    private static final Users CREATOR = USERS.as("creator");

    private final DSLContext jooq;

    JooqChatDirectory(DSLContext jooq) {
        this.jooq = jooq;
    }

    @Override
    public List<RoomVersion> page(UserId member, PageRequest request) {
        return unlessUnavailable(
                "read a page",
                () -> jooq.select(ROOM_ACTIVITY.ROOM_ID, ROOM_ACTIVITY.VERSION)
                        .from(MEMBERSHIPS)
                        .join(ROOM_ACTIVITY)
                        .on(ROOM_ACTIVITY.ROOM_ID.eq(MEMBERSHIPS.ROOM_ID))
                        .where(MEMBERSHIPS.USER_ID.eq(member.value()))
                        .orderBy(ROOM_ACTIVITY.LAST_ACTIVITY.desc(), ROOM_ACTIVITY.ROOM_ID.desc())
                        .limit(request.size())
                        .offset(request.offset())
                        .fetch(row -> new RoomVersion(new RoomId(row.value1()), row.value2())));
    }

    @Override
    public List<Chat> chats(List<RoomVersion> rooms) {
        if (rooms.isEmpty()) {
            return List.of();
        }
        return unlessUnavailable("read chats", () -> {
            Asked asked = Asked.of(rooms);
            Map<String, List<User>> members = members(asked);
            return jooq.select(ROOMS.fields())
                    .select(CREATOR.fields())
                    .select(MESSAGES.fields())
                    .from(asked.table())
                    .join(ROOM_ACTIVITY)
                    .on(asked.unchanged())
                    .join(ROOMS)
                    .on(ROOMS.ROOM_ID.eq(ROOM_ACTIVITY.ROOM_ID))
                    .leftJoin(CREATOR)
                    .on(CREATOR.USER_ID.eq(ROOMS.CREATOR_ID))
                    .leftJoin(MESSAGES)
                    .on(MESSAGES.ID.eq(ROOM_ACTIVITY.LATEST_MESSAGE_ID))
                    .orderBy(asked.position())
                    .fetchStream()
                    .flatMap(row -> chat(row, members.get(row.get(ROOMS.ROOM_ID))))
                    .toList();
        });
    }

    @Override
    public List<RoomId> roomIds(UserId member) {
        return unlessUnavailable(
                "read room ids",
                () -> jooq.select(MEMBERSHIPS.ROOM_ID)
                        .from(MEMBERSHIPS)
                        .where(MEMBERSHIPS.USER_ID.eq(member.value()))
                        .orderBy(MEMBERSHIPS.ROOM_ID)
                        .fetch(row -> new RoomId(row.value1())));
    }

    /** The members of each room that is at the version asked for; a user in several rooms is one object in all. */
    private Map<String, List<User>> members(Asked asked) {
        Map<String, List<User>> members = new HashMap<>();
        Map<String, User> seen = new HashMap<>();
        jooq.select(ROOM_ACTIVITY.ROOM_ID, MEMBERSHIPS.USER_ID)
                .select(USERS.fields())
                .from(asked.table())
                .join(ROOM_ACTIVITY)
                .on(asked.unchanged())
                .leftJoin(MEMBERSHIPS)
                .on(MEMBERSHIPS.ROOM_ID.eq(ROOM_ACTIVITY.ROOM_ID))
                .leftJoin(USERS)
                .on(USERS.USER_ID.eq(MEMBERSHIPS.USER_ID))
                .orderBy(asked.position(), MEMBERSHIPS.JOINED_AT, MEMBERSHIPS.USER_ID)
                .forEach(row -> {
                    List<User> ofRoom =
                            members.computeIfAbsent(row.get(ROOM_ACTIVITY.ROOM_ID), room -> new ArrayList<>());
                    String userId = row.get(MEMBERSHIPS.USER_ID);
                    if (userId != null) {
                        ofRoom.add(seen.computeIfAbsent(userId, id -> user(row, USERS, id)));
                    }
                });
        return members;
    }

    private static Stream<Chat> chat(Record row, @Nullable List<User> members) {
        if (members == null) {
            return Stream.empty();
        }
        User creator = user(row, CREATOR, row.get(ROOMS.CREATOR_ID));
        return Stream.of(new Chat(room(row), creator, members, message(row)));
    }

    private static Room room(Record row) {
        return new Room(
                new RoomId(row.get(ROOMS.ROOM_ID)),
                row.get(ROOMS.NAME),
                row.get(ROOMS.DESCRIPTION),
                new UserId(row.get(ROOMS.CREATOR_ID)),
                row.get(ROOMS.IS_1V1),
                row.get(ROOMS.IS_OPENSEA_COLL),
                new OpenseaCollection(
                        row.get(ROOMS.OPENSEA_COLL_NAME),
                        row.get(ROOMS.OPENSEA_COLL_COVER),
                        row.get(ROOMS.OPENSEA_COLL_SLUG)),
                row.get(ROOMS.CREATED_AT));
    }

    /** The profile that was joined as {@code users}; a blank one where there was none to join. */
    private static User user(Record row, Users users, String id) {
        if (row.get(users.USER_ID) == null) {
            return User.removed(new UserId(id));
        }
        return new User(
                new UserId(id),
                row.get(users.NICK_NAME),
                row.get(users.STATUS),
                row.get(users.ETH_WALLET_ADDRESS),
                row.get(users.ENS_NAME),
                new SocialAccount(row.get(users.OPENSEA_USERNAME), row.get(users.OPENSEA_AVATAR)),
                new SocialAccount(row.get(users.TWITTER_USERNAME), row.get(users.TWITTER_AVATAR)),
                new SocialAccount(row.get(users.DISCORD_USERNAME), row.get(users.DISCORD_AVATAR)),
                new SocialAccount(row.get(users.FACEBOOK_USERNAME), row.get(users.FACEBOOK_AVATAR)),
                new SocialAccount(row.get(users.INSTAGRAM_USERNAME), row.get(users.INSTAGRAM_AVATAR)),
                row.get(users.CREATED_AT));
    }

    private static @Nullable Message message(Record row) {
        if (row.get(MESSAGES.ID) == null) {
            return null;
        }
        return new Message(
                new MessageId(row.get(MESSAGES.ID)),
                new RoomId(row.get(MESSAGES.TO_ROOM_ID)),
                new UserId(row.get(MESSAGES.FROM_UID)),
                row.get(MESSAGES.MSG_TYPE),
                row.get(MESSAGES.MSG_CONTENTS),
                row.get(MESSAGES.BELONG_TO_THREAD_ID),
                row.get(MESSAGES.IS_THREAD),
                row.get(MESSAGES.REPLY_TO_MSG_ID),
                new OpenseaItem(
                        row.get(MESSAGES.OPENSEA_ITEM_CONTRACT_ADDRESS),
                        row.get(MESSAGES.OPENSEA_ITEM_NAME),
                        row.get(MESSAGES.OPENSEA_ITEM_IMAGE_URL)),
                Stream.of(row.get(MESSAGES.AT_USER_IDS)).map(UserId::new).toList(),
                row.get(MESSAGES.CREATED_AT));
    }

    /** The rooms asked for, as a table in the order asked; two parameters, so one statement text for any number. */
    private record Asked(Table<?> table) {
        static Asked of(List<RoomVersion> rooms) {
            String[] ids = rooms.stream().map(room -> room.roomId().value()).toArray(String[]::new);
            Long[] versions = rooms.stream().map(RoomVersion::version).toArray(Long[]::new);
            return new Asked(DSL.table("unnest({0}, {1}) with ordinality", DSL.val(ids), DSL.val(versions))
                    .as("asked", "room_id", "version", "position"));
        }

        Condition unchanged() {
            return ROOM_ACTIVITY
                    .ROOM_ID
                    .eq(DSL.field(DSL.name("asked", "room_id"), String.class))
                    .and(ROOM_ACTIVITY.VERSION.eq(DSL.field(DSL.name("asked", "version"), Long.class)));
        }

        Field<Long> position() {
            return DSL.field(DSL.name("asked", "position"), Long.class);
        }
    }
}
