package dev.chatlist.adapter.persistence.sql;

import static dev.chatlist.adapter.persistence.sql.jooq.Tables.MEMBERSHIPS;
import static dev.chatlist.adapter.persistence.sql.jooq.Tables.MESSAGES;
import static dev.chatlist.adapter.persistence.sql.jooq.Tables.ROOMS;
import static dev.chatlist.adapter.persistence.sql.jooq.Tables.ROOM_ACTIVITY;
import static dev.chatlist.adapter.persistence.sql.jooq.Tables.USERS;

import dev.chatlist.adapter.persistence.sql.jooq.tables.Messages;
import dev.chatlist.adapter.persistence.sql.jooq.tables.RoomActivity;
import dev.chatlist.adapter.persistence.sql.jooq.tables.Rooms;
import dev.chatlist.adapter.persistence.sql.jooq.tables.Users;
import java.util.List;
import java.util.stream.Stream;
import org.jooq.Condition;
import org.jooq.Field;
import org.jooq.Name;
import org.jooq.Record;
import org.jooq.Record1;
import org.jooq.Record2;
import org.jooq.ResultQuery;
import org.jooq.Select;
import org.jooq.SelectConditionStep;
import org.jooq.SelectLimitStep;
import org.jooq.SelectWhereStep;
import org.jooq.Table;
import org.jooq.impl.DSL;
import org.jspecify.annotations.Nullable;

/**
 * The statements of {@link ChatReader}, for whole chats and for excerpts. All take the requested rooms as three arrays:
 * ids, versions, and the versions at which the caller knows the members.
 *
 * <p>A chat's memory is estimated: a part for the chat, for each member, and for each byte of text.
 */
final class ChatQueries {
    private static final Users CREATOR = USERS.as("creator");
    private static final RoomActivity ACTIVITY = ROOM_ACTIVITY.as("activity");
    private static final Rooms ROOM = ROOMS.as("room");
    private static final Messages LATEST = MESSAGES.as("latest");
    private static final Users PROFILE_OWNER = USERS.as("profile_owner");

    static final int SMALL_ROOM = 200;

    static final int BYTES_PER_CHAT = 600;
    static final int BYTES_PER_MEMBER = 450;
    private static final int BYTES_PER_MENTION = 100;

    /** Bytes for two bytes of text. */
    static final int BYTES_PER_TWO = 5;

    private static final String MEMBER = "member";
    private static final Condition IN_ROOM = MEMBERSHIPS.ROOM_ID.eq(ACTIVITY.ROOM_ID);
    private static final Field<String> PROFILES = DSL.field(DSL.name("profiles"), String.class);
    private static final Field<Boolean> CREATOR_IS_MEMBER = DSL.field(DSL.name("creator_is_member"), Boolean.class);
    private static final Field<Long> MEMBERS = DSL.field(DSL.name("member_count"), Long.class);
    private static final Field<Long> PROFILE_BYTES = DSL.field(DSL.name("profile_bytes"), Long.class);

    private static final List<Field<String>> TEXTS = List.of(
            ROOM.NAME,
            ROOM.DESCRIPTION,
            ROOM.OPENSEA_COLL_NAME,
            ROOM.OPENSEA_COLL_COVER,
            ROOM.OPENSEA_COLL_SLUG,
            LATEST.MSG_TYPE,
            LATEST.MSG_CONTENTS,
            LATEST.BELONG_TO_THREAD_ID,
            LATEST.REPLY_TO_MSG_ID,
            LATEST.OPENSEA_ITEM_CONTRACT_ADDRESS,
            LATEST.OPENSEA_ITEM_NAME,
            LATEST.OPENSEA_ITEM_IMAGE_URL);

    private ChatQueries() {}

    /**
     * Reads the rooms that have the requested version and aren't too large. The parameters after the rooms are {@link
     * ChatReader#tooManyMembers}, twice, and {@link ChatReader#longestText}. No more members than that are read, and no
     * sums are made, which would take a sixth of the statement's time.
     */
    static ResultQuery<?> selectChats() {
        return chatsWith(first(DSL.val(0L)).asTable(MEMBER))
                .where(MEMBERS.lt(DSL.val(0L)))
                .and(longest().le(DSL.val(0L)))
                .orderBy(Requested.POSITION);
    }

