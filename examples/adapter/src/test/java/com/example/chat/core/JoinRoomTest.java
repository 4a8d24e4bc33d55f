package com.example.chat.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.example.chat.adapter.file.GreetingsFile;
import dev.chatlist.application.ChatEventService;
import dev.chatlist.application.ChatListService;
import dev.chatlist.application.RecordChatEvents;
import dev.chatlist.application.RejectedEventException;
import dev.chatlist.application.contract.InMemoryChatStore;
import dev.chatlist.domain.Chat;
import dev.chatlist.domain.ChatEvent.RoomSaved;
import dev.chatlist.domain.ChatEvent.UserSaved;
import dev.chatlist.domain.Message;
import dev.chatlist.domain.PageRequest;
import dev.chatlist.domain.Room;
import dev.chatlist.domain.RoomId;
import dev.chatlist.domain.User;
import dev.chatlist.domain.UserId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The in-memory store of the contract kit takes the place of a database. */
class JoinRoomTest {
    private static final UserId ADA = new UserId("ada");
    private static final RoomId HIKES = new RoomId("hikes");
    private static final RoomId QUIET = new RoomId("quiet");

    @TempDir
    Path directory;

    private final InMemoryChatStore store = new InMemoryChatStore();
    private final RecordChatEvents events = new ChatEventService(store);
    private JoinRoom joinRoom;

    @BeforeEach
    void open() throws IOException {
        Path file = Files.writeString(directory.resolve("greetings.properties"), "hikes = Bring a rope!\n");
        joinRoom = new JoinRoom(events, new GreetingsFile(file));
        events.record(
                new UserSaved(User.named(ADA, "Ada", 1)),
                new RoomSaved(Room.group(HIKES, "Sunday hikes", ADA, 1)),
                new RoomSaved(Room.group(QUIET, "Quiet", ADA, 1)));
    }

    @Test
    void aNewMemberIsGreeted() {
        joinRoom.join(HIKES, ADA, 2);
        assertEquals(List.of("Bring a rope!"), latestMessages());
    }

    @Test
    void aRoomWithoutAGreetingStaysQuiet() {
        joinRoom.join(QUIET, ADA, 2);
        assertEquals(List.of(""), latestMessages());
    }

    @Test
    void aStrangerIsNotGreeted() {
        assertThrows(RejectedEventException.class, () -> joinRoom.join(HIKES, new UserId("eve"), 2));
        joinRoom.join(QUIET, ADA, 2);
        assertEquals(List.of(""), latestMessages());
    }

    private List<String> latestMessages() {
        return new ChatListService(store)
                .listMyChats(ADA, new PageRequest(1, 20)).stream()
                        .map(Chat::latest)
                        .map(latest -> Optional.ofNullable(latest)
                                .map(Message::msgContents)
                                .orElse(""))
                        .toList();
    }
}
