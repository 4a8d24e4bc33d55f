package dev.chatlist.adapter.http;

import static java.util.Objects.requireNonNull;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.chatlist.adapter.http.observation.RequestObserver.Ended;
import dev.chatlist.application.AnswerTooLargeException;
import dev.chatlist.application.StorageUnavailableException;
import dev.chatlist.application.sync.Cursor;
import dev.chatlist.application.sync.RemovedRoom;
import dev.chatlist.application.sync.RemovedRoom.Reason;
import dev.chatlist.application.sync.StateToken;
import dev.chatlist.application.sync.SyncRequest;
import dev.chatlist.application.sync.Synced;
import dev.chatlist.domain.Chat;
import dev.chatlist.domain.MembersLimit;
import dev.chatlist.domain.PageRequest;
import dev.chatlist.domain.RoomId;
import dev.chatlist.domain.UserId;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The exact bytes of answers to requests with {@code members_limit}, {@code cursor} or {@code since}. */
class SyncTest {
    private static final Chat CHAT = ChatJsonTest.bare();
    private static final List<RemovedRoom> REMOVED = List.of(
            new RemovedRoom(new RoomId("r7"), Reason.LEFT), new RemovedRoom(new RoomId("é\"9"), Reason.ROOM_REMOVED));
    private static final String REMOVED_JSON =
            "[{\"room_id\":\"r7\",\"reason\":\"left\"},{\"room_id\":\"é\\\"9\",\"reason\":\"room_removed\"}]";

    private static final String ORIGIN = "https://app.example.com";

    private static TestApi api;
    private static String chat;

    @BeforeAll
    static void start() throws Exception {
        api = new TestApi(TestApi.settings(Set.of(ORIGIN), 4, 4));
        api.listMyChats = (caller, request) -> List.of(CHAT);
        String body = api.myChats("{\"page\":1,\"size\":20}").body();
        chat = body.substring(body.indexOf('[') + 1, body.length() - 2);
    }

    @AfterAll
    static void stop() {
        api.close();
    }

    private record Call(
            UserId caller, SyncRequest request, @Nullable MembersLimit limit) {}

    @Test
    void theRequestReachesTheUseCaseWithTheTokensUser() throws Exception {
        List<Call> calls = new ArrayList<>();
        api.syncMyChats = (caller, request, limit, maxBytes) -> {
            calls.add(new Call(caller, request, limit));
            return synced(List.of(), List.of(), List.of(), false, null);
        };
        api.myChats("{\"page\":2,\"size\":20,\"members_limit\":3,\"user_id\":\"eve\"}");
        api.myChats("{\"size\":7,\"cursor\":\"\"}");
        api.myChats("{\"size\":7,\"cursor\":\"no cursor of ours\",\"members_limit\":0}");
        api.myChats("{\"size\":9,\"since\":\"no state of ours\"}");

        assertEquals(
                List.of(
                        new Call(TestApi.CALLER, new SyncRequest.Numbered(new PageRequest(2, 20)), new MembersLimit(3)),
                        new Call(TestApi.CALLER, new SyncRequest.Walk(Cursor.BEGIN, 7), null),
                        new Call(
                                TestApi.CALLER,
                                new SyncRequest.Walk(new Cursor("no cursor of ours"), 7),
                                new MembersLimit(0)),
                        new Call(TestApi.CALLER, new SyncRequest.Delta(new StateToken("no state of ours"), 9), null)),
                calls);
    }

    @Test
    void aDeltaWithNothingNewIsShort() throws Exception {
        String body = answer("{\"size\":20,\"since\":\"s\"}", synced(List.of(), List.of(), List.of(), false, null));

        assertEquals(
                "{\"msg\":\"ok\",\"code\":0,\"data\":[],\"removed\":[],\"state\":\"AQkQMzI1NDc2OTgxMDExMj\","
                        + "\"count\":1196}",
                body);
        assertTrue(body.length() <= 115, body.length() + " bytes");
    }

    @Test
    void aDeltaHasChangedChatsRemovedRoomsAndACursorIfThereIsMore() throws Exception {
        assertEquals(
                ok("[" + chat + "," + chat + "],\"removed\":" + REMOVED_JSON + ",\"next_cursor\":\"AQc\","),
                answer("{\"size\":20,\"since\":\"s\"}", synced(List.of(CHAT, CHAT), List.of(), REMOVED, false, "AQc")));
    }

