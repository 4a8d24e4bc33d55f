package dev.chatlist.adapter.persistence.memory;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.chatlist.application.contract.RecordField;
import dev.chatlist.domain.Chat;
import dev.chatlist.domain.Message;
import dev.chatlist.domain.MessageId;
import dev.chatlist.domain.Room;
import dev.chatlist.domain.RoomId;
import dev.chatlist.domain.User;
import dev.chatlist.domain.UserId;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every text of a chat makes its estimate greater. Ids, numbers and flags are part of the constants. */
class HeapEstimateTest {
    private static final UserId ADA = new UserId("ada");
    private static final User USER = User.removed(ADA);
    private static final Room ROOM = Room.group(new RoomId("r"), "", ADA, 0);
    private static final Message MESSAGE = Message.text(new MessageId("m"), ROOM.id(), ADA, "", 0);

    private static final Set<String> IDS_NUMBERS_AND_FLAGS = Set.of(
            "User.id",
            "User.createdAt",
            "Room.id",
            "Room.creatorId",
            "Room.is1v1",
            "Room.isOpenseaColl",
            "Room.createdAt",
            "Message.id",
            "Message.toRoomId",
            "Message.fromUid",
            "Message.isThread",
            "Message.createdAt");

    @ParameterizedTest
    @MethodSource
    void everyTextOfAUserCounts(RecordField<User> field) {
        assertTrue(HeapEstimate.of(field.value()) > HeapEstimate.of(USER), "HeapEstimate leaves out " + field.name());
    }

    static Stream<RecordField<User>> everyTextOfAUserCounts() {
        return texts(USER);
    }

    @ParameterizedTest
    @MethodSource
    void everyTextOfARoomCounts(RecordField<Room> field) {
        assertTrue(estimate(field.value(), null) > estimate(ROOM, null), "HeapEstimate leaves out " + field.name());
    }

    static Stream<RecordField<Room>> everyTextOfARoomCounts() {
        return texts(ROOM);
    }

    @ParameterizedTest
    @MethodSource
    void everyTextOfAMessageCounts(RecordField<Message> field) {
        assertTrue(estimate(ROOM, field.value()) > estimate(ROOM, MESSAGE), "HeapEstimate leaves out " + field.name());
    }

    static Stream<RecordField<Message>> everyTextOfAMessageCounts() {
        return texts(MESSAGE);
    }

    private static <R extends Record> Stream<RecordField<R>> texts(R blank) {
        return RecordField.of(blank).stream().filter(field -> !IDS_NUMBERS_AND_FLAGS.contains(field.name()));
    }

    private static long estimate(Room room, @Nullable Message latest) {
        return HeapEstimate.of(new Chat(room, USER, List.of(), latest));
    }
}