    /**
     * Like {@link #selectChats}, but a room that isn't small has only the members that an excerpt may show. The parameters
     * after the rooms are the limit, the viewer, and {@link ChatReader#longestText}.
     */
    static ResultQuery<?> selectExcerpts() {
        return chatsWith(shownMembers()).where(longest().le(DSL.val(0L))).orderBy(Requested.POSITION);
    }

    private static SelectWhereStep<?> chatsWith(Table<?> members) {
        return DSL.select(Requested.POSITION, ACTIVITY.MEMBERS.cast(Long.class))
                .select(ChatColumns.ofRoom(ROOM))
                .select(DSL.field(Requested.MEMBERS_ARE_KNOWN), PROFILES, DSL.field(creatorOutsideTheRoom()))
                .select(ChatColumns.ofMessage(LATEST))
                .from(roomsWith(profiles(members)));
    }

    private static Field<Long> longest() {
        Field<?>[] lengths = Stream.concat(Stream.of(PROFILES), TEXTS.stream())
                .map(DSL::octetLength)
                .toArray(Field<?>[]::new);
        return DSL.function("greatest", Long.class, lengths);
    }

    /** Reads how many of the requested rooms have the requested version, and the memory that they take. */
    static ResultQuery<?> selectSizes() {
        return sizesWith(members(IN_ROOM).asTable(MEMBER));
    }

    /** Like {@link #selectSizes}, for {@link #selectExcerpts}. The parameters after the rooms are the limit and the viewer. */
    static ResultQuery<?> selectExcerptSizes() {
        return sizesWith(shownMembers());
    }

    private static ResultQuery<?> sizesWith(Table<?> members) {
        return DSL.select(
                        DSL.count().cast(Long.class),
                        DSL.coalesce(DSL.sum(bytes()), DSL.inline(0)).cast(Long.class))
                .from(roomsWith(profileBytes(members)));
    }

    private static Field<Long> bytes() {
        Field<Long> textBytes = TEXTS.stream()
                .map(text -> DSL.coalesce(DSL.octetLength(text), DSL.inline(0)).cast(Long.class))
                .reduce(DSL.coalesce(PROFILE_BYTES, DSL.inline(0L)), Field::plus);
        return textBytes
                .times(DSL.inline(BYTES_PER_TWO))
                .div(DSL.inline(2))
                .plus(MEMBERS.times(DSL.inline(BYTES_PER_MEMBER)))
                .plus(DSL.coalesce(DSL.cardinality(LATEST.AT_USER_IDS), DSL.inline(0))
                        .times(DSL.inline(BYTES_PER_MENTION)))
                .plus(DSL.inline(BYTES_PER_CHAT));
    }

    /** The limit keeps the planner from reading the whole table to join it, which it prefers while tables are empty. */
    private static <R extends Record> Table<R> byIndex(SelectLimitStep<R> oneRow) {
        return DSL.lateral(oneRow.limit(DSL.inline(1)));
    }

    private static Table<?> roomsWith(Select<?> members) {
        return Requested.AT_THAT_VERSION
                .crossJoin(byIndex(DSL.selectFrom(ROOMS).where(ROOMS.ROOM_ID.eq(ACTIVITY.ROOM_ID)))
                        .as(ROOM))
                .leftJoin(byIndex(DSL.selectFrom(MESSAGES).where(MESSAGES.ID.eq(ACTIVITY.LATEST_MESSAGE_ID)))
                        .as(LATEST))
                .on(DSL.trueCondition())
                .leftJoin(DSL.lateral(members).as("members"))
                .on(DSL.trueCondition());
    }

