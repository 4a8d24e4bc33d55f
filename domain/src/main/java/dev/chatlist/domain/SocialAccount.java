package dev.chatlist.domain;

/**
 * A user's account on another network.
 *
 * @param username empty where there is none
 * @param avatar an image's address, empty where there is none
 */
public record SocialAccount(String username, String avatar) {
    public static final SocialAccount NONE = new SocialAccount("", "");

    /** @throws IllegalArgumentException if a text holds what can't be stored; the message names it */
    public SocialAccount {
        Check.text("username", username);
        Check.text("avatar", avatar);
    }
}
