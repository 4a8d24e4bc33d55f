package com.example.modular;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.chatlist.adapter.persistence.Database;
import dev.chatlist.adapter.persistence.embedded.EmbeddedPostgres;
import dev.chatlist.application.ListMyChats;
import dev.chatlist.domain.Chat;
import dev.chatlist.domain.UserId;
import java.lang.module.ModuleDescriptor;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GreetingsTest {
    @Test
    void theProgramRunsOnTheModulePath() {
        assertEquals("com.example.modular", descriptorOf(Greetings.class).name());
    }

    @Test
    void theCoreIsTwoModules() {
        assertEquals("dev.chatlist.domain", descriptorOf(Chat.class).name());
        assertFalse(descriptorOf(Chat.class).isAutomatic());
        assertEquals("dev.chatlist.application", descriptorOf(ListMyChats.class).name());
        assertFalse(descriptorOf(ListMyChats.class).isAutomatic());
    }

    @Test
    void theAdapterIsAnAutomaticModule() {
        assertEquals("dev.chatlist.adapter.persistence", descriptorOf(Database.class).name());
        assertTrue(descriptorOf(Database.class).isAutomatic());
    }

    @Test
    void aGreetingIsTheLatestChat(@TempDir Path directory) {
        UserId ada = new UserId("ada");
        try (EmbeddedPostgres server = EmbeddedPostgres.open(directory);
                Greetings greetings = new Greetings(server.jdbcUrl(), server.user(), server.password())) {
            greetings.greet(ada, "Ada");
            assertEquals(
                    List.of("Hello Ada"),
                    greetings.latestChats(ada).stream()
                            .map(chat -> chat.latest().msgContents())
                            .toList());
        }
    }

    private static ModuleDescriptor descriptorOf(Class<?> type) {
        return type.getModule().getDescriptor();
    }
}
