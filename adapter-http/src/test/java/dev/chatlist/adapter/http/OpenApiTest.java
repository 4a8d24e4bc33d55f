package dev.chatlist.adapter.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion.VersionFlag;
import dev.chatlist.application.StorageUnavailableException;
import dev.chatlist.application.sync.Cursor;
import dev.chatlist.application.sync.RemovedRoom;
import dev.chatlist.application.sync.RemovedRoom.Reason;
import dev.chatlist.application.sync.StateToken;
import dev.chatlist.application.sync.Synced;
import dev.chatlist.domain.Chat;
import dev.chatlist.domain.Message;
import dev.chatlist.domain.MessageId;
import dev.chatlist.domain.Room;
import dev.chatlist.domain.RoomId;
import dev.chatlist.domain.User;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The server gives exactly the answers that docs/openapi.yaml documents. */
class OpenApiTest {
    private static final String ORIGIN = "https://app.example.com";
    private static final String PAGE = "{\"page\":1,\"size\":20}";

    /** With everything that an answer may have, with nothing, and a reset. */
    private static final List<Synced<Chat>> PARTS = List.of(
            synced(
                    List.of(ChatJsonTest.full()),
                    List.of(
                            new RemovedRoom(new RoomId("r7"), Reason.LEFT),
                            new RemovedRoom(new RoomId("r9"), Reason.ROOM_REMOVED)),
                    false,
                    new Cursor("c")),
            synced(List.of(), List.of(), false, null),
            synced(List.of(), List.of(), true, new Cursor("c")));

    private final JsonNode api = read();
    private final Set<String> answered = new TreeSet<>();