    /**
     * All profiles of a room in one value: a page has some 360 members, and a row for each would cost both sides more
     * than its contents. PostgreSQL limits a value to 1 GB, about a million members. Null for a room without members,
     * and where the caller has them already.
     */
    private static Select<?> profiles(Table<?> members) {
        Field<String> userId = members.field(MEMBERSHIPS.USER_ID);
        Field<String> profiles = DSL.field(
                "string_agg({0}, '' order by {1}, {2})",
                String.class,
                DSL.coalesce(PROFILE_OWNER.PROFILE, ProfileText.blank(userId)),
                members.field(MEMBERSHIPS.JOINED_AT),
                userId);
        return DSL.select(
                        profiles.as(PROFILES),
                        DSL.boolOr(userId.eq(ROOM.CREATOR_ID)).as(CREATOR_IS_MEMBER),
                        DSL.count().cast(Long.class).as(MEMBERS))
                .from(members)
                .leftJoin(profileOwner(userId))
                .on(DSL.trueCondition());
    }

    private static Select<?> profileBytes(Table<?> members) {
        Field<Integer> bytes = DSL.octetLength(DSL.coalesce(PROFILE_OWNER.PROFILE, DSL.inline("")));
        return DSL.select(
                        DSL.sum(bytes).cast(Long.class).as(PROFILE_BYTES),
                        DSL.count().cast(Long.class).as(MEMBERS))
                .from(members)
                .leftJoin(profileOwner(members.field(MEMBERSHIPS.USER_ID)))
                .on(DSL.trueCondition());
    }

    private static Table<?> profileOwner(@Nullable Field<String> userId) {
        return byIndex(DSL.selectFrom(USERS).where(USERS.USER_ID.eq(userId))).as(PROFILE_OWNER);
    }

    /** The first members, the viewer and the author of the latest message; all of a small room. */
    private static Table<?> shownMembers() {
        Condition isLarge = ACTIVITY.MEMBERS.gt(DSL.inline(SMALL_ROOM));
        Condition isAlwaysShown =
                DSL.condition("{0} = ANY (ARRAY[{1}, {2}]::text[])", MEMBERSHIPS.USER_ID, DSL.val(""), LATEST.FROM_UID);
        // With an equality, the planner takes the index by room, and looks at all of its members.
        Condition isMember = MEMBERSHIPS.ROOM_ID.between(ACTIVITY.ROOM_ID, ACTIVITY.ROOM_ID);
        return first(DSL.when(isLarge, DSL.val(0L)).otherwise(DSL.inline((long) SMALL_ROOM)))
                .union(members(isMember).and(isLarge).and(isAlwaysShown))
                .asTable(MEMBER);
    }

    private static Select<Record2<String, Long>> first(Field<Long> limit) {
        return members(IN_ROOM)
                .orderBy(MEMBERSHIPS.JOINED_AT, MEMBERSHIPS.USER_ID)
                .limit(limit);
    }

    private static SelectConditionStep<Record2<String, Long>> members(Condition inRoom) {
        return DSL.select(MEMBERSHIPS.USER_ID, MEMBERSHIPS.JOINED_AT)
                .from(MEMBERSHIPS)
                .where(inRoom)
                .andNot(Requested.MEMBERS_ARE_KNOWN);
    }

    /**
     * Null where the creator is among the members, is known to the caller, or has no row, which happens on a replica.
     */
    private static Select<Record1<String>> creatorOutsideTheRoom() {
        return DSL.select(CREATOR.PROFILE)
                .from(CREATOR)
                .where(CREATOR.USER_ID.eq(ROOM.CREATOR_ID))
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

        static final Table<?> AT_THAT_VERSION = TABLE.crossJoin(byIndex(DSL.selectFrom(ROOM_ACTIVITY)
                        .where(ROOM_ACTIVITY.ROOM_ID.eq(field("room_id", String.class)))
                        .and(ROOM_ACTIVITY.VERSION.eq(field("version", Long.class))))
                .as(ACTIVITY));

        /** Only messages are newer than the members that the caller has. */
        static final Condition MEMBERS_ARE_KNOWN = ACTIVITY.DETAILS_VERSION.le(field("known_at", Long.class));

        private static <T> Field<T> field(String column, Class<T> type) {
            return DSL.field(DSL.name(NAME, DSL.name(column)), type);
        }
    }
}
