package dev.chatlist.bootstrap.events;

import static java.util.stream.Collectors.joining;

import com.fasterxml.jackson.databind.JsonNode;
import dev.chatlist.domain.ChatEvent;
import dev.chatlist.domain.ChatEvent.MemberJoined;
import dev.chatlist.domain.ChatEvent.MemberLeft;
import dev.chatlist.domain.ChatEvent.MessageRemoved;
import dev.chatlist.domain.ChatEvent.MessageSaved;
import dev.chatlist.domain.ChatEvent.RoomRemoved;
import dev.chatlist.domain.ChatEvent.RoomSaved;
import dev.chatlist.domain.ChatEvent.UserRemoved;
import dev.chatlist.domain.ChatEvent.UserSaved;
import dev.chatlist.domain.Message;
import dev.chatlist.domain.Message.OpenseaItem;
import dev.chatlist.domain.MessageId;
import dev.chatlist.domain.Room;
import dev.chatlist.domain.Room.OpenseaCollection;
import dev.chatlist.domain.RoomId;
import dev.chatlist.domain.User;
import dev.chatlist.domain.User.SocialAccount;
import dev.chatlist.domain.UserId;
import java.util.List;
import java.util.function.Function;

/**
 * The JSON object of each kind of chat event. Every field is named once, with the getter of its value, and serves both
 * directions: reading a line and writing one.
 *
 * <p>Reading rejects what is probably a mistake: a duplicate key, an unknown {@code type}, a time in quotation marks. It
 * ignores unknown keys.
 */
public final class ChatEventFields {
    private static final List<Kind<?>> KINDS = List.of(
            new Kind<>("user", UserSaved.class, event -> new UserSaved(user(event.part(UserSaved::user)))),
            new Kind<>("room", RoomSaved.class, event -> new RoomSaved(room(event.part(RoomSaved::room)))),
            new Kind<>(
                    "join",
                    MemberJoined.class,
                    event -> new MemberJoined(
                            event.id("room_id", RoomId::new, MemberJoined::roomId),
                            event.id("user_id", UserId::new, MemberJoined::userId),
                            event.time("at", MemberJoined::at))),
            new Kind<>(
                    "leave",
                    MemberLeft.class,
                    event -> new MemberLeft(
                            event.id("room_id", RoomId::new, MemberLeft::roomId),
                            event.id("user_id", UserId::new, MemberLeft::userId))),
            new Kind<>(
                    "message",
                    MessageSaved.class,
                    event -> new MessageSaved(message(event.part(MessageSaved::message)))),
            new Kind<>(
                    "message_removed",
                    MessageRemoved.class,
                    event -> new MessageRemoved(event.id("id", MessageId::new, MessageRemoved::id))),
            new Kind<>(
                    "room_removed",
                    RoomRemoved.class,
                    event -> new RoomRemoved(event.id("room_id", RoomId::new, RoomRemoved::id))),
            new Kind<>(
                    "user_removed",
                    UserRemoved.class,
                    event -> new UserRemoved(event.id("user_id", UserId::new, UserRemoved::id))));

    private ChatEventFields() {}

    private record Kind<E extends ChatEvent>(String type, Class<E> event, Function<JsonFields<E>, E> fields) {
        ChatEvent read(JsonFields<ChatEvent> line) {
            return fields.apply(new JsonFields<>(line.json(), null));
        }

        String write(ChatEvent written) {
            JsonFields<E> line = JsonFields.of(event.cast(written));
            line.json().put("type", type);
            var unused = fields.apply(line);
            return line.json().toString();
        }
    }

    /** @throws IllegalArgumentException if the line isn't a chat event; the message names the key and what it must be */
    static ChatEvent read(String json) {
        JsonFields<ChatEvent> line = JsonFields.of(json);
        JsonNode type = line.required("type", JsonNode::isTextual, "a string");
        return KINDS.stream()
                .filter(kind -> kind.type.equals(type.textValue()))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(
                        "type must be %s, it is %s".formatted(types(), JsonFields.shortened(type))))
                .read(line);
    }

    private static String types() {
        return KINDS.stream().map(Kind::type).collect(joining(", ")).replaceFirst(", (\\w+)$", " or $1");
    }

    /** One line of JSON, without its end. Equal events give equal lines. */
    public static String write(ChatEvent event) {
        return KINDS.stream()
                .filter(kind -> kind.event.isInstance(event))
                .findFirst()
                .orElseThrow()
                .write(event);
    }

    private static User user(JsonFields<User> user) {
        return new User(
                user.id("user_id", UserId::new, User::id),
                user.text("nick_name", User::nickName),
                user.text("status", User::status),
                user.text("eth_wallet_address", User::ethWalletAddress),
                user.text("ens_name", User::ensName),
                account("opensea", user.part(User::opensea)),
                account("twitter", user.part(User::twitter)),
                account("discord", user.part(User::discord)),
                account("facebook", user.part(User::facebook)),
                account("instagram", user.part(User::instagram)),
                user.time("created_at", User::createdAt));
    }

    private static SocialAccount account(String network, JsonFields<SocialAccount> account) {
        String username = account.text(network + "_username", SocialAccount::username);
        String avatar = account.text(network + "_avatar", SocialAccount::avatar);
        return JsonFields.naming(network, () -> new SocialAccount(username, avatar));
    }

    private static Room room(JsonFields<Room> room) {
        return new Room(
                room.id("room_id", RoomId::new, Room::id),
                room.text("name", Room::name),
                room.text("description", Room::description),
                room.id("creator_id", UserId::new, Room::creatorId),
                room.flag("is_1v1", Room::is1v1),
                room.flag("is_opensea_coll", Room::isOpenseaColl),
                collection(room.part(Room::openseaColl)),
                room.time("created_at", Room::createdAt));
    }

    private static OpenseaCollection collection(JsonFields<OpenseaCollection> collection) {
        String name = collection.text("opensea_coll_name", OpenseaCollection::name);
        String cover = collection.text("opensea_coll_cover", OpenseaCollection::cover);
        String slug = collection.text("opensea_coll_slug", OpenseaCollection::slug);
        return JsonFields.naming("opensea_coll", () -> new OpenseaCollection(name, cover, slug));
    }

    private static Message message(JsonFields<Message> message) {
        return new Message(
                message.id("id", MessageId::new, Message::id),
                message.id("to_room_id", RoomId::new, Message::toRoomId),
                message.id("from_uid", UserId::new, Message::fromUid),
                message.text("msg_type", Message::msgType),
                message.text("msg_contents", Message::msgContents),
                message.text("belong_to_thread_id", Message::belongToThreadId),
                message.flag("is_thread", Message::isThread),
                message.text("reply_to_msg_id", Message::replyToMsgId),
                item(message.part(Message::openseaItem)),
                message.userIds("at_user_ids", Message::atUserIds),
                message.time("created_at", Message::createdAt));
    }

    private static OpenseaItem item(JsonFields<OpenseaItem> item) {
        String contractAddress = item.text("opensea_item_contract_address", OpenseaItem::contractAddress);
        String name = item.text("opensea_item_name", OpenseaItem::name);
        String imageUrl = item.text("opensea_item_image_url", OpenseaItem::imageUrl);
        return JsonFields.naming("opensea_item", () -> new OpenseaItem(contractAddress, name, imageUrl));
    }
}