    private static JsonNode read() {
        ObjectMapper yaml = new ObjectMapper(new YAMLFactory());
        try {
            return yaml.readTree(Path.of("..", "docs", "openapi.yaml").toFile());
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void everyAnswerIsDocumentedAndEveryDocumentedAnswerIsGiven() throws Exception {
        try (TestApi server = new TestApi(TestApi.settings(Set.of(ORIGIN), 4, 4))) {
            server.listMyChats = (caller, request) -> List.of(ChatJsonTest.full(), ChatJsonTest.bare());
            server.listMyRoomIds = caller -> List.of(new RoomId("r1"));
            check(server, post(server, PAGE));
            for (Synced<Chat> part : PARTS) {
                server.syncMyChats = (caller, request, limit, maxBytes) -> part;
                for (JsonNode example :
                        api.at("/paths/~1my_chats/post/requestBody/content/application~1json/examples")) {
                    check(server, post(server, example.get("value").toString()));
                }
            }
            check(server, server.request("/my_rooms"));
            for (String path : List.of("/my_chats", "/my_rooms", "/livez", "/readyz")) {
                check(server, server.anonymous(path).DELETE());
            }
            for (String path : List.of("/my_chats", "/my_rooms")) {
                check(server, preflight(server, path));
            }
            check(server, server.anonymous("/my_chats").POST(BodyPublishers.noBody()));
            check(server, server.anonymous("/my_rooms"));
            check(server, server.anonymous("/my_rooms").header("Authorization", "Bearer x"));
            check(server, post(server, "{}"));
            check(server, post(server, " ".repeat(20_000)));
            check(server, post(server, PAGE).header("Content-Type", "text/plain"));
            for (String path : List.of("/livez", "/readyz")) {
                check(server, server.anonymous(path));
                check(server, server.anonymous(path).method("HEAD", BodyPublishers.noBody()));
            }
            check(
                    server,
                    server.request("/my_chats").POST(BodyPublishers.fromPublisher(BodyPublishers.ofString(PAGE))));
            failing(server, new StorageUnavailableException("down"));
            failing(server, new IllegalStateException("expected by this test"));
        }
        // A closing server gives this answer; ConcurrencyTest checks it.
        answered.add("GET /livez 503");
        // Raw sockets are needed for this answer; SlowRequestTest checks it.
        answered.add("POST /my_chats 408");

        assertEquals(documented(), answered);
    }

    private void failing(TestApi server, RuntimeException failure) throws Exception {
        server.listMyChats = (caller, request) -> {
            throw failure;
        };
        server.listMyRoomIds = caller -> {
            throw failure;
        };
        server.databaseProbe = () -> {
            throw failure;
        };
        check(server, post(server, PAGE));
        check(server, server.request("/my_rooms"));
        check(server, server.anonymous("/readyz"));
    }

    @Test
    void anUndocumentedPathIsAFailureInTheUsualForm() throws Exception {
        try (TestApi server = new TestApi()) {
            HttpResponse<String> answer = server.get("/openapi.yaml");

            assertEquals(404, answer.statusCode());
            assertValid(resolved(api.at("/components/schemas/Failure")), json(answer.body()));
        }
    }

    @Test
    void theExamplesMatchTheirSchemas() {
        int examples = 0;
        for (JsonNode schema : api.at("/components/schemas")) {
            for (JsonNode example : schema.path("examples")) {
                assertValid(schema, json(example.toString()));
                examples++;
            }
        }
        for (JsonNode content : api.findValues("application/json")) {
            if (content.has("example")) {
                assertValid(content.get("schema"), json(content.get("example").toString()));
                examples++;
            }
        }
        for (JsonNode content : api.findValues("application/json")) {
            for (JsonNode example : content.path("examples")) {
                assertValid(content.get("schema"), json(example.get("value").toString()));
                examples++;
            }
        }
        assertTrue(examples > 0);
    }

    private static Synced<Chat> synced(
            List<Chat> chats, List<RemovedRoom> removed, boolean isReset, @Nullable Cursor next) {
        return new Synced<>(chats, chats, removed, isReset, next, new StateToken("s"), 7);
    }

    /** A request that the schema allows is answered, any other is refused. */
    @Test
    void theSchemaOfRequestsAllowsWhatTheServerDoes() throws Exception {
        JsonNode schema = api.at("/paths/~1my_chats/post/requestBody/content/application~1json/schema");
        List<String> keys = List.of(
                "\"page\":1",
                "\"size\":20",
                "\"cursor\":\"\"",
                "\"since\":\"s\"",
                "\"members_limit\":100",
                "\"members_limit\":101",
                "\"since\":\"\"");
        try (TestApi server = new TestApi()) {
            for (int set = 0; set < 1 << keys.size(); set++) {
                List<String> chosen = new ArrayList<>();
                for (int i = 0; i < keys.size(); i++) {
                    if ((set & 1 << i) != 0) {
                        chosen.add(keys.get(i));
                    }
                }
                String body = "{" + String.join(",", chosen) + "}";
                boolean isTwice = body.matches(".*(\"since\"|\"members_limit\").*\\1.*");
                boolean isAllowed = !isTwice && errors(schema, json(body)).isEmpty();
                assertEquals(isAllowed ? 200 : 400, server.myChats(body).statusCode(), body);
            }
        }
    }

    @Test
    void theSchemasRequireEveryFieldThatIsAlwaysSent() throws Exception {
        try (TestApi server = new TestApi()) {
            Room room = Room.group(ChatJsonTest.ROOM, "", ChatJsonTest.ADA, 5);
            Message latest = Message.text(new MessageId("m1"), room.id(), ChatJsonTest.BOB, "Hi", 7);
            List<Chat> chats = List.of(new Chat(room, User.removed(ChatJsonTest.ADA), List.of(), latest));
            server.listMyChats = (caller, request) -> chats;
            server.syncMyChats = (caller, request, limit, maxBytes) -> synced(chats, List.of(), false, null);
            allAreRequired("Chats", json(server.myChats(PAGE).body()));
            allAreRequired(
                    "SyncedChats",
                    json(server.myChats("{\"size\":20,\"cursor\":\"\"}").body()));
        }
    }

    private void allAreRequired(String schema, JsonNode page) {
        for (String pointer : List.of("", "/data/0", "/data/0/creator", "/data/0/latest_msg")) {
            for (Map.Entry<String, JsonNode> field : page.at(pointer).properties()) {
                JsonNode less = page.deepCopy();
                ((ObjectNode) less.at(pointer)).remove(field.getKey());
                assertFalse(
                        errors(api.at("/components/schemas/" + schema), less).isEmpty(),
                        "not required: " + pointer + "/" + field.getKey());
            }
        }
    }

    @Test
    void theSchemasRefuseOtherFieldsAndTypes() throws Exception {
        try (TestApi server = new TestApi()) {
            server.listMyChats = (caller, request) -> List.of(ChatJsonTest.full());
            server.syncMyChats = (caller, request, limit, maxBytes) -> PARTS.get(0);
            JsonNode page = json(server.myChats(PAGE).body());
            othersAreRefused(
                    "Chats", page, "", "/data/0", "/data/0/creator", "/data/0/latest_msg", "/data/0/members/1");
            JsonNode part = json(server.myChats("{\"size\":20,\"cursor\":\"c\",\"members_limit\":3}")
                    .body());
            assertEquals(
                    8 + 1,
                    part.size() + part.at("/data/0").findValues("member_count").size());
            othersAreRefused("SyncedChats", part, "", "/data/0", "/moved/0", "/removed/0", "/removed/1");
        }
    }

    private void othersAreRefused(String name, JsonNode page, String... pointers) {
        JsonNode schema = api.at("/components/schemas/" + name);
        assertValid(schema, page);
        for (String pointer : pointers) {
            JsonNode more = page.deepCopy();
            ((ObjectNode) more.at(pointer)).put("more", 1);
            assertFalse(errors(schema, more).isEmpty(), pointer);
            for (Map.Entry<String, JsonNode> field : page.at(pointer).properties()) {
                JsonNode wrong = page.deepCopy();
                boolean text = field.getValue().isTextual();
                ((ObjectNode) wrong.at(pointer)).set(field.getKey(), text ? json("1") : TextNode.valueOf("x"));
                assertFalse(errors(schema, wrong).isEmpty(), pointer + "/" + field.getKey());
            }
        }
    }

    private static HttpRequest.Builder post(TestApi server, String body) {
        return server.request("/my_chats").POST(BodyPublishers.ofString(body));
    }

    private static HttpRequest.Builder preflight(TestApi server, String path) {
        return server.anonymous(path)
                .header("Origin", ORIGIN)
                .header("Access-Control-Request-Method", "POST")
                .method("OPTIONS", BodyPublishers.noBody());
    }

    /** Sends the request and checks the answer against the documentation of its path, method and status. */
    private void check(TestApi server, HttpRequest.Builder request) throws Exception {
        HttpResponse<String> answer = server.send(request);
        JsonNode path = api.path("paths").path(answer.uri().getPath());
        String asked = answer.request().method();
        // The answer to another method is documented under the path's own method.
        String method = path.has(asked.toLowerCase(Locale.ROOT)) ? asked : path.has("post") ? "POST" : "GET";
        String key = "%s %s %d".formatted(method, answer.uri().getPath(), answer.statusCode());
        JsonNode response = resolved(path.path(method.toLowerCase(Locale.ROOT))
                .path("responses")
                .path(Integer.toString(answer.statusCode())));
        assertFalse(response.isMissingNode(), "not documented: " + key);
        if (method.equals("HEAD")) {
            assertEquals("", answer.body());
        } else {
            assertValid(response.at("/content/application~1json/schema"), json(answer.body()));
        }
        for (Map.Entry<String, JsonNode> header : response.path("headers").properties()) {
            JsonNode documented = resolved(header.getValue());
            Optional<String> value = answer.headers().firstValue(header.getKey());
            if (value.isPresent() || documented.path("required").booleanValue()) {
                assertValid(documented.path("schema"), TextNode.valueOf(value.orElse("")));
            }
        }
        answered.add(key);
    }

    private Set<String> documented() {
        Set<String> all = new TreeSet<>();
        for (Map.Entry<String, JsonNode> path : api.path("paths").properties()) {
            for (Map.Entry<String, JsonNode> method : path.getValue().properties()) {
                for (Map.Entry<String, JsonNode> response :
                        method.getValue().path("responses").properties()) {
                    all.add("%s %s %s"
                            .formatted(method.getKey().toUpperCase(Locale.ROOT), path.getKey(), response.getKey()));
                }
            }
        }
        return all;
    }

    private JsonNode resolved(JsonNode node) {
        return node.has("$ref") ? api.at(node.get("$ref").textValue().substring(1)) : node;
    }

    private void assertValid(JsonNode schema, JsonNode value) {
        assertTrue(schema.isObject(), "no schema for " + value);
        assertEquals(List.of(), errors(schema, value), value.toString());
    }

    /** A schema refers to other schemas in the document, so they are added. */
    private List<String> errors(JsonNode schema, JsonNode value) {
        ObjectNode whole = schema.deepCopy();
        whole.set("components", api.get("components"));
        JsonSchema validator =
                JsonSchemaFactory.getInstance(VersionFlag.V202012).getSchema(whole);
        List<String> errors = new ArrayList<>();
        validator.validate(value).forEach(error -> errors.add(error.getMessage()));
        return errors;
    }

    private static JsonNode json(String text) {
        try {
            return JsonMapper.builder()
                    .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                    .build()
                    .readTree(text);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }
}
