package dev.chatlist.bootstrap;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The running program answers every text that it didn't give to this user with a reset or a 400, and logs none. */
@Timeout(300)
class TokensOfServiceTest {
    private static final HttpClient CLIENT = HttpClient.newHttpClient();
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int ROOMS = 5;

    @TempDir
    Path directory = Path.of("");

    private String url = "";
    private String ada = "";
    private String bob = "";

    @Test
    void aTokenThatTheServiceDidNotGiveIsAResetOrA400() throws Exception {
        assertEquals(0, start("import", world().toString()).waitFor());
        ada = firstLine(start("token", "ada"));
        bob = firstLine(start("token", "bob"));
        Process service = start("serve", "--port=0", "--access-log", "--log-level=debug");
        try {
            url = firstLine(service).replace("Chatlist answers on ", "");
            JsonNode page = answer(ada, "{\"cursor\":\"\",\"size\":2}");
            String cursor = page.get("next_cursor").textValue();
            String state = page.get("state").textValue();
            assertFalse(answer(ada, body("cursor", cursor)).has("reset"));
            assertFalse(answer(ada, body("since", state)).has("reset"));

            for (String key : List.of("cursor", "since")) {
                String genuine = key.equals("cursor") ? cursor : state;
                assertReset(bob, body(key, genuine));
                changed(genuine).forEach(changed -> assertReset(ada, body(key, changed)));
                Stream.of(
                                "\\u0000",
                                "\\ud800",
                                "AQ\\u0000",
                                " ",
                                "%00",
                                "../../etc/passwd",
                                "' OR 1=1 --",
                                "😀",
                                "null")
                        .forEach(text -> assertReset(ada, body(key, text)));
                assertRefused(400, body(key, "A".repeat(9_000)), key + " must be a string of ");
                assertRefused(400, body(key, "A\0"), "the body must be a JSON object like ");
                assertRefused(413, body(key, "A".repeat(10 * 1024 * 1024)), "the body must not be longer than ");
            }
            assertReset(ada, body("cursor", state));
            assertReset(ada, body("since", cursor));
            assertRefused(400, body("since", ""), "since must be a string of 1 to 2048 characters, it has 0");
            assertNothingOfTokensIsLogged(cursor, state);
        } finally {
            service.destroy();
            service.onExit().join();
        }
    }

    /** Every bit flipped, every shorter text, and a few longer ones. */
    private static List<String> changed(String genuine) {
        List<String> changed = new ArrayList<>();
        byte[] bytes = Base64.getUrlDecoder().decode(genuine);
        for (int bit = 0; bit < 8 * bytes.length; bit++) {
            byte[] flipped = bytes.clone();
            flipped[bit / 8] ^= (byte) (1 << bit % 8);
            changed.add(Base64.getUrlEncoder().withoutPadding().encodeToString(flipped));
        }
        for (int n = 1; n < genuine.length(); n++) {
            changed.add(genuine.substring(0, n));
        }
        changed.add(genuine + "=");
        changed.add(genuine + "A");
        changed.add(genuine + "\\u0000");
        changed.add(Base64.getMimeEncoder().encodeToString(bytes).replace("\r\n", "\\r\\n") + "==");
        return changed;
    }

    private Path world() throws IOException {
        StringBuilder events = new StringBuilder();
        for (String user : List.of("ada", "bob")) {
            events.append("{\"type\":\"user\",\"user_id\":\"%s\",\"created_at\":1}\n".formatted(user));
        }
        for (int n = 1; n <= ROOMS; n++) {
            events.append("{\"type\":\"room\",\"room_id\":\"r%s\",\"creator_id\":\"ada\",\"created_at\":%1$s}\n"
                    .formatted(n));
            events.append("{\"type\":\"join\",\"room_id\":\"r%s\",\"user_id\":\"%s\",\"at\":9}\n"
                    .formatted(n, n % 2 == 0 ? "bob" : "ada"));
            events.append("{\"type\":\"join\",\"room_id\":\"r%s\",\"user_id\":\"ada\",\"at\":9}\n".formatted(n));
        }
        return Files.writeString(directory.resolve("world.ndjson"), events);
    }

    private void assertReset(String user, String body) {
        JsonNode answer = answer(user, body);
        assertTrue(answer.path("reset").booleanValue(), () -> body + " gave " + answer);
        assertEquals(user.equals(ada) ? ROOMS : ROOMS / 2, answer.get("count").intValue(), body);
        assertEquals(2, answer.get("data").size(), body);
    }

    private void assertRefused(int status, String body, String msg) {
        HttpResponse<String> answer = post(ada, body);
        assertEquals(status, answer.statusCode(), answer::body);
        assertTrue(answer.body().startsWith("{\"msg\":\"" + msg), answer::body);
    }

    private JsonNode answer(String user, String body) {
        HttpResponse<String> answer = post(user, body);
        assertEquals(200, answer.statusCode(), () -> body + " gave " + answer.body());
        try {
            return JSON.readTree(answer.body());
        } catch (IOException e) {
            throw new AssertionError(answer.body(), e);
        }
    }

    private HttpResponse<String> post(String user, String body) {
        HttpRequest request = HttpRequest.newBuilder(URI.create(url + "/my_chats"))
                .header("Authorization", "Bearer " + user)
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(body))
                .build();
        try {
            return CLIENT.send(request, BodyHandlers.ofString());
        } catch (IOException | InterruptedException e) {
            throw new AssertionError(body, e);
        }
    }

    private static String body(String key, String json) {
        return "{\"size\":2,\"%s\":\"%s\"}".formatted(key, json);
    }

    private void assertNothingOfTokensIsLogged(String... tokens) throws IOException {
        String log = Files.readString(directory.resolve("log"));
        assertTrue(log.contains(" POST /my_chats 200 "), log);
        for (String token : tokens) {
            assertFalse(log.contains(token.substring(4, 12)), log);
        }
        assertFalse(log.contains("AAAAAAAA") || log.contains("passwd") || log.contains("OR 1=1"), log);
        assertFalse(log.contains(" ERROR ") || log.contains(" POST /my_chats 500 "), log);
    }

    private Process start(String... arguments) throws IOException {
        ProcessBuilder builder =
                new ProcessBuilder(ProgramCommand.of(List.of(ProgramCommand.PRODUCT_LOGGING), List.of(arguments)));
        builder.environment().put("CHATLIST_DATA_DIR", directory.resolve("data").toString());
        return builder.redirectError(directory.resolve("log").toFile()).start();
    }

    private static String firstLine(Process process) throws IOException {
        BufferedReader out = process.inputReader(UTF_8);
        return String.valueOf(out.readLine());
    }
}
