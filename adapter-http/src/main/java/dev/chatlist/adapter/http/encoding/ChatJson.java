package dev.chatlist.adapter.http.encoding;

import static dev.chatlist.adapter.http.encoding.JsonObject.flag;
import static dev.chatlist.adapter.http.encoding.JsonObject.gap;
import static dev.chatlist.adapter.http.encoding.JsonObject.gapInList;
import static dev.chatlist.adapter.http.encoding.JsonObject.number;
import static dev.chatlist.adapter.http.encoding.JsonObject.object;
import static dev.chatlist.adapter.http.encoding.JsonObject.objects;
import static dev.chatlist.adapter.http.encoding.JsonObject.text;
import static dev.chatlist.adapter.http.encoding.JsonObject.textIfSet;
import static dev.chatlist.adapter.http.encoding.JsonObject.texts;
import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.chatlist.adapter.http.encoding.JsonObject.Field;
import dev.chatlist.domain.Chat;
import dev.chatlist.domain.Message;
import dev.chatlist.domain.User;
import dev.chatlist.domain.UserId;
import java.util.List;

/**
 * A chat as clients read it. Names, order and presence of the fields are the contract: fields are sent in this order,
 * and only a {@code textIfSet} is left out when it is empty.
 */
final class ChatJson {
    private static final String MEMBER_COUNT = "member_count";

    static final JsonObject<User> USER = new JsonObject<>(List.of(
            text("opensea_username", user -> user.opensea().username()),
            text("twitter_username", user -> user.twitter().username()),
            text("user_id", user -> user.id().value()),
            text("nick_name", User::nickName),
            number("created_at", User::createdAt),
            text("eth_wallet_address", User::ethWalletAddress),
            text("facebook_username", user -> user.facebook().username()),
            text("instagram_avatar", user -> user.instagram().avatar()),
            text("ens_name", User::ensName),
            text("status", User::status),
            text("discord_username", user -> user.discord().username()),
            text("instagram_username", user -> user.instagram().username()),
            text("facebook_avatar", user -> user.facebook().avatar()),
            textIfSet("twitter_avatar", user -> user.twitter().avatar()),
            textIfSet("opensea_avatar", user -> user.opensea().avatar()),
            textIfSet("discord_avatar", user -> user.discord().avatar())));

    static final JsonObject<Message> MESSAGE = new JsonObject<>(List.of(
            text("opensea_item_contract_address", msg -> msg.openseaItem().contractAddress()),
            text("opensea_item_image_url", msg -> msg.openseaItem().imageUrl()),
            text("msg_type", Message::msgType),
            text("msg_contents", Message::msgContents),
            text("belong_to_thread_id", Message::belongToThreadId),
            number("created_at", Message::createdAt),
            text("from_uid", msg -> msg.fromUid().value()),
            flag("is_thread", Message::isThread),
            text("to_room_id", msg -> msg.toRoomId().value()),
            text("opensea_item_name", msg -> msg.openseaItem().name()),
            text("reply_to_msg_id", Message::replyToMsgId),
            text("id", msg -> msg.id().value()),
            texts("at_user_ids", Message::atUserIds, UserId::value)));

    static final JsonObject<Chat> CHAT =
            chat(object("creator", Chat::creator, USER), objects("members", Chat::members, USER));

    static final JsonObject<Chat> CHAT_WITH_COUNT =
            CHAT.with(number(MEMBER_COUNT, chat -> chat.head().memberCount()));

    /** Has two {@linkplain JsonObject#GAP gaps}, the creator and the members: users are in many chats. */
    static final JsonObject<Chat> CHAT_WITHOUT_USERS = chat(gap("creator"), gapInList("members"));

    private ChatJson() {}

    /** What {@link #CHAT_WITH_COUNT} has in place of the closing brace of {@link #CHAT}. */
    static byte[] count(Chat chat) {
        return (",\"" + MEMBER_COUNT + "\":" + chat.head().memberCount() + "}").getBytes(US_ASCII);
    }

    private static JsonObject<Chat> chat(Field<Chat> creator, Field<Chat> members) {
        return new JsonObject<>(List.of(
                text("name", chat -> chat.room().name()),
                creator,
                flag("is_opensea_coll", chat -> chat.room().isOpenseaColl()),
                text("description", chat -> chat.room().description()),
                object("latest_msg", Chat::latest, MESSAGE),
                text("creator_id", chat -> chat.room().creatorId().value()),
                text("room_id", chat -> chat.room().id().value()),
                members,
                flag("is_1v1", chat -> chat.room().is1v1()),
                number("created_at", chat -> chat.room().createdAt()),
                textIfSet("opensea_coll_name", chat -> chat.room().openseaColl().name()),
                textIfSet(
                        "opensea_coll_cover", chat -> chat.room().openseaColl().cover()),
                textIfSet("opensea_coll_slug", chat -> chat.room().openseaColl().slug())));
    }
}
