package dev.chatlist.adapter.http.encoding;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.chatlist.application.sync.Cursor;
import dev.chatlist.application.sync.RemovedRoom;
import dev.chatlist.application.sync.RemovedRoom.Reason;
import dev.chatlist.application.sync.StateToken;
import dev.chatlist.application.sync.SyncRequest;
import dev.chatlist.application.sync.Synced;
import dev.chatlist.domain.Chat;
import dev.chatlist.domain.MembersLimit;
import dev.chatlist.domain.Message;
import dev.chatlist.domain.MessageId;
import dev.chatlist.domain.Room;
import dev.chatlist.domain.RoomId;
import dev.chatlist.domain.User;
import dev.chatlist.domain.UserId;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.function.LongConsumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whole chats and excerpts with the same head, with {@code member_count} and without, share a cache. */
class ExcerptsTest {
    private static final byte[] START = "{\"data\":[".getBytes(UTF_8);
    private static final long PLENTY = 1 << 26;

    /** All kinds of answers of the same few chats, in random order, from one cache. */
    @ParameterizedTest
    @ValueSource(longs = {1, 3_000, 50_000, PLENTY})
    void theCacheDoesNotChangeTheBytes(long cacheBytes) throws Exception {
        Random random = new Random(11);
        List<Chat> chats = new ArrayList<>();
        for (Chat whole : new RandomChats(12, true).chats(12, 5)) {
            chats.add(whole);
            chats.add(whole.excerpt(whole.members().get(4).id(), new MembersLimit(1)));
            chats.add(whole.excerpt(new UserId("nobody"), new MembersLimit(0)));
        }
        EncodedChats encoded = new EncodedChats(cacheBytes);
        int inParts = 0;
        for (int round = 0; round < 150; round++) {
            List<Chat> listed = some(chats, random);
            List<Chat> moved = some(chats, random);
            Synced<Chat> synced = synced(listed, moved, random.nextInt(3));
            ChatsText text = text(synced, random.nextBoolean());
            byte[] expected = json(text, new EncodedChats(0));
            assertArrayEquals(expected, json(text, encoded));
            Pieces gzip = new Pieces();
            if (GzipPage.write(text, encoded, gzip, EncodedChatsTest::plenty)) {
                inParts++;
                assertArrayEquals(expected, EncodedChatsTest.gunzip(EncodedChatsTest.bytes(gzip)));
            }
        }
        assertTrue(inParts > 20, inParts + " answers in parts");
    }

    /** The same object is both the whole chat and its excerpt. */
    @Test
    void aPartOfAnExcerptIsNotUsedForTheWholeChat() throws Exception {
        List<Chat> chats = new RandomChats(13, false).chats(8, 60);
        EncodedChats encoded = new EncodedChats(PLENTY);
        for (boolean isCounted : new boolean[] {true, false, true, false}) {
            ChatsText text = text(synced(chats, List.of(), 0), isCounted);
            Pieces gzip = new Pieces();
            assertTrue(GzipPage.write(text, encoded, gzip, EncodedChatsTest::plenty));
            byte[] expected = json(text, new EncodedChats(0));
            assertArrayEquals(expected, EncodedChatsTest.gunzip(EncodedChatsTest.bytes(gzip)));
            assertEquals(isCounted, new String(expected, UTF_8).contains(",\"member_count\":60}"));
        }
    }

