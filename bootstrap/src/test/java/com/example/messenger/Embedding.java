package com.example.messenger;

// README
import dev.chatlist.adapter.persistence.Database;
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
import javax.sql.DataSource;
// README

/** A program that embeds Chatlist. README.md shows the lines between the markers. */
public final class Embedding implements java.util.function.Function<DataSource, List<Chat>> {
    @Override
    public List<Chat> apply(DataSource dataSource) {
        // README
        Database database = Database.over(dataSource);
        RecordChatEvents events = new ChatEventService(database.journal());
        // Caches chats in up to 256 MiB of the heap; answers are never stale.
        ListMyChats chats = new ChatListService(database.directory(256 << 20));

        UserId ada = new UserId("ada");
        RoomId room = new RoomId("r1");
        long now = System.currentTimeMillis() * 1_000_000;
        events.record(
                new UserSaved(User.named(ada, "Ada", now)),
                new RoomSaved(Room.group(room, "Sunday hikes", ada, now)),
                new MemberJoined(room, ada, now),
                new MessageSaved(Message.text(new MessageId("m1"), room, ada, "Who brings the rope?", now)));

        List<Chat> firstPage = chats.listMyChats(ada, new PageRequest(1, 20));
        // README
        return firstPage;
    }
}
