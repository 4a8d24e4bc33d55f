package dev.chatlist.adapter.http.encoding;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.chatlist.domain.Chat;
import dev.chatlist.domain.Message;
import dev.chatlist.domain.Room;
import dev.chatlist.domain.RoomId;
import dev.chatlist.domain.User;
import dev.chatlist.domain.UserId;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.LongConsumer;
import java.util.stream.StreamSupport;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Encoded chats read back unchanged, whatever their texts and whatever the size of the cache. */
class EncodedChatsTest {
    private static final UserId ADA = new UserId("ada");
    private static final long PLENTY = 1 << 26;
    private static final JsonMapper JSON = JsonMapper.builder().build();

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void everyTextReadsBackUnchanged(long seed) throws Exception {
        List<Chat> chats = new RandomChats(seed, true).chats(50, new Random(seed).nextInt(5));

        JsonNode read = JSON.readTree(json(new EncodedChats(0), chats));

        assertEquals(chats.size(), read.size());
        for (int i = 0; i < chats.size(); i++) {
            assertChat(chats.get(i), read.get(i));
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 1, 3_000, 50_000, PLENTY})
    void theSizeOfTheCacheDoesNotChangeTheBytes(long cacheBytes) throws Exception {
        List<Chat> chats = new RandomChats(9, true).chats(60, 12);
        EncodedChats encoded = new EncodedChats(cacheBytes);
        Random random = new Random(10);
        for (int round = 0; round < 40; round++) {
            List<Chat> page = new ArrayList<>();
            for (int i = random.nextInt(21); i > 0; i--) {
                page.add(chats.get(random.nextInt(chats.size())));
            }
            byte[] expected = json(new EncodedChats(0), page);
            assertArrayEquals(expected, json(encoded, page));
            Pieces compressed = new Pieces();
            boolean isInParts = GzipPage.write(list(page), encoded, compressed, EncodedChatsTest::plenty);
            assertEquals(cacheBytes > 0 && !page.isEmpty(), isInParts);
            if (isInParts) {
                assertArrayEquals(expected, gunzip(bytes(compressed)));
            }
            Pieces plain = new Pieces();
            plain.write(expected);
            assertArrayEquals(expected, gunzip(bytes(GzipPage.compressed(plain))));
        }
    }

    @Test
    void aCachedChatIsNotUsedForAnEqualRoomWithAnotherUser() throws Exception {
        EncodedChats encoded = new EncodedChats(PLENTY);
        Room room = Room.group(new RoomId("r"), "r", ADA, 1);
        for (String name : List.of("Ada", "Countess")) {
            User ada = User.named(ADA, name, 1);
            JsonNode read = JSON.readTree(json(encoded, List.of(new Chat(room, ada, List.of(ada), null))));
            assertEquals(name, read.at("/0/members/0/nick_name").textValue());
            assertEquals(name, read.at("/0/creator/nick_name").textValue());
        }
    }

    /** A JSON list of the chats. */
    static byte[] json(EncodedChats encoded, List<Chat> chats) {
        Pieces pieces = new Pieces();
        encoded.write(list(chats), pieces, EncodedChatsTest::plenty);
        return bytes(pieces);
    }

    private static ChatsText list(List<Chat> chats) {
        return new ChatsText(new byte[] {'['}, chats, new byte[] {']'});
    }

    static void plenty(long bytes) {}

    /** Takes all bytes, in steps of many sizes. */
    static byte[] bytes(Pieces pieces) {
        ByteBuffer all = ByteBuffer.allocate((int) pieces.length());
        ByteBuffer step = ByteBuffer.allocate(10_000);
        for (int size = 1; pieces.length() > 0; size = size * 3 % 10_000) {
            pieces.peek(step.clear().limit(Math.max(1, size)));
            pieces.take(step.position());
            all.put(step.flip());
        }
        return all.array();
    }

