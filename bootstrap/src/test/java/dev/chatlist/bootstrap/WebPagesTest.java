package dev.chatlist.bootstrap;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;
import static java.util.stream.Collectors.joining;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.chatlist.bootstrap.demo.DemoWorld;
import dev.chatlist.bootstrap.settings.GivenSettings;
import dev.chatlist.bootstrap.settings.Setting;
import dev.chatlist.bootstrap.settings.Settings;
import dev.chatlist.bootstrap.settings.SettingsReader;
import dev.chatlist.bootstrap.settings.SettingsReader.Purpose;
import dev.chatlist.domain.Chat;
import dev.chatlist.domain.ChatEvent.MemberLeft;
import dev.chatlist.domain.ChatEvent.MessageSaved;
import dev.chatlist.domain.Message;
import dev.chatlist.domain.MessageId;
import dev.chatlist.domain.PageRequest;
import dev.chatlist.domain.RoomId;
import dev.chatlist.domain.User;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.File;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.math.BigInteger;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;
import picocli.CommandLine.ParseResult;

/** The demo's page, the page of the API's description, and the JavaScript that docs/api.md shows. */
@Timeout(300)
class WebPagesTest {
    private static final Path INBOX = Path.of("src/main/resources/dev/chatlist/bootstrap/inbox");
    private static final Path CHATS_JS = INBOX.resolve("chats.js");
    private static final Path SCRIPTS = Path.of("src/test/resources/dev/chatlist/bootstrap");
    private static final PageRequest ALL = new PageRequest(1, 200);

    /** A text that looks like a time in JSON. */
    private static final String TRAP = "\"created_at\":12 \\\"created_at\\\":34 ,\"created_at\":\"56\"";

    private static final String ROOM_FOR_ALL_CHATS = "--window-size=1000,9000";
    private static final long SEED = 21;

    @TempDir
    static Path directory = Path.of("");

    private static ChatListApplication demo;
    private static String said = "";

    @BeforeAll
    static void startTheDemo() {
        Settings settings = settings("demo", Purpose.DEMO, Map.of());
        Demo command = new Demo(settings);
        demo = ChatListApplication.open(settings);
        command.seed(demo);
        demo.start("test", command.pages(demo));
        StringWriter out = new StringWriter();
        command.introduce(demo, new PrintWriter(out));
        said = out.toString();
    }

    @AfterAll
    static void stop() {
        demo.close();
    }

    private static Settings settings(
            String command, Purpose purpose, Map<String, String> environment, String... moreFlags) {
        Map<Setting, String> defaults = Commands.defaultsOf(command);
        String[] flags = Stream.concat(Stream.of("--port=0", "--data-dir=" + directory), Stream.of(moreFlags))
                .toArray(String[]::new);
        ParseResult given = new CommandLine(Setting.mixin(defaults)).parseArgs(flags);
        return SettingsReader.read(purpose, GivenSettings.of(given, environment, defaults));
    }

    @Test
    void aServiceHasNoPages() throws Exception {
        Settings settings = settings("serve", Purpose.SERVICE, Map.of());
        try (ChatListApplication service = ChatListApplication.open(settings)) {
            service.start("test", WebPages.apiDocs(settings));
            for (String path :
                    List.of("/", "/chats.js", "/rows.js", "/demo.json", "/docs", "/docs/docs.js", "/openapi.yaml")) {
                assertEquals(404, get(service, path).statusCode(), path);
            }
        }
    }

    @Test
    void aServiceDescribesTheApiIfItIsToldTo() throws Exception {
        Settings settings = settings("serve", Purpose.SERVICE, Map.of(), "--api-docs");
        try (ChatListApplication service = ChatListApplication.open(settings)) {
            service.start("test", WebPages.apiDocs(settings));
            assertEquals(
                    Files.readString(Path.of("../docs/openapi.yaml")),
                    get(service, "/openapi.yaml").body());
            assertEquals(200, get(service, "/docs").statusCode());
            assertEquals(404, get(service, "/").statusCode());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"/", "/docs"})
    void aPageIsMadeOfServedFilesAndRunsNothingElse(String path) throws Exception {
        HttpResponse<String> page = get(demo, path);
        List<String> parts = matches("(?:src|href)=\"([^\"]+)\"", page.body());
        for (String part : parts) {
            if (!part.startsWith("data:")) {
                HttpResponse<String> answer = get(demo, "/" + part);
                assertEquals(200, answer.statusCode(), part);
                String type = answer.headers().firstValue("Content-Type").orElseThrow();
                assertEquals(
                        part.endsWith(".css") ? "text/css; charset=utf-8" : "text/javascript; charset=utf-8", type);
            }
        }
        assertTrue(parts.size() >= 3, () -> parts.toString());
        String policy = page.headers().firstValue("Content-Security-Policy").orElseThrow();
        assertTrue(policy.startsWith("default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self';"));
        assertFalse(policy.contains("unsafe"), policy);
    }

