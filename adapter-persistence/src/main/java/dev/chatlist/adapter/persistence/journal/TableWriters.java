package dev.chatlist.adapter.persistence.journal;

import static dev.chatlist.adapter.persistence.sql.jooq.Tables.MEMBERSHIPS;
import static dev.chatlist.adapter.persistence.sql.jooq.Tables.MESSAGES;
import static dev.chatlist.adapter.persistence.sql.jooq.Tables.ROOMS;
import static dev.chatlist.adapter.persistence.sql.jooq.Tables.USERS;

import dev.chatlist.domain.ChatEvent.MemberJoined;
import dev.chatlist.domain.Message;
import dev.chatlist.domain.Room;
import dev.chatlist.domain.User;
import dev.chatlist.domain.UserId;

/** The columns that are written, table by table, each with the domain value that it stores. */
final class TableWriters {
    static final TableWriter<User> TO_USERS = TableWriter.<User>into(USERS)
            .key(USERS.USER_ID, user -> user.id().value())
            .set(USERS.NICK_NAME, User::nickName)
            .set(USERS.STATUS, User::status)
            .set(USERS.ETH_WALLET_ADDRESS, User::ethWalletAddress)
            .set(USERS.ENS_NAME, User::ensName)
            .set(USERS.OPENSEA_USERNAME, user -> user.opensea().username())
            .set(USERS.OPENSEA_AVATAR, user -> user.opensea().avatar())
            .set(USERS.TWITTER_USERNAME, user -> user.twitter().username())
            .set(USERS.TWITTER_AVATAR, user -> user.twitter().avatar())
            .set(USERS.DISCORD_USERNAME, user -> user.discord().username())
            .set(USERS.DISCORD_AVATAR, user -> user.discord().avatar())
            .set(USERS.FACEBOOK_USERNAME, user -> user.facebook().username())
            .set(USERS.FACEBOOK_AVATAR, user -> user.facebook().avatar())
            .set(USERS.INSTAGRAM_USERNAME, user -> user.instagram().username())
            .set(USERS.INSTAGRAM_AVATAR, user -> user.instagram().avatar())
            .set(USERS.CREATED_AT, User::createdAt);

    static final TableWriter<Room> TO_ROOMS = TableWriter.<Room>into(ROOMS)
            .key(ROOMS.ROOM_ID, room -> room.id().value())
            .set(ROOMS.NAME, Room::name)
            .set(ROOMS.DESCRIPTION, Room::description)
            .set(ROOMS.CREATOR_ID, room -> room.creatorId().value())
            .set(ROOMS.IS_1V1, Room::is1v1)
            .set(ROOMS.IS_OPENSEA_COLL, Room::isOpenseaColl)
            .set(ROOMS.OPENSEA_COLL_NAME, room -> room.openseaColl().name())
            .set(ROOMS.OPENSEA_COLL_COVER, room -> room.openseaColl().cover())
            .set(ROOMS.OPENSEA_COLL_SLUG, room -> room.openseaColl().slug())
            .set(ROOMS.CREATED_AT, Room::createdAt);

    /** A second join leaves the first time of joining in place. */
    static final TableWriter<MemberJoined> TO_MEMBERSHIPS = TableWriter.<MemberJoined>into(MEMBERSHIPS)
            .key(MEMBERSHIPS.USER_ID, joined -> joined.userId().value())
            .key(MEMBERSHIPS.ROOM_ID, joined -> joined.roomId().value())
            .setOnce(MEMBERSHIPS.JOINED_AT, MemberJoined::at);

    static final TableWriter<Message> TO_MESSAGES = TableWriter.<Message>into(MESSAGES)
            .key(MESSAGES.ID, message -> message.id().value())
            .set(MESSAGES.TO_ROOM_ID, message -> message.toRoomId().value())
            .set(MESSAGES.FROM_UID, message -> message.fromUid().value())
            .set(MESSAGES.MSG_TYPE, Message::msgType)
            .set(MESSAGES.MSG_CONTENTS, Message::msgContents)
            .set(MESSAGES.BELONG_TO_THREAD_ID, Message::belongToThreadId)
            .set(MESSAGES.IS_THREAD, Message::isThread)
            .set(MESSAGES.REPLY_TO_MSG_ID, Message::replyToMsgId)
            .set(
                    MESSAGES.OPENSEA_ITEM_CONTRACT_ADDRESS,
                    message -> message.openseaItem().contractAddress())
            .set(MESSAGES.OPENSEA_ITEM_NAME, message -> message.openseaItem().name())
            .set(
                    MESSAGES.OPENSEA_ITEM_IMAGE_URL,
                    message -> message.openseaItem().imageUrl())
            .setIds(
                    MESSAGES.AT_USER_IDS,
                    message -> message.atUserIds().stream().map(UserId::value).toArray(String[]::new))
            .set(MESSAGES.CREATED_AT, Message::createdAt);

    private TableWriters() {}
}