    static byte[] gunzip(byte[] gzip) throws IOException {
        try (GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(gzip))) {
            return in.readAllBytes();
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {0, PLENTY})
    void whoeverHasTooLittleMemoryIsStopped(long cacheBytes) {
        List<Chat> chats = new RandomChats(9, true).chats(60, 12);
        int length = json(new EncodedChats(0), chats).length;
        LongConsumer half = bytes -> {
            if (bytes > length / 2) {
                throw new IllegalStateException("too much");
            }
        };
        EncodedChats encoded = new EncodedChats(cacheBytes);
        Pieces pieces = new Pieces();
        assertThrows(IllegalStateException.class, () -> encoded.write(list(chats), pieces, half));
        assertTrue(pieces.length() <= length / 2 + length / 30, pieces.length() + " of " + length);
        LongConsumer none = bytes -> {
            throw new IllegalStateException("too much");
        };
        assertThrows(IllegalStateException.class, () -> encoded.write(list(chats), new Pieces(), none));
    }

    private static void assertChat(Chat chat, JsonNode read) {
        Room room = chat.room();
        assertEquals(room.name(), read.get("name").textValue());
        assertEquals(room.description(), read.get("description").textValue());
        assertEquals(room.isOpenseaColl(), read.get("is_opensea_coll").booleanValue());
        assertEquals(room.creatorId().value(), read.get("creator_id").textValue());
        assertEquals(room.id().value(), read.get("room_id").textValue());
        assertEquals(room.is1v1(), read.get("is_1v1").booleanValue());
        assertEquals(room.createdAt(), read.get("created_at").longValue());
        assertSet(room.openseaColl().name(), read, "opensea_coll_name");
        assertSet(room.openseaColl().cover(), read, "opensea_coll_cover");
        assertSet(room.openseaColl().slug(), read, "opensea_coll_slug");
        assertUser(chat.creator(), read.get("creator"));
        assertEquals(chat.members().size(), read.get("members").size());
        for (int i = 0; i < chat.members().size(); i++) {
            assertUser(chat.members().get(i), read.get("members").get(i));
        }
        assertMessage(chat, read.get("latest_msg"));
    }

    private static void assertUser(User user, JsonNode read) {
        assertEquals(user.id().value(), read.get("user_id").textValue());
        assertEquals(user.nickName(), read.get("nick_name").textValue());
        assertEquals(user.status(), read.get("status").textValue());
        assertEquals(user.ensName(), read.get("ens_name").textValue());
        assertEquals(user.createdAt(), read.get("created_at").longValue());
        assertEquals(user.opensea().username(), read.get("opensea_username").textValue());
        assertEquals(user.twitter().username(), read.get("twitter_username").textValue());
        assertEquals(user.discord().username(), read.get("discord_username").textValue());
        assertEquals(user.facebook().username(), read.get("facebook_username").textValue());
        assertEquals(user.instagram().username(), read.get("instagram_username").textValue());
        assertEquals(user.facebook().avatar(), read.get("facebook_avatar").textValue());
        assertEquals(user.instagram().avatar(), read.get("instagram_avatar").textValue());
        assertSet(user.twitter().avatar(), read, "twitter_avatar");
        assertSet(user.opensea().avatar(), read, "opensea_avatar");
        assertSet(user.discord().avatar(), read, "discord_avatar");
    }

    private static void assertMessage(Chat chat, JsonNode read) {
        Message message = chat.latest();
        if (message == null) {
            assertEquals("null", read.toString());
            return;
        }
        assertEquals(message.id().value(), read.get("id").textValue());
        assertEquals(message.msgContents(), read.get("msg_contents").textValue());
        assertEquals(message.belongToThreadId(), read.get("belong_to_thread_id").textValue());
        assertEquals(message.replyToMsgId(), read.get("reply_to_msg_id").textValue());
        assertEquals(message.openseaItem().name(), read.get("opensea_item_name").textValue());
        assertEquals(message.createdAt(), read.get("created_at").longValue());
        assertEquals(message.isThread(), read.get("is_thread").booleanValue());
        assertEquals(
                message.atUserIds().stream().map(UserId::value).toList(),
                StreamSupport.stream(read.get("at_user_ids").spliterator(), false)
                        .map(JsonNode::textValue)
                        .toList());
    }

    private static void assertSet(String text, JsonNode read, String field) {
        assertEquals(text, read.path(field).asText(""));
        assertEquals(!text.isEmpty(), read.has(field));
    }
}