    @Test
    void theDemoSaysFirstWhereItsPageIs() {
        assertTrue(said.startsWith("Look at your chats in a browser: %s/%n".formatted(demo.url())), said);
    }

    @Test
    void thePageMayBeAdaHerFriendsOrSomebodyWithoutChats() throws Exception {
        JsonNode data = json(get(demo, "/demo.json")).get("data");
        List<String> names = new ArrayList<>();
        for (JsonNode user : data.get("users")) {
            names.add(user.get("name").textValue());
            JsonNode chats = json(chats(user.get("token").textValue())).get("data");
            assertEquals(user.get("id").textValue().equals("newcomer"), chats.isEmpty(), user.get("name")::textValue);
        }
        assertEquals("Ada", names.get(0));
        assertEquals("Somebody new", names.get(names.size() - 1));
        assertTrue(names.containsAll(List.of("Mum", "נועה", "ليلى")), names::toString);
        assertTrue(said.contains("\n" + data.get("psql").textValue() + "\n"), data.get("psql")::textValue);
    }

    /** The demo answers all origins by default. */
    @Test
    void pagesOfOtherOriginsCanNotReadTheTokensOfTheDemo() throws Exception {
        HttpRequest.Builder request = request(demo, "/demo.json").header("Origin", "https://evil.example");
        HttpResponse<String> answer = HttpClient.newHttpClient().send(request.build(), BodyHandlers.ofString());
        assertEquals(200, answer.statusCode());
        assertTrue(answer.headers().firstValue("Access-Control-Allow-Origin").isEmpty());
    }

    @Test
    void aDemoWithTheKeyOfAnotherServerGivesNoTokensAway() {
        Settings settings = settings("demo", Purpose.DEMO, Map.of("CHATLIST_JWT_SECRET", "s".repeat(32)));
        assertFalse(new Demo(settings).pages(demo).keySet().stream().anyMatch(path -> path.matches("/|/demo.json")));
    }

    @Test
    void aDemoForOtherMachinesDoesNotShowWhereItsDatabaseIs() throws Exception {
        Settings settings = settings("demo", Purpose.DEMO, Map.of(), "--host=0.0.0.0");
        try (ChatListApplication other = ChatListApplication.open(settings)) {
            other.start("test", new Demo(settings).pages(other));
            assertEquals("", json(get(other, "/demo.json")).at("/data/psql").textValue());
        }
    }

    @Test
    void theDocumentationQuotesTheCodeOfThePage() throws IOException {
        String code = Files.readString(CHATS_JS);
        List<String> quotes = matches("(?s)```js\n(.*?)```", Files.readString(Path.of("../docs/api.md")));
        assertTrue(quotes.size() >= 3, quotes::toString);
        for (String quote : quotes) {
            assertTrue(code.contains(quote), () -> "chats.js has no\n" + quote);
        }
    }

    /** The replacement of {@code parse} in chats.js, without a JavaScript engine. */
    @Test
    void puttingTimesIntoQuotesChangesNothingElse() throws Exception {
        assertTrue(
                Files.readString(CHATS_JS).contains("json.replace(/\"created_at\":(\\d+)/g, '\"created_at\":\"$1\"')"));
        String answer = chatsWithATrap();
        ObjectMapper json = JsonMapper.builder()
                .enable(DeserializationFeature.USE_BIG_INTEGER_FOR_INTS)
                .build();
        JsonNode quoted = json.readTree(answer.replaceAll("\"created_at\":(\\d+)", "\"created_at\":\"$1\""));
        int times = 0;
        for (JsonNode parent : quoted.findParents("created_at")) {
            BigInteger time = new BigInteger(parent.get("created_at").textValue());
            ((ObjectNode) parent).put("created_at", time);
            times++;
        }
        assertTrue(times > 200, "times: " + times);
        assertEquals(json.readTree(answer), quoted);
    }

