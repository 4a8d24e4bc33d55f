package dev.chatlist.adapter.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.chatlist.adapter.http.encoding.RandomChats;
import dev.chatlist.application.sync.Cursor;
import dev.chatlist.application.sync.RemovedRoom;
import dev.chatlist.application.sync.StateToken;
import dev.chatlist.application.sync.Synced;
import dev.chatlist.domain.Chat;
import dev.chatlist.domain.RoomId;
import io.undertow.util.HeaderMap;
import io.undertow.util.Headers;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A compressed list decodes to the plain one and isn't much longer than zlib makes it. */
class GzipTest {
    private static final double MAX_RATIO_TO_ZLIB_6 = 1.3;

    private static TestApi api;

    @BeforeAll
    static void start() {
        api = new TestApi();
    }

    @AfterAll
    static void stop() {
        api.close();
    }

    @ParameterizedTest
    @CsvSource({
        "0, 12",
        "1, 0",
        "1, 1",
        "1, 12",
        "20, 1",
        "20, 2",
        "20, 4",
        "20, 8",
        "20, 12",
        "20, 100",
        "1000, 2",
        "1000, 12"
    })
    void aGzippedPageDecodesToThePlainOneAndIsAtMost30PercentLargerThanZlibs(int chats, int members) throws Exception {
        List<Chat> page = new RandomChats(chats + members, false).chats(chats, members);
        api.listMyChats = (caller, request) -> page;
        byte[] plain = api.bytes(myChats()).body();

        // The second answer comes from the cache.
        for (int times = 0; times < 2; times++) {
            assertSame(plain, api.bytes(myChats().header("Accept-Encoding", "gzip")));
        }
    }

    @Test
    void aGzippedPageOfSmallAndLargeChatsDecodesToThePlainOne() throws Exception {
        RandomChats random = new RandomChats(7, true);
        List<Chat> page = IntStream.of(1, 400, 2, 0, 30, 1, 1, 90, 5, 1)
                .mapToObj(members -> random.chats(1, members).get(0))
                .toList();
        api.listMyChats = (caller, request) -> page;
        byte[] plain = api.bytes(myChats()).body();

        assertSame(plain, api.bytes(myChats().header("Accept-Encoding", "gzip")));
    }

