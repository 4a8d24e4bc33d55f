package dev.chatlist.bootstrap;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The program does the same in every locale and time zone, or refuses. Each test runs a process of its own. */
class HostLocaleTest {
    private static final String ADA = "{\"type\":\"user\",\"user_id\":\"ada\",\"created_at\":1600000000000000000}";

    @TempDir
    Path directory = Path.of("");

    /** What a process printed on both streams. */
    private record Ended(int exitCode, String output) {}

    /** @param script runs the program as {@code "$@"} */
    private Ended run(List<String> jvm, String script) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("sh", "-c", script, "sh"));
        command.addAll(ProgramCommand.of(jvm, List.of()));
        File output = directory.resolve("output").toFile();
        ProcessBuilder process =
                new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output);
        process.environment().put("CHATLIST_DATA_DIR", directory.resolve("data").toString());
        int exitCode = process.start().waitFor();
        return new Ended(exitCode, Files.readString(output.toPath(), UTF_8));
    }

    /** PostgreSQL doesn't know this zone, and this locale has digits of its own. */
    @Test
    void aForeignZoneAndForeignDigitsMakeNoDifference() throws Exception {
        Ended ended = run(
                List.of("-Duser.language=ar", "-Duser.country=EG"),
                "export TZ=IST; echo '%s' | \"$@\" import -".formatted(ADA));
        assertEquals(0, ended.exitCode, ended.output);
        assertTrue(ended.output.contains("1 event in"), ended.output);
        assertTrue(ended.output.chars().allMatch(c -> c < 0x80), ended.output);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "LC_ALL=C \"$@\" token \"$(printf 'ren\\303\\251')\"",
                "LC_ALL=C CHATLIST_JWT_SECRET=\"$(printf '0123456789abcdef0123456789abcd\\303\\251')\" \"$@\" token ada",
                "LC_ALL=C.UTF-8 \"$@\" token \"$(printf 'ren\\351')\"",
                "LC_ALL=C.UTF-8 CHATLIST_JWT_SECRET=\"$(printf '0123456789abcdef0123456789abcde\\351')\" \"$@\" token ada"
            })
    void whatTheLocaleCannotReadIsRefused(String script) throws Exception {
        Ended ended = run(List.of(), script);
        assertEquals(2, ended.exitCode, ended.output);
        assertTrue(ended.output.contains("set LC_ALL=C.UTF-8"), ended.output);
    }

    @Test
    void inUtf8EveryIdIsRead() throws Exception {
        Ended ended = run(
                List.of(), "mkdir \"$CHATLIST_DATA_DIR\"; LC_ALL=C.UTF-8 \"$@\" token \"$(printf 'ren\\303\\251')\"");
        assertEquals(0, ended.exitCode, ended.output);
    }
}
