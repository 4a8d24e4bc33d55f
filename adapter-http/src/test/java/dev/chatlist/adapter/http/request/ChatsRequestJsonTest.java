package dev.chatlist.adapter.http.request;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.chatlist.application.sync.Cursor;
import dev.chatlist.application.sync.StateToken;
import dev.chatlist.application.sync.SyncRequest;
import dev.chatlist.domain.MembersLimit;
import dev.chatlist.domain.PageRequest;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Which keys go together, and the message for every fault of those that aren't {@code page} and {@code size}. */
class ChatsRequestJsonTest {
    private static final int MAX_SIZE = 200;
    private static final String TOGETHER =
            "the body must have size, one of page, cursor and since, and with them members_limit or not; it has ";

    static Stream<Arguments> requests() {
        SyncRequest page = new SyncRequest.Numbered(new PageRequest(2, 20));
        SyncRequest begin = new SyncRequest.Walk(Cursor.BEGIN, 20);
        SyncRequest next = new SyncRequest.Walk(new Cursor("AQ-_"), 200);
        SyncRequest delta = new SyncRequest.Delta(new StateToken("AQk"), 1);
        return Stream.of(
                Arguments.of("{\"page\":2,\"size\":20}", new ChatsRequest.Plain(new PageRequest(2, 20))),
                Arguments.of("{\"page\":2,\"size\":20,\"members_limit\":3}", sync(page, 3)),
                Arguments.of("{\"members_limit\":0,\"size\":20,\"page\":2}", sync(page, 0)),
                Arguments.of("{\"size\":20,\"cursor\":\"\"}", sync(begin, null)),
                Arguments.of("{\"size\":20,\"cursor\":\"\",\"members_limit\":100}", sync(begin, 100)),
                Arguments.of("{\"cursor\":\"AQ-_\",\"size\":200}", sync(next, null)),
                Arguments.of("{\"since\":\"AQk\",\"size\":1}", sync(delta, null)),
                Arguments.of("{\"since\":\"AQk\",\"members_limit\":7,\"size\":1}", sync(delta, 7)),
                Arguments.of(
                        "{\"size\":20,\"cursor\":\"\",\"unread\":true,\"filter\":{\"since\":1},\"pinned_first\":1}",
                        sync(begin, null)),
                Arguments.of(
                        "{\"size\":20,\"cursor\":\"%s\"}".formatted("c".repeat(8192)),
                        sync(new SyncRequest.Walk(new Cursor("c".repeat(8192)), 20), null)),
                Arguments.of(
                        "{\"size\":20,\"since\":\"%s\"}".formatted("s".repeat(2048)),
                        sync(new SyncRequest.Delta(new StateToken("s".repeat(2048)), 20), null)),
                Arguments.of(
                        "{\"size\":20,\"cursor\":\"\\ud800 \\u0000\"}",
                        sync(new SyncRequest.Walk(new Cursor("\ud800 \0"), 20), null)));
    }

    private static ChatsRequest sync(SyncRequest request, @Nullable Integer limit) {
        return new ChatsRequest.Sync(request, limit == null ? null : new MembersLimit(limit));
    }

    @ParameterizedTest
    @MethodSource("requests")
    void keysThatGoTogetherAreARequest(String body, ChatsRequest expected) {
        assertEquals(expected, parse(body));
    }

    /** Every set of keys, in an order of its own. */
    @Test
    void anyOtherSetOfKeysIsAFaultThatNamesThoseGiven() {
        List<String> keys = List.of("since", "page", "members_limit", "size", "cursor");
        List<String> values = List.of("\"s\"", "1", "3", "20", "\"\"");
        TreeSet<String> accepted = new TreeSet<>();
        for (int set = 0; set < 32; set++) {
            int chosen = set;
            int[] given =
                    IntStream.range(0, 5).filter(i -> (chosen & 1 << i) != 0).toArray();
            String body = IntStream.of(given)
                    .mapToObj(i -> "\"%s\":%s".formatted(keys.get(i), values.get(i)))
                    .reduce((one, other) -> one + ',' + other)
                    .orElse("");
            String names =
                    String.join(", ", IntStream.of(given).mapToObj(keys::get).toList());
            try {
                parse("{" + body + "}");
                accepted.add(names);
            } catch (InvalidBodyException e) {
                boolean isPlain = !names.matches(".*(since|cursor|members_limit).*");
                String missing = names.contains("page")
                        ? "size is missing, it must be an integer from 1 to 200"
                        : "page is missing, it must be an integer, 1 or more";
                assertEquals(isPlain ? missing : TOGETHER + names, e.getMessage());
            }
        }
        assertEquals(
                new TreeSet<>(List.of(
                        "page, size",
                        "page, members_limit, size",
                        "size, cursor",
                        "members_limit, size, cursor",
                        "since, size",
                        "since, members_limit, size")),
                accepted);
    }

    static Stream<Arguments> faults() {
        String cursor = "cursor must be a string of at most 8192 characters, it ";
        String since = "since must be a string of 1 to 2048 characters, it ";
        String limit = "members_limit must be an integer from 0 to 100, it is ";
        return Stream.of(
                Arguments.of("\"cursor\":null", cursor + "is null"),
                Arguments.of("\"cursor\":5", cursor + "is 5"),
                Arguments.of("\"cursor\":[\"\"]", cursor + "is an array"),
                Arguments.of("\"cursor\":\"%s\"".formatted("c".repeat(8193)), cursor + "has 8193"),
                Arguments.of("\"since\":\"\"", since + "has 0"),
                Arguments.of("\"since\":\"%s\"".formatted("s".repeat(2049)), since + "has 2049"),
                Arguments.of("\"since\":true", since + "is true"),
                Arguments.of("\"since\":{}", since + "is an object"),
                Arguments.of("\"members_limit\":-1", limit + "-1"),
                Arguments.of("\"members_limit\":101", limit + "101"),
                Arguments.of("\"members_limit\":3.0", limit + "3.0"),
                Arguments.of("\"members_limit\":\"3\"", limit + "the string \"3\""),
                Arguments.of("\"members_limit\":null", limit + "null"),
                Arguments.of("\"members_limit\":18446744073709551617", limit + "18446744073709551617"),
                Arguments.of("\"cursor\":\"\",\"size\":201", "size must be an integer from 1 to 200, it is 201"),
                Arguments.of("\"since\":\"s\",\"size\":0", "size must be an integer from 1 to 200, it is 0"),
                Arguments.of("\"members_limit\":3,\"page\":0", "page must be an integer, 1 or more, it is 0"));
    }

    @ParameterizedTest
    @MethodSource("faults")
    void aFaultNamesTheKeyTheValuesFaultAndTheRange(String keys, String message) {
        InvalidBodyException e = assertThrows(InvalidBodyException.class, () -> parse("{" + keys + "}"));
        assertEquals(message, e.getMessage());
    }

    @Test
    void aPageByNumberWithoutLimitIsPlain() {
        assertThrows(
                IllegalArgumentException.class,
                () -> new ChatsRequest.Sync(new SyncRequest.Numbered(new PageRequest(1, 1)), null));
    }

    private static ChatsRequest parse(String body) {
        return ChatsRequestJson.parse(body.getBytes(UTF_8), MAX_SIZE);
    }
}