    @ParameterizedTest
    @CsvSource({"0, 0, 0", "1, 1, 9", "20, 0, 3", "20, 5, 12", "20, 20, 12", "3, 200, 12", "20, 0, 40"})
    void aGzippedPartOfAWalkDecodesToThePlainOneAndIsAsShort(int listed, int moved, int members) throws Exception {
        RandomChats random = new RandomChats(listed + moved + members, false);
        Synced<Chat> part = new Synced<>(
                random.chats(listed, members),
                random.chats(moved, members),
                List.of(new RemovedRoom(new RoomId("r7"), RemovedRoom.Reason.LEFT)),
                false,
                new Cursor("0123456789".repeat(8)),
                new StateToken("0123456789".repeat(3)),
                1196);
        api.syncMyChats = (caller, request, limit, maxBytes) -> part;
        for (String limit : List.of("", ",\"members_limit\":40")) {
            String body = "{\"cursor\":\"c\",\"size\":200" + limit + "}";
            byte[] plain = api.bytes(api.request("/my_chats").POST(BodyPublishers.ofString(body)))
                    .body();
            for (int times = 0; times < 2; times++) {
                assertSame(
                        plain,
                        api.bytes(api.request("/my_chats")
                                .POST(BodyPublishers.ofString(body))
                                .header("Accept-Encoding", "gzip")));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 100, 20_000})
    void gzippedRoomIdsDecodeToThePlainOnes(int rooms) throws Exception {
        List<RoomId> ids = IntStream.range(0, rooms)
                .mapToObj(i -> new RoomId("room-\"" + i * 7919L))
                .toList();
        api.listMyRoomIds = caller -> ids;
        byte[] plain = api.bytes(api.request("/my_rooms")).body();

        assertSame(plain, api.bytes(api.request("/my_rooms").header("Accept-Encoding", "gzip")));
    }

    private static void assertSame(byte[] plain, HttpResponse<byte[]> answer) throws IOException {
        assertEquals(List.of("Accept-Encoding"), answer.headers().allValues("Vary"));
        assertEquals(
                List.of(Integer.toString(answer.body().length)),
                answer.headers().allValues("Content-Length"));
        if (plain.length < 1024) {
            assertEquals(Optional.empty(), answer.headers().firstValue("Content-Encoding"));
            assertArrayEquals(plain, answer.body());
            return;
        }
        assertEquals(List.of("gzip"), answer.headers().allValues("Content-Encoding"));
        assertArrayEquals(plain, gunzip(answer.body()));
        double ratio = (double) answer.body().length / zlib6(plain).length;
        assertTrue(
                ratio <= MAX_RATIO_TO_ZLIB_6,
                () -> "%d bytes: %.2f times the size by zlib".formatted(plain.length, ratio));
    }

    @Test
    void failuresAreNotCompressed() throws Exception {
        api.listMyRoomIds = caller -> {
            throw new IllegalStateException("expected by this test");
        };
        HttpResponse<byte[]> answer = api.bytes(api.request("/my_rooms").header("Accept-Encoding", "gzip"));

        assertEquals(500, answer.statusCode());
        assertEquals(Optional.empty(), answer.headers().firstValue("Content-Encoding"));
        assertEquals(List.of("Accept-Encoding"), answer.headers().allValues("Vary"));
        assertTrue(new String(answer.body(), UTF_8).startsWith("{\"msg\":"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "gzip",
                "GZip",
                "x-gzip",
                "gzip, deflate, br",
                "br;q=1.0 , gzip ; q=0.001",
                "*",
                "deflate, *;q=0.5",
                "gzip;q=0.5, identity;q=0.5",
                "identity;q=0, gzip;q=0.1",
                "gzip;Q=1.000",
                "br, , gzip"
            })
    void gzipIsPreferredIfItsQualityIsNoLowerThanThatOfIdentity(String accepted) {
        assertTrue(prefersGzip(accepted), accepted);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "identity",
                "deflate, br",
                "gzip;q=0",
                "gzip;q=0.000, *",
                "*;q=0",
                "gzip;q=0.5, identity",
                "identity;q=0.8, *;q=0.7",
                "gzip;q=2",
                "gzip;q=x",
                "gzip;level=9",
                "gzipped"
            })
    void gzipIsNotPreferredIfRefusedOrRankedBelowIdentity(String accepted) {
        assertEquals(false, prefersGzip(accepted), accepted);
    }

    @Test
    void severalHeadersAreOneList() {
        assertTrue(prefersGzip("br", "gzip"));
        assertEquals(false, prefersGzip("gzip;q=0.2", "identity;q=0.3"));
    }

    @Test
    void withoutAcceptEncodingNothingIsCompressed() throws Exception {
        List<Chat> page = new RandomChats(1, false).chats(20, 12);
        api.listMyChats = (caller, request) -> page;
        api.listMyRoomIds = caller -> Collections.nCopies(1000, new RoomId("r1"));

        for (HttpRequest.Builder request : List.of(myChats(), api.request("/my_rooms"))) {
            HttpResponse<byte[]> answer = api.bytes(request);
            assertEquals(Optional.empty(), answer.headers().firstValue("Content-Encoding"));
            assertEquals(List.of("Accept-Encoding"), answer.headers().allValues("Vary"));
            assertTrue(new String(answer.body(), UTF_8).startsWith("{\"msg\":\"ok\""));
        }
    }

    private static boolean prefersGzip(String... headers) {
        HeaderMap request = new HeaderMap();
        request.addAll(Headers.ACCEPT_ENCODING, List.of(headers));
        return AcceptEncoding.prefersGzip(request);
    }

    private static HttpRequest.Builder myChats() {
        return api.request("/my_chats").POST(BodyPublishers.ofString("{\"page\":1,\"size\":200}"));
    }

    private static byte[] gunzip(byte[] gzip) throws IOException {
        try (GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(gzip))) {
            return in.readAllBytes();
        }
    }

    private static byte[] zlib6(byte[] plain) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
            gzip.write(plain);
        }
        return out.toByteArray();
    }
}
