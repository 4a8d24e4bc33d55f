package com.example.chat.core;

import dev.chatlist.domain.RoomId;

/** Port: the texts that greet new members. */
public interface Greetings {
    /** The greeting of a room; empty if it has none. */
    String of(RoomId room);
}
