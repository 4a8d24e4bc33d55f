package com.example.chats;

import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import org.hibernate.annotations.Immutable;

@Entity
@Immutable
@Table(name = "room_activity", schema = "chatlist")
class RoomActivity {
    @Id
    String roomId;

    long lastActivity;
    String latestMessageId;
}