    @Test
    void theCodeOfThePageShowsTheDemosChatsAsDocumented() throws Exception {
        assumeTrue(isInstalled("node"));
        Path answer = Files.writeString(directory.resolve("answer.json"), chatsWithATrap());
        String program = """
                import { readFileSync } from "node:fs";
                import { lastActivity, latest, parse, title } from "%s";
                for (const chat of parse(readFileSync("%s", "utf8")).data) {
                  const { sender, text } = latest(chat, "ada");
                  console.log(JSON.stringify([title(chat, "ada"), String(lastActivity(chat)), sender, text]));
                }
                """.formatted(CHATS_JS.toUri(), answer);
        String shown = output("node", "--input-type=module", "--eval", program);
        ObjectMapper json = new ObjectMapper();
        List<String> expected = new ArrayList<>();
        for (Chat chat : demo.lists().listMyChats(DemoWorld.ADA, ALL)) {
            expected.add(json.writeValueAsString(
                    List.of(title(chat), String.valueOf(chat.lastActivity()), sender(chat), text(chat))));
        }
        assertEquals(String.join("\n", expected), shown.strip());
        assertTrue(shown.contains("[\"\u2068ليلى\u2069, \u2068נועה\u2069, \u2068João\u2069 and 1 more\""), shown);
        assertTrue(shown.contains("\"Former member\"") && shown.contains("\"No messages yet\""), shown);
    }

    /** What happens meanwhile depends on {@link #SEED} alone, so a failure comes again. */
    @Test
    void theCopyOfThePageIsTheListWhateverIsWrittenMeanwhile() throws Exception {
        assumeTrue(isInstalled("node"));
        RoomsOfACopier world = new RoomsOfACopier(new Random(SEED));
        String token = settings("demo", Purpose.DEMO, Map.of())
                .tokenIssuer()
                .issue(RoomsOfACopier.COPIER, Duration.ofHours(1), Instant.now());
        String limit = matches("MEMBERS_LIMIT = (\\d+);", Files.readString(INBOX.resolve("inbox.js")))
                .get(0);
        Process node = new ProcessBuilder(
                        "node",
                        SCRIPTS.resolve("copy.mjs").toString(),
                        CHATS_JS.toUri().toString(),
                        demo.url(),
                        token,
                        limit)
                .redirectError(directory.resolve("err").toFile())
                .start();
        try (BufferedWriter in = node.outputWriter();
                BufferedReader out = node.inputReader()) {
            for (int round = 0; round < 40; round++) {
                world.write(demo.events());
                String step = round % 5 == 4 ? "spoil" : "ask";
                while (answer(step, in, out).equals("part")) {
                    world.write(demo.events());
                    step = "ask";
                }
                answer("compare", in, out);
            }
        } finally {
            node.destroy();
        }
    }

    private static String answer(String step, BufferedWriter in, BufferedReader out) throws IOException {
        in.write(step + "\n");
        in.flush();
        String answer = out.readLine();
        assertNotNull(answer, () -> "no answer to " + step + ": " + readErrors());
        return answer;
    }

    @Test
    void rowsKeepTheirElementsTheirPlaceInSightAndTheFocus() throws Exception {
        Path page = Files.createDirectory(directory.resolve("rows"));
        for (String file : List.of("inbox.css", "chats.js", "rows.js")) {
            Files.copy(INBOX.resolve(file), page.resolve(file));
        }
        Files.copy(SCRIPTS.resolve("rows.js"), page.resolve("inbox.js"));
        Path index = Files.copy(INBOX.resolve("index.html"), page.resolve("index.html"));
        String seen =
                seen(browser(), index.toUri().toString(), "--window-size=1000,800", "--allow-file-access-from-files");
        JsonNode result =
                new ObjectMapper().readTree(matches("<title>(.*)</title>", seen).get(0));
        assertEquals("[]", result.get("faults").toString());
        assertTrue(result.get("drift").doubleValue() < 1, seen);
        assertTrue(result.get("scrolledTo").intValue() > 3000, seen);
    }

    private static String title(Chat chat) {
        List<User> others = chat.members().stream()
                .filter(member -> !member.id().equals(DemoWorld.ADA))
                .toList();
        if (chat.room().is1v1()) {
            User creator = chat.creator();
            return !others.isEmpty()
                    ? name(others.get(0))
                    : creator.id().equals(DemoWorld.ADA) ? "Only you" : name(creator);
        }
        if (!chat.room().name().isEmpty()) {
            return chat.room().name();
        }
        String names = others.stream()
                .limit(3)
                .map(other -> "\u2068" + name(other) + "\u2069")
                .collect(joining(", "));
        return names + (others.size() > 3 ? " and " + (others.size() - 3) + " more" : "");
    }

    private static String name(User user) {
        return Stream.of(user.nickName(), user.ensName(), user.id().value())
                .filter(name -> !name.isEmpty())
                .findFirst()
                .orElseThrow();
    }

