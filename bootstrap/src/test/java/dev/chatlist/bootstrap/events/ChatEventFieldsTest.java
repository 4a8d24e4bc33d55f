package dev.chatlist.bootstrap.events;

import static java.util.Objects.requireNonNull;
import static java.util.stream.Collectors.joining;
import static java.util.stream.Collectors.toMap;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.chatlist.application.contract.RandomEvents;
import dev.chatlist.domain.ChatEvent;
import dev.chatlist.domain.ChatEvent.MessageSaved;
import dev.chatlist.domain.ChatEvent.RoomSaved;
import dev.chatlist.domain.ChatEvent.UserSaved;
import dev.chatlist.domain.Message;
import dev.chatlist.domain.MessageId;
import dev.chatlist.domain.Room;
import dev.chatlist.domain.RoomId;
import dev.chatlist.domain.User;
import dev.chatlist.domain.UserId;
import java.lang.reflect.RecordComponent;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Finds the fields of the domain's records by reflection, so that a new field fails here until it is read. */
class ChatEventFieldsTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    /** An event of each type with the required fields only. */
    private static final Map<Class<?>, String> SMALLEST = Map.of(
            User.class,
            "{\"type\":\"user\",\"user_id\":\"u\",\"created_at\":0}",
            Room.class,
            "{\"type\":\"room\",\"room_id\":\"r\",\"creator_id\":\"u\",\"created_at\":0}",
            Message.class,
            "{\"type\":\"message\",\"id\":\"m\",\"to_room_id\":\"r\",\"from_uid\":\"u\",\"created_at\":0}");

    private static final Map<Class<?>, Sample> SAMPLES = Map.of(
            String.class, new Sample("\"sample\"", "sample"),
            boolean.class, new Sample("true", true),
            long.class, new Sample("7", 7L),
            UserId.class, new Sample("\"sample\"", new UserId("sample")),
            RoomId.class, new Sample("\"sample\"", new RoomId("sample")),
            MessageId.class, new Sample("\"sample\"", new MessageId("sample")),
            List.class, new Sample("[\"sample\"]", List.of(new UserId("sample"))));

    @ParameterizedTest
    @MethodSource("fields")
    void aKeySetsItsFieldAndNoOther(Field field) throws ReflectiveOperationException, JsonProcessingException {
        Sample sample = requireNonNull(SAMPLES.get(field.type()), () -> "add a sample for the type of " + field);
        ObjectNode json = (ObjectNode) JSON.readTree(SMALLEST.get(field.owner));
        Record smallest = read(json);
        json.set(field.key(), JSON.readTree(sample.json));
        Record read = read(json);
        for (Field other : fieldsOf(field.owner).toList()) {
            if (other.toString().equals(field.toString())) {
                assertEquals(sample.value, other.of(read), "ChatEventFields leaves out " + field);
            } else {
                assertEquals(
                        other.of(smallest), other.of(read), "ChatEventFields reads " + other + " from " + field.key());
            }
        }
    }

    @ParameterizedTest
    @MethodSource("fields")
    void aFieldIsWrittenByItsKeyAndReadBack(Field field) throws ReflectiveOperationException, JsonProcessingException {
        Sample sample = requireNonNull(SAMPLES.get(field.type()), () -> "add a sample for the type of " + field);
        ObjectNode json = (ObjectNode) JSON.readTree(SMALLEST.get(field.owner));
        json.set(field.key(), JSON.readTree(sample.json));
        ChatEvent event = ChatEventFields.read(json.toString());
        String written = ChatEventFields.write(event);
        assertEquals(json, JSON.readTree(written), "ChatEventFields writes too much or too little of " + field);
        assertEquals(event, ChatEventFields.read(written));
    }

    @ParameterizedTest
    @MethodSource("events")
    void everyKindOfEventIsWrittenAndReadBack(ChatEvent event) {
        assertEquals(event, ChatEventFields.read(ChatEventFields.write(event)));
    }

    static Stream<ChatEvent> events() {
        return new RandomEvents(1)
                .next(1000).stream().collect(toMap(ChatEvent::getClass, event -> event, (a, b) -> a)).values().stream();
    }

    @Test
    void anEventIsOneLineOfItsTypeAndItsFieldsInOrder() {
        Message message = Message.text(new MessageId("m\""), new RoomId("ש"), new UserId("😀"), "a\n\u2028\u0001", 0);
        assertEquals(
                "{\"type\":\"message\",\"id\":\"m\\\"\",\"to_room_id\":\"ש\",\"from_uid\":\"😀\",\"msg_type\":\"text\","
                        + "\"msg_contents\":\"a\\n\u2028\\u0001\",\"created_at\":0}",
                ChatEventFields.write(new MessageSaved(message)));
    }

    static Stream<Field> fields() {
        return Stream.of(User.class, Room.class, Message.class).flatMap(ChatEventFieldsTest::fieldsOf);
    }

    private static Stream<Field> fieldsOf(Class<?> owner) {
        return Stream.of(owner.getRecordComponents())
                .flatMap(component -> component.getType().getEnclosingClass() == owner
                        ? Stream.of(component.getType().getRecordComponents())
                                .map(nested -> new Field(owner, List.of(component, nested)))
                        : Stream.of(new Field(owner, List.of(component))));
    }

    private static Record read(ObjectNode json) {
        ChatEvent event = ChatEventFields.read(json.toString());
        if (event instanceof UserSaved saved) {
            return saved.user();
        }
        return event instanceof RoomSaved saved ? saved.room() : ((MessageSaved) event).message();
    }

    /** A value in an event file and in the domain. */
    private record Sample(String json, Object value) {}

    /** @param path the component of the owner and, if that is a record of the owner, the component in it */
    private record Field(Class<?> owner, List<RecordComponent> path) {
        Class<?> type() {
            return path.get(path.size() - 1).getType();
        }

        /** Returns the key as the API spells it: the names in snake case, with the ids of users and rooms named. */
        String key() {
            String key = path.stream()
                    .map(RecordComponent::getName)
                    .map(name -> name.replaceAll("[A-Z]|(?<=^is)[0-9]", "_$0"))
                    .collect(joining("_"))
                    .toLowerCase(Locale.ROOT);
            boolean isNamedId = key.equals("id") && owner != Message.class;
            return isNamedId ? owner.getSimpleName().toLowerCase(Locale.ROOT) + "_id" : key;
        }

        Object of(Record value) throws ReflectiveOperationException {
            Object result = value;
            for (RecordComponent component : path) {
                result = component.getAccessor().invoke(result);
            }
            return result;
        }

        @Override
        public String toString() {
            return owner.getSimpleName() + "."
                    + path.stream().map(RecordComponent::getName).collect(joining("."));
        }
    }
}
