package com.example.modular;

import dev.chatlist.adapter.persistence.Database;
import dev.chatlist.adapter.persistence.DatabaseSettings;
import dev.chatlist.application.ChatEventService;
import dev.chatlist.application.ChatListService;
import dev.chatlist.application.ListMyChats;
import dev.chatlist.application.RecordChatEvents;
import dev.chatlist.domain.Chat;
import dev.chatlist.domain.ChatEvent.MemberJoined;
import dev.chatlist.domain.ChatEvent.MessageSaved;
import dev.chatlist.domain.ChatEvent.RoomSaved;
import dev.chatlist.domain.ChatEvent.UserSaved;
import dev.chatlist.domain.Message;
import dev.chatlist.domain.MessageId;
import dev.chatlist.domain.PageRequest;
import dev.chatlist.domain.Room;
import dev.chatlist.domain.RoomId;
import dev.chatlist.domain.User;
import dev.chatlist.domain.UserId;
import java.util.List;

/** Greets each new user in a room of their own. */
public final class Greetings implements AutoCloseable {
    private final Database database;
    private final RecordChatEvents events;
    private final ListMyChats chats;

    public Greetings(String jdbcUrl, String user, String password) {
        database = Database.open(DatabaseSettings.of(jdbcUrl, user, password));
        events = new ChatEventService(database.journal());
        chats = new ChatListService(database.directory());
    }

    public void greet(UserId user, String name) {
        RoomId room = new RoomId("greetings-" + user.value());
        long now = System.currentTimeMillis() * 1_000_000;
        events.record(
                new UserSaved(User.named(user, name, now)),
                new RoomSaved(Room.group(room, "Greetings", user, now)),
                new MemberJoined(room, user, now),
                new MessageSaved(Message.text(new MessageId(room.value()), room, user, "Hello " + name, now)));
    }

    public List<Chat> latestChats(UserId user) {
        return chats.listMyChats(user, new PageRequest(1, 20));
    }

    @Override
    public void close() {
        database.close();
    }
}
