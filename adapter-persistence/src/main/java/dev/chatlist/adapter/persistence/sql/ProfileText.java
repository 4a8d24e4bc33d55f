package dev.chatlist.adapter.persistence.sql;

import static dev.chatlist.adapter.persistence.sql.jooq.Routines.netstring;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.chatlist.domain.User;
import dev.chatlist.domain.User.SocialAccount;
import dev.chatlist.domain.UserId;
import java.util.ArrayList;
import java.util.List;
import org.jooq.Field;
import org.jspecify.annotations.Nullable;

/**
 * Reads the texts of the column {@code users.profile}. A netstring is a text behind its length in bytes and a colon:
 * {@code 5:alice}. A profile is one netstring that holds a netstring for each part, the id first: {@code
 * 13:3:ada1:73:Ada}. One text costs the database and the driver a fraction of what as many columns cost.
 *
 * <p>Parts that this release doesn't know are ignored, missing ones are blank. So instances of an older and of a newer
 * release can read the same rows.
 */
final class ProfileText {
    private final byte[] utf8;
    private int next;

    /** The end of the profile that is being read. */
    private int end;

    private ProfileText(byte[] utf8) {
        this.utf8 = utf8;
    }

    /** The users in the order of their profiles; empty for null. */
    static List<User> users(byte @Nullable [] utf8) {
        List<User> users = new ArrayList<>();
        if (utf8 != null) {
            ProfileText profiles = new ProfileText(utf8);
            while (profiles.next < utf8.length) {
                users.add(profiles.user());
            }
        }
        return users;
    }

    /** The profile of a user of whom only the id is known. */
    static Field<String> blank(Field<String> userId) {
        return netstring(netstring(userId));
    }

    private User user() {
        int length = length();
        end = next + length;
        User user = fromParts();
        next = end;
        return user;
    }

    /** Reads the parts in the order in which V1__tables.sql writes them. */
    private User fromParts() {
        UserId id = new UserId(text());
        long createdAt = number();
        return new User(
                id, text(), text(), text(), text(), account(), account(), account(), account(), account(), createdAt);
    }

    private SocialAccount account() {
        String username = text();
        String avatar = text();
        return username.isEmpty() && avatar.isEmpty() ? SocialAccount.NONE : new SocialAccount(username, avatar);
    }

    private long number() {
        String digits = text();
        return digits.isEmpty() ? 0 : Long.parseLong(digits);
    }

    private String text() {
        if (next == end) {
            return "";
        }
        int length = length();
        int start = next;
        next += length;
        return length == 0 ? "" : new String(utf8, start, length, UTF_8);
    }

    private int length() {
        int length = 0;
        for (byte digit = utf8[next++]; digit != ':'; digit = utf8[next++]) {
            length = 10 * length + digit - '0';
        }
        return length;
    }
}
