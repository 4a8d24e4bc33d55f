package dev.chatlist.domain;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.chatlist.domain.ChatEvent.MemberJoined;
import dev.chatlist.domain.Message.OpenseaItem;
import dev.chatlist.domain.Room.OpenseaCollection;
import dev.chatlist.domain.User.SocialAccount;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The message about a bad value names its field. */
class FieldsTest {
    private static final UserId ADA = new UserId("ada");
    private static final RoomId ROOM = new RoomId("room");
    private static final MessageId ID = new MessageId("m");

    @ParameterizedTest
    @MethodSource
    void textsAreStorableUnicode(String field, Consumer<String> construction) {
        assertDoesNotThrow(() -> construction.accept("line 1\n\tline 2 \uD83D\uDE00"));
        assertMessage(field + " must not hold U+0000", () -> construction.accept("a\u0000"));
        assertMessage(field + " must not hold half a surrogate pair", () -> construction.accept("a\uD83D"));
    }

    static Stream<Arguments> textsAreStorableUnicode() {
        return Stream.of(
                text("nick_name", s -> user(s, "", "", "", 0)),
                text("status", s -> user("", s, "", "", 0)),
                text("eth_wallet_address", s -> user("", "", s, "", 0)),
                text("ens_name", s -> user("", "", "", s, 0)),
                text("username", s -> new SocialAccount(s, "")),
                text("avatar", s -> new SocialAccount("", s)),
                text("name", s -> room(s, "", 0)),
                text("description", s -> room("", s, 0)),
                text("name", s -> new OpenseaCollection(s, "", "")),
                text("cover", s -> new OpenseaCollection("", s, "")),
                text("slug", s -> new OpenseaCollection("", "", s)),
                text("msg_type", s -> message(s, "", "", "", 0)),
                text("msg_contents", s -> message("", s, "", "", 0)),
                text("belong_to_thread_id", s -> message("", "", s, "", 0)),
                text("reply_to_msg_id", s -> message("", "", "", s, 0)),
                text("contract_address", s -> new OpenseaItem(s, "", "")),
                text("name", s -> new OpenseaItem("", s, "")),
                text("image_url", s -> new OpenseaItem("", "", s)));
    }

    @Test
    void everyTextIsListedAbove() {
        Stream<Class<?>> records = Stream.of(
                User.class, SocialAccount.class, Room.class, OpenseaCollection.class, Message.class, OpenseaItem.class);
        assertEquals(
                records.flatMap(FieldsTest::texts).sorted().toList(),
                textsAreStorableUnicode()
                        .map(field -> (String) field.get()[0])
                        .sorted()
                        .toList());
    }

    private static Stream<String> texts(Class<?> type) {
        return Stream.of(type.getRecordComponents())
                .filter(component -> component.getType() == String.class)
                .map(component -> component.getName().replaceAll("[A-Z]", "_$0").toLowerCase(Locale.ROOT));
    }

    @ParameterizedTest
    @MethodSource
    void timesAreNotNegative(String field, LongConsumer construction) {
        assertDoesNotThrow(() -> construction.accept(0));
        assertDoesNotThrow(() -> construction.accept(Long.MAX_VALUE));
        assertMessage(
                field + " must be nanoseconds since the epoch, 0 or more, it is -1", () -> construction.accept(-1));
    }

    static Stream<Arguments> timesAreNotNegative() {
        return Stream.of(
                time("created_at", at -> user("", "", "", "", at)),
                time("created_at", at -> room("", "", at)),
                time("created_at", at -> message("", "", "", "", at)),
                time("at", at -> new MemberJoined(ROOM, ADA, at)));
    }

    private static User user(String nickName, String status, String ethWalletAddress, String ensName, long createdAt) {
        SocialAccount none = SocialAccount.NONE;
        return new User(ADA, nickName, status, ethWalletAddress, ensName, none, none, none, none, none, createdAt);
    }

    private static Room room(String name, String description, long createdAt) {
        return new Room(ROOM, name, description, ADA, false, false, OpenseaCollection.NONE, createdAt);
    }

    private static Message message(String type, String contents, String thread, String reply, long createdAt) {
        return new Message(ID, ROOM, ADA, type, contents, thread, false, reply, OpenseaItem.NONE, List.of(), createdAt);
    }

    private static Arguments text(String field, Consumer<String> construction) {
        return arguments(field, construction);
    }

    private static Arguments time(String field, LongConsumer construction) {
        return arguments(field, construction);
    }

    private static void assertMessage(String message, Runnable construction) {
        assertEquals(
                message,
                assertThrows(IllegalArgumentException.class, construction::run).getMessage());
    }
}