    @Test
    void excerptsForManyViewersShareTheJsonOfTheirHead() {
        UserId ada = new UserId("ada");
        List<User> members = IntStream.range(0, 50)
                .mapToObj(i -> User.named(new UserId("u" + i), "", 1))
                .toList();
        Room room = Room.group(new RoomId("r"), "", ada, 1);
        Message latest = Message.text(new MessageId("m"), room.id(), ada, "x".repeat(100_000), 2);
        Chat whole = new Chat(room, User.removed(ada), members, latest);
        EncodedChats encoded = new EncodedChats(PLENTY);
        SimpleMeterRegistry meters = new SimpleMeterRegistry();
        encoded.bindTo(meters);
        List<Chat> excerpts = members.stream()
                .map(viewer -> whole.excerpt(viewer.id(), new MembersLimit(2)))
                .toList();
        for (int round = 0; round < 3; round++) {
            for (Chat excerpt : excerpts) {
                ChatsText text = text(synced(List.of(excerpt), List.of(), 0), true);
                assertArrayEquals(json(text, new EncodedChats(0)), json(text, encoded));
            }
        }
        json(new ChatsText(START, List.of(whole), new byte[0]), encoded);

        double bytes = meters.get("chatlist.cache.bytes").gauge().value();
        assertTrue(bytes > 100_000 && bytes < 200_000, bytes + " bytes");
        assertEquals(50, excerpts.size());
    }

    @Test
    void aLongTextAfterTheChatsIsCompressed() throws Exception {
        List<Chat> chats = new RandomChats(14, false).chats(8, 60);
        ChatsText text = text(synced(chats, chats, Synced.MAX_REMOVED), true);
        Pieces gzip = new Pieces();

        assertEquals(false, GzipPage.write(text, new EncodedChats(PLENTY), gzip, EncodedChatsTest::plenty));
        Pieces plain = new Pieces();
        new EncodedChats(PLENTY).write(text, plain, EncodedChatsTest::plenty);
        assertTrue(plain.length() > Synced.MAX_REMOVED * 128L);
        assertArrayEquals(
                json(text, new EncodedChats(0)),
                EncodedChatsTest.gunzip(EncodedChatsTest.bytes(GzipPage.compressed(plain))));
    }

    @ParameterizedTest
    @ValueSource(longs = {0, PLENTY})
    void whatMovedAndWasRemovedCountsAsMemory(long cacheBytes) {
        List<Chat> chats = new RandomChats(9, true).chats(30, 12);
        ChatsText text = text(synced(chats.subList(0, 3), chats.subList(3, 30), Synced.MAX_REMOVED), true);
        int length = json(text, new EncodedChats(0)).length;
        List<Long> asked = new ArrayList<>();
        new EncodedChats(cacheBytes).write(text, new Pieces(), asked::add);
        assertEquals(length, asked.get(asked.size() - 1));
        assertTrue(asked.get(0) > length / 2 && asked.get(0) <= length, asked.get(0) + " of " + length);

        LongConsumer half = bytes -> {
            if (bytes > length / 2) {
                throw new IllegalStateException("too much");
            }
        };
        Pieces pieces = new Pieces();
        assertThrows(IllegalStateException.class, () -> new EncodedChats(cacheBytes).write(text, pieces, half));
        assertTrue(pieces.length() < length / 10, pieces.length() + " of " + length);
    }

    private static List<Chat> some(List<Chat> chats, Random random) {
        List<Chat> some = new ArrayList<>(chats);
        Collections.shuffle(some, random);
        return some.subList(0, random.nextInt(12));
    }

    private static ChatsText text(Synced<Chat> synced, boolean isCounted) {
        return SyncedJson.answer(START, new SyncRequest.Walk(new Cursor("c"), 20), synced, isCounted);
    }

    private static Synced<Chat> synced(List<Chat> listed, List<Chat> moved, int removed) {
        return new Synced<>(
                listed,
                moved,
                IntStream.range(0, removed)
                        .mapToObj(i -> new RemovedRoom(new RoomId("é".repeat(124) + i), Reason.LEFT))
                        .toList(),
                false,
                null,
                new StateToken("s"),
                listed.size());
    }

    private static byte[] json(ChatsText text, EncodedChats encoded) {
        Pieces pieces = new Pieces();
        encoded.write(text, pieces, EncodedChatsTest::plenty);
        return EncodedChatsTest.bytes(pieces);
    }
}
