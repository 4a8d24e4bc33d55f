package com.example.chats;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonInclude.Include;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;

/** The JSON of an answer. Queries construct the records of users and messages directly. */
record ChatsResponse(String msg, int code, List<ChatJson> data) {
    record ChatJson(
            String name,
            UserJson creator,
            @JsonProperty("is_opensea_coll") boolean isOpenseaColl,
            String description,
            @JsonProperty("latest_msg") MessageJson latestMsg,
            @JsonProperty("creator_id") String creatorId,
            @JsonProperty("room_id") String roomId,
            List<UserJson> members,
            @JsonProperty("is_1v1") boolean is1v1,
            @JsonProperty("created_at") long createdAt,
            @JsonProperty("opensea_coll_name") @JsonInclude(Include.NON_EMPTY) String openseaCollName,
            @JsonProperty("opensea_coll_cover") @JsonInclude(Include.NON_EMPTY) String openseaCollCover,
            @JsonProperty("opensea_coll_slug") @JsonInclude(Include.NON_EMPTY) String openseaCollSlug) {}

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
            String status,
            @JsonProperty("discord_username") String discordUsername,
            @JsonProperty("instagram_username") String instagramUsername,
            @JsonProperty("facebook_avatar") String facebookAvatar,
            @JsonProperty("twitter_avatar") @JsonInclude(Include.NON_EMPTY) String twitterAvatar,
            @JsonProperty("opensea_avatar") @JsonInclude(Include.NON_EMPTY) String openseaAvatar,
            @JsonProperty("discord_avatar") @JsonInclude(Include.NON_EMPTY) String discordAvatar) {}

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
            String id,
            @JsonProperty("at_user_ids") List<String> atUserIds) {}
}
