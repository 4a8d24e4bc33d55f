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
        return new Texts(maxBytes).of(event).sum;
    }

    /** The bytes of the event's longest text: the least limit that takes the event. */
    public static long longest(ChatEvent event) {
        return new Texts(Long.MAX_VALUE).of(event).longest;
    }

    /** The texts of one event. */
    private static final class Texts {
        private final long maxBytes;
        private long sum;
        private long longest;

        Texts(long maxBytes) {
            this.maxBytes = maxBytes;
        }

        Texts of(ChatEvent event) {
            if (event instanceof UserSaved saved) {
                add(saved.user());
            } else if (event instanceof RoomSaved saved) {
                add(saved.room());
            } else if (event instanceof MessageSaved saved) {
                add(saved.message());
            }
            return this;
        }

        private void add(User user) {
            add("nick_name", user.nickName());
            add("status", user.status());
            add("eth_wallet_address", user.ethWalletAddress());
            add("ens_name", user.ensName());
            add("opensea", user.opensea());
            add("twitter", user.twitter());
            add("discord", user.discord());
            add("facebook", user.facebook());
            add("instagram", user.instagram());
        }

        private void add(String network, SocialAccount account) {
            add(network + "_username", account.username());
            add(network + "_avatar", account.avatar());
        }

        private void add(Room room) {
            add("name", room.name());
            add("description", room.description());
            add("opensea_coll_name", room.openseaColl().name());
            add("opensea_coll_cover", room.openseaColl().cover());
            add("opensea_coll_slug", room.openseaColl().slug());
        }

        private void add(Message message) {
            add("msg_type", message.msgType());
            add("msg_contents", message.msgContents());
            add("belong_to_thread_id", message.belongToThreadId());
            add("reply_to_msg_id", message.replyToMsgId());
            add("opensea_item_contract_address", message.openseaItem().contractAddress());
            add("opensea_item_name", message.openseaItem().name());
            add("opensea_item_image_url", message.openseaItem().imageUrl());
            add(
                    "at_user_ids",
                    message.atUserIds().stream()
                            .mapToLong(id -> bytes(id.value()))
                            .sum());
        }

        private void add(String field, String text) {
            add(field, bytes(text));
        }

        private void add(String field, long bytes) {
            if (bytes > maxBytes) {
                throw new IllegalArgumentException(
                        "%s must have at most %s bytes of UTF-8, it has %s".formatted(field, maxBytes, bytes));
            }
            sum += bytes;
            longest = Math.max(longest, bytes);
        }
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
