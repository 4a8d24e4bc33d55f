package dev.chatlist.adapter.http;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonInclude.Include;
import com.fasterxml.jackson.annotation.JsonProperty;
import dev.chatlist.domain.Chat;
import dev.chatlist.domain.Message;
import dev.chatlist.domain.Room;
import dev.chatlist.domain.User;
import dev.chatlist.domain.UserId;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A chat as clients read it. Names, order and presence of the fields are the contract: the components stand in the
 * order in which they are sent, and only those marked so are left out when they are empty.
 */
record ChatJson(
        @JsonProperty("name") String name,
        @JsonProperty("creator") UserJson creator,
        @JsonProperty("is_opensea_coll") boolean isOpenseaColl,
        @JsonProperty("description") String description,
        @JsonProperty("latest_msg") @Nullable MessageJson latestMsg,
        @JsonProperty("creator_id") String creatorId,
        @JsonProperty("room_id") String roomId,
        @JsonProperty("members") List<UserJson> members,
        @JsonProperty("is_1v1") boolean is1v1,
        @JsonProperty("created_at") long createdAt,

        @JsonProperty("opensea_coll_name") @JsonInclude(Include.NON_EMPTY)
        String openseaCollName,

        @JsonProperty("opensea_coll_cover") @JsonInclude(Include.NON_EMPTY)
        String openseaCollCover,

        @JsonProperty("opensea_coll_slug") @JsonInclude(Include.NON_EMPTY)
        String openseaCollSlug) {

    static ChatJson of(Chat chat) {
        Room room = chat.room();
        return new ChatJson(
                room.name(),
                UserJson.of(chat.creator()),
                room.isOpenseaColl(),
                room.description(),
                chat.latest() == null ? null : MessageJson.of(chat.latest()),
                room.creatorId().value(),
                room.id().value(),
                chat.members().stream().map(UserJson::of).toList(),
                room.is1v1(),
                room.createdAt(),
                room.openseaColl().name(),
                room.openseaColl().cover(),
                room.openseaColl().slug());
    }

    record UserJson(
            @JsonProperty("opensea_username") String openseaUsername,
            @JsonProperty("twitter_username") String twitterUsername,
            @JsonProperty("user_id") String userId,
            @JsonProperty("nick_name") String nickName,
            @JsonProperty("created_at") long createdAt,
            @JsonProperty("eth_wallet_address") String ethWalletAddress,
            @JsonProperty("facebook_username") String facebookUsername,
            @JsonProperty("instagram_avatar") String instagramAvatar,
            @JsonProperty("ens_name") String ensName,
            @JsonProperty("status") String status,
            @JsonProperty("discord_username") String discordUsername,
            @JsonProperty("instagram_username") String instagramUsername,
            @JsonProperty("facebook_avatar") String facebookAvatar,

            @JsonProperty("twitter_avatar") @JsonInclude(Include.NON_EMPTY)
            String twitterAvatar,

            @JsonProperty("opensea_avatar") @JsonInclude(Include.NON_EMPTY)
            String openseaAvatar,

            @JsonProperty("discord_avatar") @JsonInclude(Include.NON_EMPTY)
            String discordAvatar) {

        static UserJson of(User user) {
            return new UserJson(
                    user.opensea().username(),
                    user.twitter().username(),
                    user.id().value(),
                    user.nickName(),
                    user.createdAt(),
                    user.ethWalletAddress(),
                    user.facebook().username(),
                    user.instagram().avatar(),
                    user.ensName(),
                    user.status(),
                    user.discord().username(),
                    user.instagram().username(),
                    user.facebook().avatar(),
                    user.twitter().avatar(),
                    user.opensea().avatar(),
                    user.discord().avatar());
        }
    }

    record MessageJson(
            @JsonProperty("opensea_item_contract_address") String openseaItemContractAddress,
            @JsonProperty("opensea_item_image_url") String openseaItemImageUrl,
            @JsonProperty("msg_type") String msgType,
            @JsonProperty("msg_contents") String msgContents,
            @JsonProperty("belong_to_thread_id") String belongToThreadId,
            @JsonProperty("created_at") long createdAt,
            @JsonProperty("from_uid") String fromUid,
            @JsonProperty("is_thread") boolean isThread,
            @JsonProperty("to_room_id") String toRoomId,
            @JsonProperty("opensea_item_name") String openseaItemName,
            @JsonProperty("reply_to_msg_id") String replyToMsgId,
            @JsonProperty("id") String id,
            @JsonProperty("at_user_ids") List<String> atUserIds) {

        static MessageJson of(Message message) {
            return new MessageJson(
                    message.openseaItem().contractAddress(),
                    message.openseaItem().imageUrl(),
                    message.msgType(),
                    message.msgContents(),
                    message.belongToThreadId(),
                    message.createdAt(),
                    message.fromUid().value(),
                    message.isThread(),
                    message.toRoomId().value(),
                    message.openseaItem().name(),
                    message.replyToMsgId(),
                    message.id().value(),
                    message.atUserIds().stream().map(UserId::value).toList());
        }
    }
}
