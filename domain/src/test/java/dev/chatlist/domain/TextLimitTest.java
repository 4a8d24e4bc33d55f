package dev.chatlist.domain;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.chatlist.domain.ChatEvent.MemberJoined;
import dev.chatlist.domain.ChatEvent.MessageSaved;
import dev.chatlist.domain.ChatEvent.RoomSaved;
import dev.chatlist.domain.ChatEvent.UserSaved;
import dev.chatlist.domain.Message.OpenseaItem;
import dev.chatlist.domain.Room.OpenseaCollection;
import dev.chatlist.domain.User.SocialAccount;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TextLimitTest {
    private static final UserId ADA = new UserId("ada");
    private static final RoomId ROOM = new RoomId("room");
    private static final TextLimit LIMIT = new TextLimit(1024);
    private static final String FITS = "x".repeat(1024);

    /** The texts of an event, of which all are as long as allowed and the one at the index is a byte longer. */
    private static final class Texts {
        final int index;
        int count;

        Texts(int index) {
            this.index = index;
        }

        String next() {
            return count++ == index ? FITS + "x" : FITS;
        }
    }

    private static UserSaved user(Texts texts) {
        return new UserSaved(new User(
                ADA,
                texts.next(),
                texts.next(),
                texts.next(),
                texts.next(),
                new SocialAccount(texts.next(), texts.next()),
                new SocialAccount(texts.next(), texts.next()),
                new SocialAccount(texts.next(), texts.next()),
                new SocialAccount(texts.next(), texts.next()),
                new SocialAccount(texts.next(), texts.next()),
                1));
    }

    private static RoomSaved room(Texts texts) {
        OpenseaCollection collection = new OpenseaCollection(texts.next(), texts.next(), texts.next());
        return new RoomSaved(new Room(ROOM, texts.next(), texts.next(), ADA, false, true, collection, 1));
    }

    private static MessageSaved message(Texts texts) {
        OpenseaItem item = new OpenseaItem(texts.next(), texts.next(), texts.next());
        List<UserId> mentions = new ArrayList<>(Collections.nCopies(8, new UserId("u".repeat(128))));
        if (texts.count++ == texts.index) {
            mentions.add(new UserId("u"));
        }
        return message(texts, item, mentions);
    }

    private static MessageSaved message(Texts texts, OpenseaItem item, List<UserId> mentions) {
        return new MessageSaved(new Message(
                new MessageId("m"),
                ROOM,
                ADA,
                texts.next(),
                texts.next(),
                texts.next(),
                false,
                texts.next(),
                item,
                mentions,
                1));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "nick_name status eth_wallet_address ens_name opensea_username opensea_avatar twitter_username"
                        + " twitter_avatar discord_username discord_avatar facebook_username facebook_avatar"
                        + " instagram_username instagram_avatar"
            })
    void eachTextOfAUserIsLimited(String fields) {
        String[] names = fields.split(" ", -1);
        for (int i = 0; i < names.length; i++) {
            assertTooLong(names[i], user(new Texts(i)));
        }
        assertEquals(names.length * 1024L, LIMIT.check(user(new Texts(-1))));
    }

    @ParameterizedTest
    @ValueSource(strings = "opensea_coll_name opensea_coll_cover opensea_coll_slug name description")
    void eachTextOfARoomIsLimited(String fields) {
        String[] names = fields.split(" ", -1);
        for (int i = 0; i < names.length; i++) {
            assertTooLong(names[i], room(new Texts(i)));
        }
        assertEquals(names.length * 1024L, LIMIT.check(room(new Texts(-1))));
    }

    @ParameterizedTest
    @ValueSource(
            strings = "opensea_item_contract_address opensea_item_name opensea_item_image_url at_user_ids msg_type"
                    + " msg_contents belong_to_thread_id reply_to_msg_id")
    void eachTextOfAMessageIsLimited(String fields) {
        String[] names = fields.split(" ", -1);
        for (int i = 0; i < names.length; i++) {
            assertTooLong(names[i], message(new Texts(i)));
        }
        assertEquals(names.length * 1024L, LIMIT.check(message(new Texts(-1))));
    }

    private static void assertTooLong(String field, ChatEvent event) {
        assertEquals(
                field + " must have at most 1024 bytes of UTF-8, it has 1025",
                assertThrows(IllegalArgumentException.class, () -> LIMIT.check(event))
                        .getMessage());
        assertEquals(1025, TextLimit.longest(event), field);
    }

    @Test
    void anEventWithoutTextsHasNoBytes() {
        assertEquals(0, LIMIT.check(new MemberJoined(ROOM, ADA, 1)));
        assertEquals(0, TextLimit.longest(new MemberJoined(ROOM, ADA, 1)));
    }

    @ParameterizedTest
    @CsvSource({"a, 1", "é, 2", "€, 3", "😀, 4", "a😀é€, 10"})
    void bytesAreThoseOfUtf8(String text, long bytes) {
        assertEquals(bytes, LIMIT.check(new UserSaved(User.named(ADA, text, 1))));
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 0, 1023, 16 * 1024 * 1024 + 1})
    void aLimitOutOfRangeIsRefused(int bytes) {
        assertThrows(IllegalArgumentException.class, () -> new TextLimit(bytes));
    }
}
