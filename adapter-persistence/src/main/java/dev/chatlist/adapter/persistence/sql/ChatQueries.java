package dev.chatlist.adapter.persistence.sql;

import static dev.chatlist.adapter.persistence.sql.jooq.Tables.MEMBERSHIPS;
import static dev.chatlist.adapter.persistence.sql.jooq.Tables.MESSAGES;
import static dev.chatlist.adapter.persistence.sql.jooq.Tables.ROOMS;
import static dev.chatlist.adapter.persistence.sql.jooq.Tables.ROOM_ACTIVITY;
import static dev.chatlist.adapter.persistence.sql.jooq.Tables.USERS;

import dev.chatlist.adapter.persistence.sql.jooq.tables.Users;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jooq.Condition;
import org.jooq.Field;
import org.jooq.Name;
import org.jooq.Record1;
import org.jooq.ResultQuery;
import org.jooq.Select;
import org.jooq.SelectConditionStep;
import org.jooq.SelectField;
import org.jooq.Table;
import org.jooq.impl.DSL;

/**
 * The statements of {@link SqlDirectory} that read chats. Both take the requested rooms as three arrays: ids, versions,
 * and the versions at which the caller knows the members.
 *
 * <p>They estimate how much memory each chat takes, so that a page that is too large isn't read: a fixed part for the
 * chat, another for each member, and for each byte of text a share of the driver's copy and of the objects.
 */
final class ChatQueries {
    private static final Users CREATOR = USERS.as("creator");

    private static final int BYTES_PER_CHAT = 600;
    private static final int BYTES_PER_MEMBER = 450;
    private static final int BYTES_PER_MENTION = 100;

    /** Bytes for two bytes of text. */
    private static final int BYTES_PER_TWO = 5;

    private static final Field<String> PROFILES = DSL.field(DSL.name("profiles"), String.class);
    private static final Field<Boolean> CREATOR_IS_MEMBER = DSL.field(DSL.name("creator_is_member"), Boolean.class);
    private static final Field<Long> MEMBERS = DSL.field(DSL.name("count"), Long.class);
    private static final Field<Long> PROFILE_BYTES = DSL.field(DSL.name("profile_bytes"), Long.class);

    private ChatQueries() {}

    /**
     * How many members of a room are read at most; one more than fit into the bytes. A room with so many members is
     * left out, whatever they look like.
     */
    static long maxMembers(long maxBytes) {
        return maxBytes / BYTES_PER_MEMBER + 1;
    }

    /**
     * Reads the rooms that have the requested version, in the requested order, until they take too much memory. The
     * parameters after the rooms are {@link #maxMembers} and the greatest number of bytes.
     */
    static ResultQuery<?> selectChats() {
        List<SelectField<?>> columns = new ArrayList<>(List.of(Requested.POSITION));
        columns.addAll(ChatColumns.ofRoom());
        columns.addAll(List.of(DSL.field(Requested.MEMBERS_ARE_KNOWN), PROFILES, DSL.field(creatorOutsideTheRoom())));
        columns.addAll(ChatColumns.ofMessage(MESSAGES));
        columns.add(DSL.sum(bytes(
                        DSL.coalesce(DSL.octetLength(PROFILES), DSL.inline(0)).cast(Long.class)))
                .over(DSL.orderBy(Requested.POSITION).rowsUnboundedPreceding()));
        // The rooms and the messages have columns of the same name.
        Table<?> read = DSL.select(columns)
                .from(roomsWith(profiles()))
                .asTable(
                        "read",
                        IntStream.range(0, columns.size())
                                .mapToObj(n -> "c" + n)
                                .toArray(String[]::new));
        Field<?> bytesSoFar = read.field(columns.size() - 1);
        return DSL.select(Stream.of(read.fields()).limit(columns.size() - 1L).toList())
                .from(read)
                .where(bytesSoFar.cast(Long.class).le(DSL.val(0L)))
                .orderBy(read.field(0));
    }

    /** Reads how many bytes the requested rooms take that have the requested version. */
    static ResultQuery<?> selectBytes() {
        return DSL.select(DSL.coalesce(DSL.sum(bytes(DSL.coalesce(PROFILE_BYTES, DSL.inline(0L)))), DSL.inline(0))
                        .cast(Long.class))
                .from(roomsWith(profileBytes()));
    }

