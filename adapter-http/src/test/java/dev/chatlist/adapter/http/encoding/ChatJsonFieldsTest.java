package dev.chatlist.adapter.http.encoding;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import dev.chatlist.application.contract.RecordField;
import dev.chatlist.domain.Chat;
import dev.chatlist.domain.Message;
import dev.chatlist.domain.MessageId;
import dev.chatlist.domain.Room;
import dev.chatlist.domain.RoomId;
import dev.chatlist.domain.User;
import dev.chatlist.domain.UserId;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/** No field of a domain record can be forgotten in {@link ChatJson}: setting any one of them changes the JSON. */
class ChatJsonFieldsTest {
    private static final RoomId ROOM = new RoomId("r");
    private static final UserId ADA = new UserId("a");

    @Test
    void everyFieldOfAUserIsShown() {
        assertAllShown("ChatJson.USER", User.removed(ADA), ChatJson.USER::bytes);
    }

    @Test
    void everyFieldOfAMessageIsShown() {
        Message blank = Message.text(new MessageId("m"), ROOM, ADA, "", 0);
        assertAllShown("ChatJson.MESSAGE", blank, ChatJson.MESSAGE::bytes);
    }

    /** Without users, because the creator's JSON shows the creator's id too. */
    @Test
    void everyFieldOfARoomIsShown() {
        assertAllShown("ChatJson.CHAT", Room.group(ROOM, "", ADA, 0), room -> {
            Chat chat = new Chat(room, User.removed(room.creatorId()), List.of(), null);
            return ChatJson.CHAT_WITHOUT_USERS.bytes(chat);
        });
    }

    private static <R extends Record> void assertAllShown(String table, R blank, Function<R, byte[]> json) {
        String blankJson = new String(json.apply(blank), UTF_8);
        for (RecordField<R> field : RecordField.of(blank)) {
            assertNotEquals(
                    blankJson, new String(json.apply(field.value()), UTF_8), table + " leaves out " + field.name());
        }
    }
}
