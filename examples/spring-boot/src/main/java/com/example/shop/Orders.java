package com.example.shop;

import dev.chatlist.application.RecordChatEvents;
import dev.chatlist.domain.ChatEvent.MemberJoined;
import dev.chatlist.domain.ChatEvent.MessageSaved;
import dev.chatlist.domain.ChatEvent.RoomSaved;
import dev.chatlist.domain.ChatEvent.UserSaved;
import dev.chatlist.domain.Message;
import dev.chatlist.domain.MessageId;
import dev.chatlist.domain.Room;
import dev.chatlist.domain.RoomId;
import dev.chatlist.domain.User;
import dev.chatlist.domain.UserId;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

/** Each order has a room, in which the customer and the shop talk about it. */
@Service
public class Orders {
    private static final UserId SHOP = new UserId("shop");

    private final JdbcClient jdbc;
    private final RecordChatEvents chatEvents;

    Orders(JdbcClient jdbc, RecordChatEvents chatEvents) {
        this.jdbc = jdbc;
        this.chatEvents = chatEvents;
    }

    /**
     * Places an order with a message to the shop. The order, the message and the stock change together or not at all.
     *
     * @throws org.springframework.dao.DataIntegrityViolationException if the item isn't in stock
     * @throws dev.chatlist.application.RejectedEventException if the message is too long
     */
    @Transactional
    public String place(UserId customer, String item, String message) {
        String order = UUID.randomUUID().toString();
        jdbc.sql("INSERT INTO orders (id, customer, item) VALUES (?, ?, ?)")
                .params(order, customer.value(), item)
                .update();
        openRoom(new RoomId(order), customer, message);
        jdbc.sql("UPDATE stock SET pieces = pieces - 1 WHERE item = ?")
                .param(item)
                .update();
        return order;
    }

    private void openRoom(RoomId room, UserId customer, String message) {
        long now = System.currentTimeMillis() * 1_000_000;
        chatEvents.record(
                new UserSaved(User.named(SHOP, "The shop", now)),
                new UserSaved(User.named(customer, customer.value(), now)),
                new RoomSaved(Room.oneToOne(room, customer, now)),
                new MemberJoined(room, SHOP, now),
                new MemberJoined(room, customer, now),
                new MessageSaved(Message.text(new MessageId(room.value()), room, customer, message, now)));
    }
}
