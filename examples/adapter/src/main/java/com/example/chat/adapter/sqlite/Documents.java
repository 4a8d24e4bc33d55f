package com.example.chat.adapter.sqlite;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.chatlist.domain.Chat;
import dev.chatlist.domain.Message;
import dev.chatlist.domain.Room;
import dev.chatlist.domain.User;
import java.util.Collection;
import java.util.List;

/**
 * Users, rooms and messages as JSON documents. Their keys are the names of the records' components. That keeps this
 * example short; a store that outlives a release of Chatlist has columns of its own, as in a later release a component
 * may have another name.
 */
final class Documents {
    private static final ObjectMapper JSON = new ObjectMapper();

    private Documents() {}

    static String of(Record value) {
        return write(value);
    }

    static String array(Collection<String> values) {
        return write(values);
    }

    private static String write(Object value) {
        try {
            return JSON.writeValueAsString(value);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    /** As {@code schema.sql} puts a chat together. */
    private record Stored(Room room, User creator, List<User> members, Message latest) {}

    static Chat chat(String document) {
        try {
            Stored stored = JSON.readValue(document, Stored.class);
            return new Chat(stored.room, stored.creator, stored.members, stored.latest);
        } catch (JsonProcessingException e) {
            throw new UnreadableException(e);
        }
    }

    /** A document isn't one that this release wrote. */
    static final class UnreadableException extends RuntimeException {
        private static final long serialVersionUID = 1;

        UnreadableException(JsonProcessingException cause) {
            super("a stored chat can't be read", cause);
        }
    }
}
