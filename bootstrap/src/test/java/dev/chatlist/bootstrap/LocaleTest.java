package dev.chatlist.bootstrap;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.chatlist.adapter.persistence.Database;
import dev.chatlist.adapter.persistence.DatabaseSettings;
import dev.chatlist.adapter.persistence.embedded.EmbeddedPostgres;
import dev.chatlist.bootstrap.process.StopSignal;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What a machine reads has ASCII digits in every locale. The tests' default locale writes 15 as ١٥. A program that embeds
 * Chatlist has the default locale of its user.
 */
@Timeout(300)
class LocaleTest {
    /** Conversions that write the digits or the letters of the default locale; {@code %s} of a number doesn't. */
    private static final Pattern LOCALIZED = Pattern.compile("%([0-9]+\\$)?[-#+0,(]*[0-9]*(\\.[0-9]+)?[deEfgGtT]");

    @TempDir
    Path directory = Path.of("");

    private final Locale before = Locale.getDefault();

    @BeforeEach
    void setLocale() {
        Locale.setDefault(Locale.forLanguageTag("ar-EG-u-nu-arab"));
        assertEquals("\u0661\u0665", String.format(Locale.getDefault(), "%d", 15));
    }

    @AfterEach
    void restoreLocale() {
        Locale.setDefault(before);
    }

    @Test
    void theEmbeddedServerStartsAndAnswers() {
        try (EmbeddedPostgres server = EmbeddedPostgres.open(directory);
                Database database =
                        Database.open(DatabaseSettings.of(server.jdbcUrl(), server.user(), server.password()))) {
            assertTrue(server.jdbcUrl().matches("jdbc:postgresql://127.0.0.1:[0-9]+/chatlist"), server.jdbcUrl());
            assertEquals("ok", database.check());
        }
    }

    @Test
    void aCommandPrintsAsciiDigits() throws Exception {
        StringWriter out = new StringWriter();
        Map<String, String> environment = Map.of("CHATLIST_DATA_DIR", directory.toString());
        StopSignal stop = new StopSignal();
        PrintWriter announced = new PrintWriter(out, true) {
            @Override
            public void println(String line) {
                super.println(line);
                if (line.startsWith("Chatlist answers on")) {
                    stop.request();
                }
            }
        };
        StringWriter err = new StringWriter();
        int exitCode = Main.commandLine(new Commands(environment, InputStream.nullInputStream(), stop))
                .setOut(announced)
                .setErr(new PrintWriter(err, true))
                .execute("demo", "--port=0");
        assertEquals(0, exitCode, err.toString());
        assertTrue(UTF_8.newEncoder().canEncode(out.toString()));
        List<String> localized = out.toString()
                .lines()
                .filter(line -> line.matches(".*[^\\p{ASCII}].*"))
                .toList();
        assertEquals(List.of(), localized);
    }

    @ParameterizedTest
    @ValueSource(strings = {"domain", "application", "adapter-http", "adapter-persistence", "bootstrap"})
    void noFormatIsWrittenForTheDefaultLocale(String module) throws IOException {
        List<String> found = new ArrayList<>();
        for (Path file : sources(Path.of("..", module, "src/main/java"))) {
            List<String> lines = Files.readAllLines(file);
            for (int i = 0; i < lines.size(); i++) {
                String line = lines.get(i).replace("%%", "");
                if (LOCALIZED.matcher(line).find() && !line.contains("Locale.ROOT")) {
                    found.add("%s:%s: use %%s, or String.format(Locale.ROOT, …)".formatted(file, i + 1));
                }
            }
        }
        assertEquals(List.of(), found);
    }

    private static List<Path> sources(Path directory) {
        try (Stream<Path> files = Files.walk(directory)) {
            return files.filter(file -> file.toString().endsWith(".java")).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
