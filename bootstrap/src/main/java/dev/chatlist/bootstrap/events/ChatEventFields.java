package dev.chatlist.bootstrap.events;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
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
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The JSON object of one chat event. Rejects what is probably a mistake: a duplicate key, an unknown {@code type}, a
 * time in quotation marks. Ignores unknown keys, and treats {@code null} like a missing key.
 *
 * <p>Each fault is an {@link IllegalArgumentException} that names the key and the expected value.
 */
record ChatEventFields(JsonNode json) {
    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();

    static ChatEventFields of(String line) {
        try (JsonParser parser = JSON.createParser(line)) {
            JsonNode json = parser.readValueAsTree();
            if (!json.isObject()) {
                throw new IllegalArgumentException("must be a JSON object, it is " + kindOf(json));
            }
            if (parser.nextToken() != null) {
                throw new IllegalArgumentException("must be one JSON object, there is text after it");
            }
            return new ChatEventFields(json);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("not JSON: " + reason(e), e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Jackson names its source and its own switches, which the author of a file doesn't have. */
    private static String reason(JsonProcessingException e) {
        String reason = e.getOriginalMessage()
                .replaceFirst(": maybe a .*| \\((start marker|for \\w+ starting) at .*|(: |, | \\()[^:(]*`.*", "");
        return e.getLocation() == null
                ? reason
                : reason + ", at character " + e.getLocation().getColumnNr();
    }

    ChatEvent event() {
        String type = required("type", JsonNode::isTextual, "a string").textValue();
        return switch (type) {
            case "user" -> new UserSaved(user());
            case "room" -> new RoomSaved(room());
            case "join" -> new MemberJoined(roomId("room_id"), userId("user_id"), time("at"));
            case "leave" -> new MemberLeft(roomId("room_id"), userId("user_id"));
            case "message" -> new MessageSaved(message());
            case "message_removed" -> new MessageRemoved(messageId("id"));
            case "room_removed" -> new RoomRemoved(roomId("room_id"));
            case "user_removed" -> new UserRemoved(userId("user_id"));
            default ->
                throw new IllegalArgumentException("type must be user, room, join, leave, message, "
                        + "message_removed, room_removed or user_removed, it is " + shortened(json.get("type")));
        };
    }

    private User user() {
        return new User(
                userId("user_id"),
                text("nick_name"),
                text("status"),
                text("eth_wallet_address"),
                text("ens_name"),
                account("opensea"),
                account("twitter"),
                account("discord"),
                account("facebook"),
                account("instagram"),
                time("created_at"));
    }

    private SocialAccount account(String network) {
        String username = text(network + "_username");
        String avatar = text(network + "_avatar");
        return naming(network, () -> new SocialAccount(username, avatar));
    }

    private Room room() {
        return new Room(
                roomId("room_id"),
                text("name"),
                text("description"),
                userId("creator_id"),
                flag("is_1v1"),
                flag("is_opensea_coll"),
                collection(),
                time("created_at"));
    }

    private OpenseaCollection collection() {
        String name = text("opensea_coll_name");
        String cover = text("opensea_coll_cover");
        String slug = text("opensea_coll_slug");
        return naming("opensea_coll", () -> new OpenseaCollection(name, cover, slug));
    }

    private Message message() {
        return new Message(
                messageId("id"),
                roomId("to_room_id"),
                userId("from_uid"),
                text("msg_type"),
                text("msg_contents"),
                text("belong_to_thread_id"),
                flag("is_thread"),
                text("reply_to_msg_id"),
                item(),
                userIds("at_user_ids"),
                time("created_at"));
    }

    private OpenseaItem item() {
        String contractAddress = text("opensea_item_contract_address");
        String name = text("opensea_item_name");
        String imageUrl = text("opensea_item_image_url");
        return naming("opensea_item", () -> new OpenseaItem(contractAddress, name, imageUrl));
    }

    private UserId userId(String key) {
        return id(key, UserId::new);
    }

    private RoomId roomId(String key) {
        return id(key, RoomId::new);
    }

    private MessageId messageId(String key) {
        return id(key, MessageId::new);
    }

    private <I> I id(String key, Function<String, I> constructor) {
        String value = required(key, JsonNode::isTextual, "a string").textValue();
        return naming(key, () -> constructor.apply(value));
    }

    private List<UserId> userIds(String key) {
        JsonNode array = optional(key, JsonNode::isArray, "an array of strings");
        List<UserId> ids = new ArrayList<>();
        if (array != null) {
            for (JsonNode id : array) {
                String value = expect(key, id, JsonNode::isTextual, "an array of strings")
                        .textValue();
                ids.add(naming(key, () -> new UserId(value)));
            }
        }
        return ids;
    }

    private String text(String key) {
        JsonNode value = optional(key, JsonNode::isTextual, "a string");
        return value == null ? "" : value.textValue();
    }

    private boolean flag(String key) {
        JsonNode value = optional(key, JsonNode::isBoolean, "true or false");
        return value != null && value.booleanValue();
    }

    private long time(String key) {
        return required(
                        key,
                        value -> value.isIntegralNumber() && value.canConvertToLong(),
                        "an integer of nanoseconds since the epoch, 0 to 2^63 - 1")
                .longValue();
    }

    private JsonNode required(String key, Function<JsonNode, Boolean> fits, String wanted) {
        JsonNode value = optional(key, fits, wanted);
        if (value == null) {
            throw new IllegalArgumentException("%s is missing; it must be %s".formatted(key, wanted));
        }
        return value;
    }

    private @Nullable JsonNode optional(String key, Function<JsonNode, Boolean> fits, String wanted) {
        JsonNode value = json.get(key);
        return value == null || value.isNull() ? null : expect(key, value, fits, wanted);
    }

    private static JsonNode expect(String key, JsonNode value, Function<JsonNode, Boolean> fits, String wanted) {
        if (!fits.apply(value)) {
            throw new IllegalArgumentException("%s must be %s, it is %s".formatted(key, wanted, kindOf(value)));
        }
        return value;
    }

    /** Adds the file's key to a message of the domain, which knows only its own field names. */
    private static <V> V naming(String key, Supplier<V> value) {
        try {
            return value.get();
        } catch (IllegalArgumentException e) {
            String message = String.valueOf(e.getMessage());
            throw new IllegalArgumentException(message.startsWith(key + " ") ? message : key + ": " + message, e);
        }
    }

    private static String kindOf(JsonNode value) {
        String kind = value.getNodeType().name().toLowerCase(Locale.ROOT);
        return value.isNull() ? kind : value.isContainerNode() ? "an " + kind : "the " + kind + " " + shortened(value);
    }

    private static String shortened(JsonNode value) {
        String json = value.toString();
        return json.codePointCount(0, json.length()) <= 40
                ? json
                : json.substring(0, json.offsetByCodePoints(0, 39)) + "…";
    }
}
