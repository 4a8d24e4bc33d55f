package dev.chatlist.bootstrap;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.chatlist.application.ChatEventService;
import dev.chatlist.application.contract.InMemoryChatStore;
import dev.chatlist.application.contract.RandomEvents;
import dev.chatlist.bootstrap.events.ChatEventFields;
import dev.chatlist.bootstrap.process.StopSignal;
import dev.chatlist.bootstrap.settings.Settings;
import dev.chatlist.bootstrap.settings.Settings.Server;
import dev.chatlist.domain.ChatEvent;
import dev.chatlist.domain.PageRequest;
import dev.chatlist.domain.UserId;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A backup and its restore by the commands, on the embedded database. Two schemas stand for two databases. */
@Timeout(180)
class BackupTest {
    @TempDir
    Path directory = Path.of("");

    private final StringWriter err = new StringWriter();

    @Test
    void anExportBesideTheServiceRestoresEveryListAndIsTheSameAgain() throws IOException {
        List<ChatEvent> events = new RandomEvents(7).next(5000);
        Path source = Files.write(
                directory.resolve("source.ndjson"),
                events.stream().map(ChatEventFields::write).toList());
        Path first = directory.resolve("first.ndjson.gz");
        Path second = directory.resolve("second.ndjson.gz");
        try (ChatListApplication service = ChatListApplication.open(settings("service"))) {
            run("import", "service", source);
            run("export", "service", first);
            run("import", "restored", first);
            run("export", "restored", second);
            assertArrayEquals(Files.readAllBytes(first), Files.readAllBytes(second));
            try (ChatListApplication restored = ChatListApplication.open(settings("restored"))) {
                PageRequest all = new PageRequest(1, PageRequest.MAX_SIZE);
                for (UserId user : RandomEvents.users()) {
                    assertEquals(
                            service.lists().listMyChats(user, all),
                            restored.lists().listMyChats(user, all));
                }
            }
        }
        InMemoryChatStore model = new InMemoryChatStore();
        new ChatEventService(model).record(events);
        StringBuilder expected = new StringBuilder();
        model.readAll(
                total -> {},
                event -> expected.append(ChatEventFields.write(event)).append('\n'));
        run("import", "third", second);
        Path plain = directory.resolve("plain.ndjson");
        run("export", "third", plain);
        assertEquals(expected.toString(), Files.readString(plain));
        String line = "chatlist: exporting from the embedded database in %s, schema service%n"
                .formatted(directory.resolve("data"));
        assertTrue(err.toString().contains(line), err.toString());
    }

    @Test
    void anExportOfASchemaWithoutTablesMakesNoneAndLeavesTheOldFile() throws Exception {
        Path old = Files.writeString(directory.resolve("old"), "an old backup");
        try (ChatListApplication service = ChatListApplication.open(settings("service"))) {
            assertEquals(1, execute("export", old.toString(), "--db-schema", "servcie"));
            assertEquals(
                    "chatlist: can't read the embedded database in %s: there are no tables of Chatlist in schema servcie%n"
                            .formatted(directory.resolve("data")),
                    err.toString());
            assertEquals("an old backup", Files.readString(old));
            Server server = service.server();
            try (Connection connection =
                            DriverManager.getConnection(server.jdbcUrl(), server.user(), server.password());
                    ResultSet schemas = connection.getMetaData().getSchemas(null, "servcie")) {
                assertFalse(schemas.next());
            }
        }
    }

    private Settings settings(String schema) {
        return EventImportTest.read("--data-dir=" + directory.resolve("data"), "--db-schema=" + schema);
    }

    private void run(String command, String schema, Path file) {
        assertEquals(0, execute(command, file.toString(), "--db-schema", schema), err::toString);
    }

    private int execute(String... arguments) {
        return Main.commandLine(new Commands(
                        Map.of("CHATLIST_DATA_DIR", directory.resolve("data").toString()),
                        InputStream.nullInputStream(),
                        new StopSignal()))
                .setOut(new PrintWriter(new StringWriter()))
                .setErr(new PrintWriter(err, true))
                .execute(arguments);
    }
}
