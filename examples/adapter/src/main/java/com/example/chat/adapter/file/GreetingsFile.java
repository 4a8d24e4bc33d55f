package com.example.chat.adapter.file;

import com.example.chat.core.Greetings;
import dev.chatlist.domain.RoomId;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Properties;

/** Greetings from a properties file: the keys are the ids of rooms. */
public final class GreetingsFile implements Greetings {
    private final Properties greetings = new Properties();

    public GreetingsFile(Path file) throws IOException {
        try (Reader reader = Files.newBufferedReader(file)) {
            greetings.load(reader);
        }
    }

    @Override
    public String of(RoomId room) {
        return greetings.getProperty(room.value(), "");
    }
}