    private static String sender(Chat chat) {
        Message latest = chat.latest();
        if (latest == null) {
            return "";
        }
        return latest.fromUid().equals(DemoWorld.ADA)
                ? "You"
                : chat.members().stream()
                        .filter(member -> member.id().equals(latest.fromUid()))
                        .map(WebPagesTest::name)
                        .findFirst()
                        .orElse("Former member");
    }

    private static String text(Chat chat) {
        return chat.latest() == null ? "No messages yet" : chat.latest().msgContents();
    }

    @Test
    void aBrowserShowsTheInbox() throws Exception {
        String browser = browser();
        String ada = seen(browser, demo.url() + "/", ROOM_FOR_ALL_CHATS);
        assertTrue(ada.contains("The forecast says \"dry with moments of regret\""), ada);
        assertTrue(ada.contains("&lt;script&gt;alert('no')&lt;/script&gt;"), ada);
        assertTrue(ada.contains("dir=\"ltr\">\u2068ليلى\u2069, \u2068נועה\u2069, \u2068João\u2069 and 1 more"), ada);
        assertTrue(ada.contains("<div id=\"empty\" hidden"), ada);
        String newcomer = seen(browser, demo.url() + "/#newcomer", ROOM_FOR_ALL_CHATS);
        assertTrue(newcomer.contains("<div id=\"empty\">"), newcomer);
    }

    /** The page's elements after a few seconds, in which it has read its chats. */
    private static String seen(String browser, String url, String... moreFlags) throws Exception {
        List<String> command = new ArrayList<>(List.of(
                browser,
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--user-data-dir=" + directory.resolve("browser"),
                "--virtual-time-budget=5000",
                "--dump-dom"));
        command.addAll(List.of(moreFlags));
        command.add(url);
        return output(command.toArray(String[]::new));
    }

    /** A browser, without which the test is skipped. */
    private static String browser() {
        String browser = List.of("chromium", "chromium-browser", "google-chrome").stream()
                .filter(WebPagesTest::isInstalled)
                .findFirst()
                .orElse("");
        assumeTrue(!browser.isEmpty());
        return browser;
    }

    /** Ada's chats, one with a trap, and one whose latest author has left. */
    private static String chatsWithATrap() throws Exception {
        RoomId first =
                demo.lists().listMyChats(DemoWorld.ADA, ALL).get(0).room().id();
        Chat hikes = demo.lists().listMyChats(DemoWorld.ADA, ALL).stream()
                .filter(chat -> chat.room().name().endsWith("Sunday hikes"))
                .findFirst()
                .orElseThrow();
        demo.events()
                .record(
                        new MessageSaved(Message.text(
                                new MessageId("trap"), first, DemoWorld.ADA, TRAP, 4_000_000_000_000_000_001L)),
                        new MemberLeft(
                                hikes.room().id(),
                                requireNonNull(hikes.latest()).fromUid()));
        JsonNode users = json(get(demo, "/demo.json")).at("/data/users");
        return chats(users.get(0).get("token").textValue()).body();
    }

    private static HttpResponse<String> chats(String token) throws Exception {
        HttpRequest request = request(demo, "/my_chats")
                .header("Authorization", "Bearer " + token)
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString("{\"page\": 1, \"size\": 200}"))
                .build();
        return HttpClient.newHttpClient().send(request, BodyHandlers.ofString());
    }

    private static HttpResponse<String> get(ChatListApplication application, String path) throws Exception {
        return HttpClient.newHttpClient().send(request(application, path).build(), BodyHandlers.ofString());
    }

    private static HttpRequest.Builder request(ChatListApplication application, String path) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + application.port() + path));
    }

    private static JsonNode json(HttpResponse<String> answer) throws IOException {
        assertEquals(200, answer.statusCode(), answer.body());
        return new ObjectMapper().readTree(answer.body());
    }

    private static List<String> matches(String pattern, String text) {
        return Pattern.compile(pattern)
                .matcher(text)
                .results()
                .map((MatchResult match) -> match.group(1))
                .toList();
    }

    private static boolean isInstalled(String program) {
        return Stream.of(System.getenv("PATH").split(File.pathSeparator, -1))
                .anyMatch(place -> Files.isExecutable(Path.of(place, program)));
    }

    private static String output(String... command) throws Exception {
        Process process = new ProcessBuilder(command)
                .redirectError(directory.resolve("err").toFile())
                .start();
        String output = new String(process.getInputStream().readAllBytes(), UTF_8);
        assertEquals(0, process.waitFor(), () -> readErrors());
        return output;
    }

    private static String readErrors() {
        try {
            return Files.readString(directory.resolve("err"));
        } catch (IOException e) {
            return e.toString();
        }
    }
}
