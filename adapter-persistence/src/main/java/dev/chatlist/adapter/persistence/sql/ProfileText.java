package dev.chatlist.adapter.persistence.sql;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.chatlist.domain.User;
import dev.chatlist.domain.User.SocialAccount;
import dev.chatlist.domain.UserId;
import java.util.ArrayList;
import java.util.List;
import org.jooq.Field;
import org.jooq.impl.DSL;
import org.jspecify.annotations.Nullable;

/** Temporary. */
final class ProfileText {
    private final byte[] utf8;
    private int next;

    ProfileText(byte[] utf8) {
        this.utf8 = utf8;
    }

    static List<User> users(byte @Nullable [] utf8) {
        List<User> users = new ArrayList<>();
        if (utf8 != null) {
            ProfileText profile = new ProfileText(utf8);
            while (profile.next < utf8.length) {
                users.add(user(profile));
            }
        }
        return users;
    }

    static Field<String> blank(Field<String> id) {
        return DSL.concat(
                DSL.octetLength(id).cast(String.class), DSL.inline(":"), id, DSL.inline("0:".repeat(14) + "1:0"));
    }

    private static User user(ProfileText profile) {
        return new User(
                new UserId(profile.text()),
                profile.text(),
                profile.text(),
                profile.text(),
                profile.text(),
                account(profile),
                account(profile),
                account(profile),
                account(profile),
                account(profile),
                Long.parseLong(profile.text()));
    }

    private static SocialAccount account(ProfileText profile) {
        String username = profile.text();
        String avatar = profile.text();
        return username.isEmpty() && avatar.isEmpty() ? SocialAccount.NONE : new SocialAccount(username, avatar);
    }

    String text() {
        int length = 0;
        for (byte digit = utf8[next++]; digit != ':'; digit = utf8[next++]) {
            length = 10 * length + digit - '0';
        }
        int start = next;
        next += length;
        return length == 0 ? "" : new String(utf8, start, length, UTF_8);
    }
}
