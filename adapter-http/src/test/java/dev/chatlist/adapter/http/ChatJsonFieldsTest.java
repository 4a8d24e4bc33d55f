package dev.chatlist.adapter.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.chatlist.domain.Chat;
import dev.chatlist.domain.Message;
import dev.chatlist.domain.MessageId;
import dev.chatlist.domain.Room;
import dev.chatlist.domain.RoomId;
import dev.chatlist.domain.User;
import dev.chatlist.domain.UserId;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** No component of a domain record can be forgotten in {@link ChatJson}. */
class ChatJsonFieldsTest {
    private static final String TEXT = "marker";
    private static final long NUMBER = 1_234_567_890;
    private static final RoomId ROOM = new RoomId("r");
    private static final UserId ADA = new UserId("a");

    /** The blank record with one component changed, possibly a nested one. */
    private record Change(String component, Record changed, String shown) {}

    @Test
    void everyComponentOfAUserIsShown() {
        assertAllShown("ChatJson.USER", ChatJson.USER, User.removed(ADA), User.class);
    }

    @Test
    void everyComponentOfAMessageIsShown() {
        Message blank = Message.text(new MessageId("m"), ROOM, ADA, "", 0);
        assertAllShown("ChatJson.MESSAGE", ChatJson.MESSAGE, blank, Message.class);
    }

    @Test
    void everyComponentOfARoomIsShown() {
        for (Change change : changes(Room.group(ROOM, "", ADA, 0))) {
            String json = room((Room) change.changed);
            assertShown("ChatJson.CHAT", "Room." + change.component, change, json, room(Room.group(ROOM, "", ADA, 0)));
        }
    }

    /** Without its users, because the creator's JSON shows the creator's id too. */
    private static String room(Room room) {
        Chat chat = new Chat(room, User.removed(room.creatorId()), List.of(), null);
        return new String(ChatJson.CHAT_WITHOUT_USERS.bytes(chat), UTF_8);
    }

    private static <T extends Record> void assertAllShown(String table, JsonObject<T> json, T blank, Class<T> type) {
        String blankJson = new String(json.bytes(blank), UTF_8);
        for (Change change : changes(blank)) {
            String changedJson = new String(json.bytes(type.cast(change.changed)), UTF_8);
            assertShown(table, type.getSimpleName() + "." + change.component, change, changedJson, blankJson);
        }
    }

    private static void assertShown(String table, String component, Change change, String json, String blankJson) {
        assertTrue(
                json.contains(change.shown) && !json.equals(blankJson),
                () -> "%s leaves out %s".formatted(table, component));
    }

    private static List<Change> changes(Record blank) {
        List<Change> changes = new ArrayList<>();
        RecordComponent[] components = blank.getClass().getRecordComponents();
        for (int i = 0; i < components.length; i++) {
            String name = components[i].getName();
            Object value = values(blank)[i];
            if (value instanceof Record nested) {
                for (Change inner : changes(nested)) {
                    changes.add(new Change(name + "." + inner.component, with(blank, i, inner.changed), inner.shown));
                }
            } else if (value instanceof String) {
                changes.add(new Change(name, with(blank, i, TEXT), "\"" + TEXT + "\""));
            } else if (value instanceof Long) {
                changes.add(new Change(name, with(blank, i, NUMBER), ":" + NUMBER));
            } else if (value instanceof Boolean flag) {
                changes.add(new Change(name, with(blank, i, !flag), ""));
            } else {
                assertEquals(List.of(), value, () -> "teach this test the type of " + name);
                changes.add(new Change(name, with(blank, i, List.of(new UserId(TEXT))), "\"" + TEXT + "\""));
            }
        }
        return changes;
    }

    private static Object[] values(Record record) {
        return Arrays.stream(record.getClass().getRecordComponents())
                .map(component -> {
                    try {
                        return component.getAccessor().invoke(record);
                    } catch (ReflectiveOperationException e) {
                        throw new LinkageError(component.toString(), e);
                    }
                })
                .toArray();
    }

    private static Record with(Record record, int index, Object value) {
        Class<?>[] types = Arrays.stream(record.getClass().getRecordComponents())
                .map(RecordComponent::getType)
                .toArray(Class<?>[]::new);
        Object[] values = values(record);
        values[index] = value;
        try {
            return record.getClass().getDeclaredConstructor(types).newInstance(values);
        } catch (ReflectiveOperationException e) {
            throw new LinkageError(record.getClass().toString(), e);
        }
    }
}
