package dev.chatlist.domain;

import static java.util.Objects.requireNonNull;

import java.util.Comparator;
import java.util.List;

/**
 * A message in a room. A text that isn't set is empty.
 *
 * @param fromUid the author, who may be unknown to Chatlist
 * @param msgType how clients show the contents: {@code text}, {@code image}, or any other type that the clients know
 * @param belongToThreadId the thread that the message is in
 * @param isThread whether the message opens a thread
 * @param replyToMsgId the message that this one answers
 * @param atUserIds the mentioned users, in the author's order; a user may occur twice
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

    /** By time, then by id. A room's latest message is the greatest in this order. */
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

    /** A message of type {@code text}, with nothing but its contents set. */
    public static Message text(MessageId id, RoomId toRoomId, UserId fromUid, String msgContents, long createdAt) {
        return new Message(
                id, toRoomId, fromUid, "text", msgContents, "", false, "", OpenseaItem.NONE, List.of(), createdAt);
    }

    /** The NFT that a message shows. */
    public record OpenseaItem(String contractAddress, String name, String imageUrl) {
        public static final OpenseaItem NONE = new OpenseaItem("", "", "");

        /** @throws IllegalArgumentException if a text can't be stored; the message names it */
        public OpenseaItem {
            Check.text("contract_address", contractAddress);
            Check.text("name", name);
            Check.text("image_url", imageUrl);
        }
    }
}