    private static Table<?> roomsWith(Select<?> members) {
        return Requested.AT_THAT_VERSION
                .join(ROOMS)
                .on(ROOMS.ROOM_ID.eq(ROOM_ACTIVITY.ROOM_ID))
                .leftJoin(DSL.lateral(members).as("members"))
                .on(DSL.trueCondition())
                .leftJoin(MESSAGES)
                .on(MESSAGES.ID.eq(ROOM_ACTIVITY.LATEST_MESSAGE_ID));
    }

    private static Field<Long> bytes(Field<Long> profileBytes) {
        Field<Long> textBytes = Stream.concat(
                        Stream.of(
                                ROOMS.NAME,
                                ROOMS.DESCRIPTION,
                                ROOMS.OPENSEA_COLL_NAME,
                                ROOMS.OPENSEA_COLL_COVER,
                                ROOMS.OPENSEA_COLL_SLUG),
                        Stream.of(
                                MESSAGES.MSG_TYPE,
                                MESSAGES.MSG_CONTENTS,
                                MESSAGES.BELONG_TO_THREAD_ID,
                                MESSAGES.REPLY_TO_MSG_ID,
                                MESSAGES.OPENSEA_ITEM_CONTRACT_ADDRESS,
                                MESSAGES.OPENSEA_ITEM_NAME,
                                MESSAGES.OPENSEA_ITEM_IMAGE_URL))
                .map(text -> DSL.coalesce(DSL.octetLength(text), DSL.inline(0)).cast(Long.class))
                .reduce(profileBytes, Field::plus);
        return textBytes
                .times(DSL.inline(BYTES_PER_TWO))
                .div(DSL.inline(2))
                .plus(MEMBERS.times(DSL.inline(BYTES_PER_MEMBER)))
                .plus(DSL.coalesce(DSL.cardinality(MESSAGES.AT_USER_IDS), DSL.inline(0))
                        .times(DSL.inline(BYTES_PER_MENTION)))
                .plus(DSL.inline(BYTES_PER_CHAT));
    }

    /**
     * All profiles of a room in one value: a page has some 360 members, and a row for each would cost both sides more
     * than its contents. PostgreSQL limits a value to 1 GB, about a million members. Null for a room without members,
     * and where the caller has them already.
     */
    private static Select<?> profiles() {
        Table<?> members = members()
                .orderBy(MEMBERSHIPS.JOINED_AT, MEMBERSHIPS.USER_ID)
                .limit(DSL.val(0L))
                .asTable("member");
        Field<String> userId = members.field(MEMBERSHIPS.USER_ID);
        Field<String> profiles = DSL.field(
                "string_agg({0}, '' order by {1}, {2})",
                String.class,
                DSL.coalesce(USERS.PROFILE, ProfileText.blank(userId)),
                members.field(MEMBERSHIPS.JOINED_AT),
                userId);
        return DSL.select(
                        profiles.as(PROFILES),
                        DSL.boolOr(userId.eq(ROOMS.CREATOR_ID)).as(CREATOR_IS_MEMBER),
                        DSL.count().cast(Long.class).as(MEMBERS))
                .from(members)
                .leftJoin(USERS)
                .on(USERS.USER_ID.eq(userId));
    }

    private static Select<?> profileBytes() {
        Table<?> members = members().asTable("member");
        Field<Integer> bytes = DSL.octetLength(DSL.coalesce(USERS.PROFILE, DSL.inline("")));
        return DSL.select(
                        DSL.sum(bytes).cast(Long.class).as(PROFILE_BYTES),
                        DSL.count().cast(Long.class).as(MEMBERS))
                .from(members)
                .leftJoin(USERS)
                .on(USERS.USER_ID.eq(members.field(MEMBERSHIPS.USER_ID)));
    }

    private static SelectConditionStep<?> members() {
        return DSL.select(MEMBERSHIPS.USER_ID, MEMBERSHIPS.JOINED_AT)
                .from(MEMBERSHIPS)
                .where(MEMBERSHIPS.ROOM_ID.eq(ROOM_ACTIVITY.ROOM_ID))
                .andNot(Requested.MEMBERS_ARE_KNOWN);
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
