package com.example.chat.core;

import dev.chatlist.application.RecordChatEvents;
import dev.chatlist.domain.ChatEvent.MemberJoined;
import dev.chatlist.domain.ChatEvent.MessageSaved;
import dev.chatlist.domain.Message;
import dev.chatlist.domain.MessageId;
import dev.chatlist.domain.RoomId;
import dev.chatlist.domain.UserId;
import java.util.UUID;

/** Use case: somebody joins a room and is greeted there. */
public final class JoinRoom {
    private static final UserId GREETER = new UserId("greeter");

    private final RecordChatEvents events;
    private final Greetings greetings;

    public JoinRoom(RecordChatEvents events, Greetings greetings) {
        this.events = events;
        this.greetings = greetings;
    }

    /**
     * Joins and greets, both or neither.
     *
     * @param at nanoseconds since the epoch
     * @throws dev.chatlist.application.RejectedEventException if the room or the user is unknown
     */
    public void join(RoomId room, UserId user, long at) {
        MemberJoined joined = new MemberJoined(room, user, at);
        String greeting = greetings.of(room);
        if (greeting.isEmpty()) {
            events.record(joined);
        } else {
            MessageId id = new MessageId(UUID.randomUUID().toString());
            events.record(joined, new MessageSaved(Message.text(id, room, GREETER, greeting, at)));
        }
    }
}
