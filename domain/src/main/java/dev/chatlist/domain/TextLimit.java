package dev.chatlist.domain;

import dev.chatlist.domain.ChatEvent.MessageSaved;
import dev.chatlist.domain.ChatEvent.RoomSaved;
import dev.chatlist.domain.ChatEvent.UserSaved;
import dev.chatlist.domain.User.SocialAccount;

/**
 * How long each text of an event may be. A chat is built in memory for every member who asks for it, so one long text
 * costs much memory. The limit is for events alone: another writer may have stored longer texts, which are still shown.
 *
 * @param maxBytes the greatest length of a text in UTF-8; also of a message's mentioned users together
 */
public record TextLimit(int maxBytes) {
    public static final int MIN_BYTES = 1024;

    /** PostgreSQL can form a row of a gigabyte, and a user's row holds each of its 14 texts twice. */
    public static final int MAX_BYTES = 16 * 1024 * 1024;

    public static final TextLimit DEFAULT = new TextLimit(1024 * 1024);

    /** @throws IllegalArgumentException if the limit is out of range */
    public TextLimit {
        if (maxBytes < MIN_BYTES || maxBytes > MAX_BYTES) {
            throw new IllegalArgumentException(
                    "the text limit must be %s to %s bytes, it is %s".formatted(MIN_BYTES, MAX_BYTES, maxBytes));
        }
    }

    /**
     * Checks every text of the event.
     *
     * @return the number of bytes of all texts together
     * @throws IllegalArgumentException if a text is too long; the message names its field as the API does
     */
    public long check(ChatEvent event) {
        if (event instanceof UserSaved saved) {
            return check(saved.user());
        }
        if (event instanceof RoomSaved saved) {
            return check(saved.room());
        }
        return event instanceof MessageSaved saved ? check(saved.message()) : 0;
    }

    private long check(User user) {
        return check("nick_name", user.nickName())
                + check("status", user.status())
                + check("eth_wallet_address", user.ethWalletAddress())
                + check("ens_name", user.ensName())
                + check("opensea", user.opensea())
                + check("twitter", user.twitter())
                + check("discord", user.discord())
                + check("facebook", user.facebook())
                + check("instagram", user.instagram());
    }

    private long check(String network, SocialAccount account) {
        return check(network + "_username", account.username()) + check(network + "_avatar", account.avatar());
    }

    private long check(Room room) {
        return check("name", room.name())
                + check("description", room.description())
                + check("opensea_coll_name", room.openseaColl().name())
                + check("opensea_coll_cover", room.openseaColl().cover())
                + check("opensea_coll_slug", room.openseaColl().slug());
    }

    private long check(Message message) {
        long mentions =
                message.atUserIds().stream().mapToLong(id -> bytes(id.value())).sum();
        return check("msg_type", message.msgType())
                + check("msg_contents", message.msgContents())
                + check("belong_to_thread_id", message.belongToThreadId())
                + check("reply_to_msg_id", message.replyToMsgId())
                + check("opensea_item_contract_address", message.openseaItem().contractAddress())
                + check("opensea_item_name", message.openseaItem().name())
                + check("opensea_item_image_url", message.openseaItem().imageUrl())
                + check("at_user_ids", mentions);
    }

    private long check(String field, String text) {
        return check(field, bytes(text));
    }

    private long check(String field, long bytes) {
        if (bytes > maxBytes) {
            throw new IllegalArgumentException(
                    "%s must have at most %s bytes of UTF-8, it has %s".formatted(field, maxBytes, bytes));
        }
        return bytes;
    }

    private static long bytes(String text) {
        long bytes = text.length();
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            // A surrogate pair is two chars and four bytes.
            bytes += c < 0x80 ? 0 : c < 0x800 || Character.isSurrogate(c) ? 1 : 2;
        }
        return bytes;
    }
}
