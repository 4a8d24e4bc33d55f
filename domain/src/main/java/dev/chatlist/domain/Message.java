package dev.chatlist.domain;

import static java.util.Objects.requireNonNull;

import java.util.Comparator;
import java.util.List;

/**
 * What somebody wrote in a room. Texts are empty where nothing is set.
 *
 * @param fromUid who wrote it; needn't be a user that Chatlist knows
 * @param msgType how clients show the contents: {@code text}, {@code image} and whatever else they agree on
 * @param belongToThreadId the thread it belongs to, empty if none
 * @param isThread whether it opened a thread
 * @param replyToMsgId the message it answers, empty if none
 * @param atUserIds the users it mentions, as the author ordered them
 * @param createdAt nanoseconds since the epoch
 */
public record Message(
        MessageId id,
        RoomId toRoomId,
        UserId fromUid,
        String msgType,
        String msgContents,
        String belongToThreadId,
        boolean isThread,
        String replyToMsgId,
        OpenseaItem openseaItem,
        List<UserId> atUserIds,
        long createdAt) {

    /** A room's latest message is the greatest in this order: by time, then by id. */
    public static final Comparator<Message> BY_TIME =
            Comparator.comparingLong(Message::createdAt).thenComparing(Message::id);

    /** @throws IllegalArgumentException if a text can't be stored or the time is negative; the message names it */
    public Message {
        requireNonNull(id, "id");
        requireNonNull(toRoomId, "to_room_id");
        requireNonNull(fromUid, "from_uid");
        Check.text("msg_type", msgType);
        Check.text("msg_contents", msgContents);
        Check.text("belong_to_thread_id", belongToThreadId);
        Check.text("reply_to_msg_id", replyToMsgId);
        requireNonNull(openseaItem, "opensea_item");
        atUserIds = List.copyOf(atUserIds);
        Check.time("created_at", createdAt);
    }

    /** A plain line of text. */
    public static Message text(MessageId id, RoomId toRoomId, UserId fromUid, String msgContents, long createdAt) {
        return new Message(
                id, toRoomId, fromUid, "text", msgContents, "", false, "", OpenseaItem.NONE, List.of(), createdAt);
    }

    /** The NFT that a message shows. Texts are empty where nothing is set. */
    public record OpenseaItem(String contractAddress, String name, String imageUrl) {
        public static final OpenseaItem NONE = new OpenseaItem("", "", "");

        /** @throws IllegalArgumentException if a text holds what can't be stored; the message names it */
        public OpenseaItem {
            Check.text("contract_address", contractAddress);
            Check.text("name", name);
            Check.text("image_url", imageUrl);
        }
    }
}