    @Test
    void theFirstPageOfAWalkHasNothingMovedAndNothingRemoved() throws Exception {
        assertEquals(
                ok("[" + chat + "],\"next_cursor\":\"AQc\","),
                answer("{\"size\":1,\"cursor\":\"\"}", synced(List.of(CHAT), List.of(), List.of(), false, "AQc")));
        assertEquals(
                ok("[],"),
                answer("{\"size\":1,\"cursor\":\"\"}", synced(List.of(), List.of(), List.of(), false, null)));
    }

    @Test
    void laterPagesHaveWhatMovedAndWhatWasRemoved() throws Exception {
        String request = "{\"size\":1,\"cursor\":\"AQb\"}";
        assertEquals(
                ok("[" + chat + "],\"moved\":[" + chat + "," + chat + "],\"removed\":" + REMOVED_JSON
                        + ",\"next_cursor\":\"AQc\","),
                answer(request, synced(List.of(CHAT), List.of(CHAT, CHAT), REMOVED, false, "AQc")));
        assertEquals(
                ok("[],\"moved\":[" + chat + "],\"removed\":[],"),
                answer(request, synced(List.of(), List.of(CHAT), List.of(), false, null)));
        assertEquals(
                ok("[" + chat + "],\"moved\":[],\"removed\":[],"),
                answer(request, synced(List.of(CHAT), List.of(), List.of(), false, null)));
        assertEquals(
                ok("[],\"moved\":[],\"removed\":[],"),
                answer(request, synced(List.of(), List.of(), List.of(), false, null)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"cursor\":\"AQb\"", "\"since\":\"AQs\""})
    void aResetHasNeither(String key) throws Exception {
        assertEquals(
                ok("[" + chat + "],\"reset\":true,\"next_cursor\":\"AQc\","),
                answer("{\"size\":1," + key + "}", synced(List.of(CHAT), List.of(), List.of(), true, "AQc")));
    }

    @Test
    void withMembersLimitEachChatEndsWithMemberCount() throws Exception {
        Chat excerpt = ChatJsonTest.full().excerpt(ChatJsonTest.ADA, new MembersLimit(1));
        String counted = chat.substring(0, chat.length() - 1) + ",\"member_count\":1}";
        for (int times = 0; times < 2; times++) {
            String page = answer(
                    "{\"page\":1,\"size\":20,\"members_limit\":1}",
                    synced(List.of(CHAT, excerpt, CHAT), List.of(), List.of(), false, null));
            assertTrue(
                    page.startsWith("{\"msg\":\"ok\",\"code\":0,\"data\":[" + counted + ",{\"name\":\"Apes\","), page);
            assertTrue(
                    page.endsWith("\"opensea_coll_slug\":\"ape-club\",\"member_count\":2}," + counted
                            + "],\"state\":\"AQkQMzI1NDc2OTgxMDExMj\",\"count\":1196}"),
                    page);
            assertEquals(
                    ok("[" + counted + "],\"moved\":[" + counted + "],\"removed\":[],"),
                    answer(
                            "{\"size\":1,\"cursor\":\"AQb\",\"members_limit\":1}",
                            synced(List.of(CHAT), List.of(CHAT), List.of(), false, null)));
            assertEquals(
                    ok("[" + chat + "],\"removed\":[],"),
                    answer("{\"size\":1,\"since\":\"s\"}", synced(List.of(CHAT), List.of(), List.of(), false, null)));
        }
    }

    @Test
    void failuresAreThoseOfPlainPages() throws Exception {
        String request = "{\"size\":20,\"since\":\"s\"}";
        api.syncMyChats = (caller, asked, limit, maxBytes) -> {
            throw new StorageUnavailableException("down");
        };
        assertEquals(503, api.myChats(request).statusCode());
        api.syncMyChats = (caller, asked, limit, maxBytes) -> {
            throw new AnswerTooLargeException(Long.MAX_VALUE / 4);
        };
        HttpResponse<String> tooLarge = api.myChats(request);
        assertEquals(503, tooLarge.statusCode());
        assertTrue(tooLarge.body().contains("a smaller size"), tooLarge.body());
        api.syncMyChats = (caller, asked, limit, maxBytes) -> {
            throw new IllegalStateException("expected by this test");
        };
        assertEquals(500, api.myChats(request).statusCode());
        HttpResponse<String> fault = api.myChats("{\"size\":20,\"since\":\"s\",\"page\":1}");
        assertEquals(400, fault.statusCode());
        String msg = "the body must have size, one of page, cursor and since, and with them members_limit or not; "
                + "it has size, since, page";
        assertEquals("{\"msg\":\"%s\",\"code\":400,\"data\":null,\"message\":\"%1$s\"}".formatted(msg), fault.body());
        assertEquals(413, api.myChats(request + " ".repeat(20_000)).statusCode());
        assertEquals(
                401,
                api.send(api.anonymous("/my_chats").POST(BodyPublishers.ofString(request)))
                        .statusCode());
        assertEquals(
                405,
                api.send(api.request("/my_chats").method("HEAD", BodyPublishers.noBody()))
                        .statusCode());
    }

    @Test
    void anAnswerThatNeedsMoreMemoryIsReadAgainWithIt() throws Exception {
        List<Long> allowed = new ArrayList<>();
        api.syncMyChats = (caller, asked, limit, maxBytes) -> {
            allowed.add(maxBytes);
            if (maxBytes < 10_000_000) {
                throw new AnswerTooLargeException(10_000_000);
            }
            return synced(List.of(CHAT), List.of(), List.of(), false, null);
        };
        assertEquals(200, api.myChats("{\"size\":20,\"cursor\":\"\"}").statusCode());
        assertEquals(2, allowed.size());
    }

    @Test
    void answersHaveTheHeadersOfPlainPages() throws Exception {
        api.syncMyChats = (caller, asked, limit, maxBytes) -> synced(List.of(CHAT), List.of(), List.of(), false, null);
        HttpResponse<String> plain = fromOrigin("{\"page\":1,\"size\":20}");
        HttpResponse<String> synced = fromOrigin("{\"size\":20,\"cursor\":\"\"}");
        HttpResponse<String> fault = fromOrigin("{\"cursor\":\"\"}");
        assertEquals(400, fault.statusCode());
        assertEquals(Optional.of(ORIGIN), plain.headers().firstValue("Access-Control-Allow-Origin"));
        for (String header : List.of(
                "Content-Type",
                "Cache-Control",
                "X-Content-Type-Options",
                "Vary",
                "Access-Control-Allow-Origin",
                "Access-Control-Expose-Headers")) {
            assertEquals(plain.headers().allValues(header), synced.headers().allValues(header), header);
            assertEquals(plain.headers().allValues(header), fault.headers().allValues(header), header);
        }
        assertEquals(Optional.empty(), synced.headers().firstValue("Content-Encoding"));
    }

    private static HttpResponse<String> fromOrigin(String body) throws Exception {
        return api.send(api.request("/my_chats").header("Origin", ORIGIN).POST(BodyPublishers.ofString(body)));
    }

    @Test
    void observersSeeTheRouteOfPlainPages() throws Exception {
        BlockingQueue<Ended> all = new LinkedBlockingQueue<>();
        try (TestApi observed = new TestApi(TestApi.settings(Set.of(), 4, 4), List.of(all::add))) {
            String body = observed.myChats("{\"size\":1,\"since\":\"s\"}").body();
            Ended ended = requireNonNull(all.poll(20, TimeUnit.SECONDS));
            assertEquals("POST /my_chats 200", ended.method() + ' ' + ended.route() + ' ' + ended.status());
            assertEquals(body.length(), ended.bytes());
        }
    }

    /** The deadline of a request, while its use case waits. */
    @Test
    void aRequestIs503AtItsDeadline() throws Exception {
        CountDownLatch isBack = new CountDownLatch(1);
        try (TestApi slow = new TestApi(TestApi.settings(Duration.ofMillis(200), 1 << 26))) {
            slow.syncMyChats = (caller, asked, limit, maxBytes) -> {
                try {
                    isBack.await();
                } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                }
                return synced(List.of(), List.of(), List.of(), false, null);
            };
            HttpResponse<String> late = slow.myChats("{\"size\":20,\"cursor\":\"\"}");
            isBack.countDown();
            assertEquals(503, late.statusCode());
            assertTrue(late.body().contains("takes too long"), late.body());
        }
    }

    private static String answer(String request, Synced<Chat> synced) throws Exception {
        api.syncMyChats = (caller, asked, limit, maxBytes) -> synced;
        HttpResponse<String> answer = api.myChats(request);
        assertEquals(200, answer.statusCode(), answer::body);
        return answer.body();
    }

    private static String ok(String data) {
        return "{\"msg\":\"ok\",\"code\":0,\"data\":" + data + "\"state\":\"AQkQMzI1NDc2OTgxMDExMj\",\"count\":1196}";
    }

    private static Synced<Chat> synced(
            List<Chat> listed, List<Chat> moved, List<RemovedRoom> removed, boolean isReset, @Nullable String next) {
        return new Synced<>(
                listed,
                moved,
                removed,
                isReset,
                next == null ? null : new Cursor(next),
                new StateToken("AQkQMzI1NDc2OTgxMDExMj"),
                1196);
    }
}
