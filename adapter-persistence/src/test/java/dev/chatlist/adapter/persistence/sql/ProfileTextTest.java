package dev.chatlist.adapter.persistence.sql;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import dev.chatlist.domain.User;
import dev.chatlist.domain.User.SocialAccount;
import dev.chatlist.domain.UserId;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ProfileTextTest {
    private static final String[] PARTS = {
        "ada", "7", "Ada", "away", "0xada", "ada.eth", "os", "os.png", "tw", "tw.png", "dc", "dc.png", "fb", "fb.png",
        "ig", "ig.png"
    };

    private static final User ADA = new User(
            new UserId("ada"),
            "Ada",
            "away",
            "0xada",
            "ada.eth",
            new SocialAccount("os", "os.png"),
            new SocialAccount("tw", "tw.png"),
            new SocialAccount("dc", "dc.png"),
            new SocialAccount("fb", "fb.png"),
            new SocialAccount("ig", "ig.png"),
            7);

    @Test
    void eachPartBecomesItsField() {
        assertEquals(List.of(ADA), users(profile(PARTS)));
    }

    @Test
    void profilesAreReadInOrder() {
        assertEquals(
                List.of(User.named(new UserId("bob"), "Bob", 1), ADA, User.removed(new UserId("carl"))),
                users(profile("bob", "1", "Bob") + profile(PARTS) + profile("carl")));
    }

    @Test
    void unknownPartsAreIgnored() {
        String newer = profile(Stream.concat(Stream.of(PARTS), Stream.of("my bio", "", "3:a:b"))
                .toArray(String[]::new));
        assertEquals(List.of(ADA, ADA), users(newer + newer));
    }

    @Test
    void missingPartsAreBlank() {
        assertEquals(List.of(User.removed(new UserId("ada"))), users(profile("ada")));
        assertEquals(List.of(User.named(new UserId("ada"), "Ada", 7)), users(profile("ada", "7", "Ada")));
        User oneName = users(profile("ada", "7", "Ada", "", "", "", "os")).get(0);
        assertEquals(new SocialAccount("os", ""), oneName.opensea());
        assertSame(SocialAccount.NONE, oneName.twitter());
    }

    @Test
    void lengthsAreBytesNotCharacters() {
        assertEquals(
                List.of(User.named(new UserId("zo\u00EB"), "\uD83C\uDF89:3:", 1), User.removed(new UserId("\u732B"))),
                users(profile("zo\u00EB", "1", "\uD83C\uDF89:3:") + profile("\u732B")));
    }

    @Test
    void anEmptyTextAndNoneHoldNobody() {
        assertEquals(List.of(), users(""));
        assertEquals(List.of(), ProfileText.users(null));
    }

    private static List<User> users(String profiles) {
        return ProfileText.users(profiles.getBytes(UTF_8));
    }

    private static String profile(String... parts) {
        return netstring(Stream.of(parts).map(ProfileTextTest::netstring).collect(Collectors.joining()));
    }

    private static String netstring(String text) {
        return text.getBytes(UTF_8).length + ":" + text;
    }
}
