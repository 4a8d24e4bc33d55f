package dev.chatlist.domain;

import static java.util.Objects.requireNonNull;

/**
 * A user's profile. A text that isn't set is empty.
 *
 * @param status flags whose meaning the client application knows
 * @param createdAt nanoseconds since the epoch
 */
public record User(
        UserId id,
        String nickName,
        String status,
        String ethWalletAddress,
        String ensName,
        SocialAccount opensea,
        SocialAccount twitter,
        SocialAccount discord,
        SocialAccount facebook,
        SocialAccount instagram,
        long createdAt) {

    /** @throws IllegalArgumentException if a text can't be stored or the time is negative; the message names it */
    public User {
        requireNonNull(id, "user_id");
        Check.text("nick_name", nickName);
        Check.text("status", status);
        Check.text("eth_wallet_address", ethWalletAddress);
        Check.text("ens_name", ensName);
        requireNonNull(opensea, "opensea");
        requireNonNull(twitter, "twitter");
        requireNonNull(discord, "discord");
        requireNonNull(facebook, "facebook");
        requireNonNull(instagram, "instagram");
        Check.time("created_at", createdAt);
    }

    /** A user with nothing but a name set. */
    public static User named(UserId id, String nickName, long createdAt) {
        return new User(
                id,
                nickName,
                "",
                "",
                "",
                SocialAccount.NONE,
                SocialAccount.NONE,
                SocialAccount.NONE,
                SocialAccount.NONE,
                SocialAccount.NONE,
                createdAt);
    }

    /** The blank profile of a user who was removed: only the id is left. */
    public static User removed(UserId id) {
        return named(id, "", 0);
    }

    /**
     * A user's account on another network; both texts are empty if there is none.
     *
     * @param avatar the address of an image
     */
    public record SocialAccount(String username, String avatar) {
        public static final SocialAccount NONE = new SocialAccount("", "");

        /** @throws IllegalArgumentException if a text can't be stored; the message names it */
        public SocialAccount {
            Check.text("username", username);
            Check.text("avatar", avatar);
        }
    }
}
