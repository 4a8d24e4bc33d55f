package com.example.chat.adapter.sqlite;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.chatlist.application.ChatDirectory;
import dev.chatlist.application.ChatEventService;
import dev.chatlist.application.ChatJournal;
import dev.chatlist.application.StorageUnavailableException;
import dev.chatlist.application.contract.ChatStoreContract;
import dev.chatlist.domain.ChatEvent.MemberJoined;
import dev.chatlist.domain.ChatEvent.RoomSaved;
import dev.chatlist.domain.ChatEvent.UserSaved;
import dev.chatlist.domain.Room;
import dev.chatlist.domain.User;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The whole contract of the ports, and what this store promises besides. */
class SqliteStoreTest extends ChatStoreContract {
    @TempDir
    Path directory;

    private SqliteStore store;

    @Override
    protected ChatJournal journal() {
        store = new SqliteStore(file());
        return store.journal();
    }

    @Override
    protected ChatDirectory directory() {
        return store.directory();
    }

    @Override
    @AfterEach
    protected void makeUnavailable() {
        store.close();
    }

    private Path file() {
        return directory.resolve("chats.sqlite");
    }

    @Test
    void anotherProcessFindsTheChatsInTheFile() {
        new ChatEventService(store.journal())
                .record(
                        new UserSaved(User.named(ADA, "Ada", 1)),
                        new RoomSaved(Room.group(R1, "Sunday hikes", ADA, 1)),
                        new MemberJoined(R1, ADA, 1));
        try (SqliteStore another = new SqliteStore(file())) {
            assertEquals(List.of(R1), another.directory().roomIds(ADA));
        }
    }

    @Test
    void aFileThatIsNoDatabaseIsUnavailable() throws IOException {
        Path text = Files.writeString(directory.resolve("text"), "This is no database, but a text of some length.\n");
        assertThrows(StorageUnavailableException.class, () -> new SqliteStore(text));
    }
}
