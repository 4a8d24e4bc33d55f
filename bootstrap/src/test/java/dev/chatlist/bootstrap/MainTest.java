package dev.chatlist.bootstrap;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.chatlist.adapter.http.auth.AuthSettings;
import dev.chatlist.adapter.http.auth.AuthSettings.Secret;
import dev.chatlist.adapter.http.auth.InvalidTokenException;
import dev.chatlist.adapter.http.auth.TokenVerifier;
import dev.chatlist.bootstrap.process.StopSignal;
import dev.chatlist.bootstrap.settings.SecretFile;
import dev.chatlist.domain.UserId;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MainTest {
    @TempDir
    Path directory = Path.of("");

    private final Map<String, String> environment = new HashMap<>();
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @Test
    void withoutACommandHelpIsPrintedAndTheExitCodeIs2() {
        assertEquals(2, run());
        assertTrue(err.toString().contains("Usage: chatlist"), err.toString());
        assertEquals("", out.toString());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "--help",
                "serve --help",
                "demo --help",
                "import --help",
                "token --help",
                "config --help",
                "--version"
            })
    void helpAndVersionArePrintedOnRequest(String arguments) {
        assertEquals(0, run(arguments.split(" ", -1)));
        assertTrue(out.toString().contains("chatlist"), out.toString());
        assertEquals("", err.toString());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "serv",
                "serve --prot=1",
                "serve --port=1 --port=2",
                "serve --port=99999",
                "serve --api-docs=maybe",
                "serve --jwt-secret=0123456789abcdef0123456789abcdef",
                "import",
                "export a b",
                "token",
                "token ada --ttl=7",
                "token ada --ttl=0s",
                "token a --ttl=999999999d",
                "demo --jdbc-url=jdbc:postgresql:d --db-user=u",
                "serve --config=nowhere.properties",
                "config --port=99999",
            })
    void theExitCodeOfWrongUsageIs2(String arguments) throws IOException {
        environment.put("CHATLIST_DATA_DIR", directory.resolve("data").toString());
        assertEquals(2, run(arguments.split(" ", -1)));
        assertTrue(err.toString().startsWith("chatlist: "), err.toString());
        assertEquals("", out.toString());
        assertFalse(Files.exists(directory.resolve("data/postgresql")));
    }

    @Test
    void aTokenIsSignedWithTheSecretOfTheDataDirectory() throws IOException, InvalidTokenException {
        assertEquals(0, run("token", "ada", "--ttl", "90s", "--data-dir", directory.toString()));
        AuthSettings auth = AuthSettings.of(Secret.of(SecretFile.read(directory.resolve("jwt-secret"))));
        assertEquals(
                new UserId("ada"),
                new TokenVerifier(auth).verify(out.toString().strip()).user());
    }

    @Test
    void aTokenIsSignedWithTheConfiguredSecretAndClaims() throws InvalidTokenException {
        String secret = "0123456789abcdef0123456789abcdef";
        environment.put("CHATLIST_JWT_SECRET", secret);
        environment.put("CHATLIST_JWT_ISSUER", "me");
        environment.put("CHATLIST_JWT_TYPE", "at+jwt");
        assertEquals(0, run("token", "ada", "--jwt-user-claim", "uid", "--data-dir", directory.toString()));
        AuthSettings auth = new AuthSettings(
                Secret.of(secret.getBytes(java.nio.charset.StandardCharsets.UTF_8)), "me", null, "at+jwt", "uid");
        assertEquals(
                new UserId("ada"),
                new TokenVerifier(auth).verify(out.toString().strip()).user());
        assertFalse(Files.exists(directory.resolve("jwt-secret")));
    }

    @Test
    void noTokenIsPrintedWhenOnlyTheIssuerCanSign() {
        assertEquals(1, run("token", "ada", "--jwks-url", "https://a.example/jwks"));
        assertEquals(1, err.toString().lines().count());
        assertTrue(err.toString().contains("nothing to sign a token with"), err.toString());
    }

    @Test
    void aFailureIsOneLineAndNoStackTrace() {
        assertEquals(1, run("import", directory.resolve("nothing.ndjson").toString()));
        assertEquals(
                "chatlist: %s: there is no such file%n".formatted(directory.resolve("nothing.ndjson")), err.toString());
        assertEquals("", out.toString());
    }

    @Test
    void anExportOfNoDatabaseMakesNone() throws IOException {
        Path data = directory.resolve("data");
        Path old = Files.writeString(directory.resolve("old"), "an old backup");
        assertEquals(1, run("export", old.toString(), "--data-dir", data.toString()));
        assertEquals(
                "chatlist: there is no database in %s; name its directory with --data-dir, which is chatlist-demo for the demo%n"
                        .formatted(data),
                err.toString());
        assertFalse(Files.exists(data));
        assertEquals("an old backup", Files.readString(old));
    }

    @Test
    void aDemoRejectsADirectoryInUse() throws IOException {
        Files.createFile(directory.resolve("somebody's"));
        assertEquals(1, run("demo", "--port=0", "--data-dir", directory.toString()));
        assertEquals(1, err.toString().lines().count());
        assertTrue(err.toString().contains("is in use, and not by a demo"), err.toString());
    }

    @Test
    void anIdIsNeverAFile() throws Exception {
        Path file = Files.writeString(directory.resolve("alice"), "mallory");
        assertEquals(0, run("token", "@" + file, "--data-dir", directory.toString()));
        AuthSettings auth = AuthSettings.of(Secret.of(SecretFile.read(directory.resolve("jwt-secret"))));
        assertEquals(
                new UserId("@" + file),
                new TokenVerifier(auth).verify(out.toString().strip()).user());
    }

    @Test
    void aTokenIsPrintedWithTheNameOfItsSecret() {
        assertEquals(0, run("token", "ada", "--data-dir", directory.toString()));
        assertEquals("chatlist: signed with %s%n".formatted(directory.resolve("jwt-secret")), lastLine());
        environment.put("CHATLIST_JWT_SECRET", "0123456789abcdef0123456789abcdef");
        assertEquals(0, run("token", "ada", "--data-dir", directory.toString()));
        assertEquals("chatlist: signed with the configured secret%n".formatted(), lastLine());
    }

    private String lastLine() {
        return err.toString().lines().reduce("", (first, second) -> second) + System.lineSeparator();
    }

    @Test
    void besideADemoNoTokenGetsASecretOfItsOwn() throws IOException {
        Files.createDirectory(directory.resolve("chatlist-demo"));
        String data = directory.resolve("chatlist-data").toString();
        assertEquals(1, run("token", "ada", "--data-dir", data));
        assertTrue(err.toString().contains("for a token of the demo add --data-dir "), err.toString());
        assertFalse(Files.exists(directory.resolve("chatlist-data")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"serve", "demo"})
    void aTakenPortIsSaidBeforeAnythingIsMade(String command) throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Path data = directory.resolve("data");
            assertEquals(1, run(command, "--port=" + taken.getLocalPort(), "--data-dir=" + data));
            assertTrue(err.toString().contains("can't listen on 127.0.0.1:" + taken.getLocalPort()), err.toString());
            assertFalse(Files.exists(data));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "--help",
                "--version",
                "serve --help",
                "token ada",
                "config",
                "import -",
                "serve --port=0",
                "demo --port=0"
            })
    void outputThatCannotBeWrittenIsAFailure(String arguments) {
        environment.put("CHATLIST_DATA_DIR", directory.resolve("data").toString());
        OutputStream full = new OutputStream() {
            @Override
            public void write(int b) throws IOException {
                throw new IOException("No space left on device");
            }
        };
        int exitCode = Main.commandLine(new Commands(environment, InputStream.nullInputStream(), new StopSignal()))
                .setOut(new PrintWriter(full, true, UTF_8))
                .setErr(new PrintWriter(err, true))
                .execute(arguments.split(" ", -1));
        assertEquals(1, exitCode);
        assertTrue(
                err.toString().endsWith("chatlist: standard output can't be written to%n".formatted()), err.toString());
    }

    @Test
    void anUnknownVariableIsNamedWithTheNearestOne() {
        environment.put("CHATLIST_PROT", "hunter2");
        environment.put("CHATLIST_JWT_SECERT", "hunter2");
        environment.put("CHATLIST_PORT", "8080");
        assertEquals(0, run("token", "ada", "--data-dir", directory.toString()));
        List<String> lines = err.toString().lines().toList();
        assertEquals("chatlist: CHATLIST_JWT_SECERT is no setting; did you mean CHATLIST_JWT_SECRET?", lines.get(0));
        assertEquals("chatlist: CHATLIST_PROT is no setting; did you mean CHATLIST_PORT?", lines.get(1));
        assertFalse(err.toString().contains("hunter2"), err.toString());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "serve --jwt-secret=hunter2hunter2hunter2hunter2hunter2",
                "serve --jwt-secret hunter2hunter2hunter2hunter2hunter2",
                "serve --db-password=hunter2hunter2hunter2hunter2hunter2",
                "serve --jwt-secret-file=hunter2hunter2hunter2hunter2hunter2",
                "serve --jwt-secret-file=/hunter2hunter2/hunter2hunter2hunter2",
                "serve --jwt-public-key=hunter2hunter2hunter2hunter2hunter2",
                "serve --jwt-public-key=-----BEGIN_PRIVATE_KEY-----hunter2",
                "serve --jdbc-url=jdbc:postgresql:x --db-user=u --db-password-file=hunter2",
                "serve --jdbc-url=jdbc:postgresql://u:hunter2@h/x --db-user=u",
                "serve --jdbc-url=jdbc:postgresql://h/x?password=hunter2 --db-user=u",
                "serve --jwks-url=https://me:hunter2|@h/jwks",
                "serve --jwt-secret=-----BEGIN\nhunter2",
                "serve hunter2",
                "token ada hunter2"
            })
    void aSecretIsNeverShown(String arguments) {
        environment.put("CHATLIST_DATA_DIR", directory.resolve("data").toString());
        assertEquals(2, run(arguments.split(" ", -1)));
        assertFalse(err.toString().contains("hunter2"), err.toString());
        environment.put("CHATLIST_JWT_SECRET_FILE", "hunter2".repeat(100));
        environment.put("CHATLIST_JWT_PUBLIC_KEY", "hunter2\0");
        assertEquals(2, run("serve"));
        assertFalse(err.toString().contains("hunter2"), err.toString());
    }

    /** A terminal would obey them. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "config --jwt-issuer=a\u001b[2Jb\u009b",
                "config --config=a\u001b[2Jb\u009b",
                "serve --port=a\u001b[2Jb\u009b",
                "serve --a\u001b[2Jb\u009b",
                "a\u001b[2Jb\u009b",
                "import a\u001b[2Jb\u009b",
            })
    void controlCharactersAreShownAsEscapes(String arguments) {
        run(arguments.split(" ", -1));
        String shown = out + err.toString();
        assertTrue(shown.contains("a\\u001b[2Jb\\u009b"), shown);
        assertTrue(shown.lines().noneMatch(line -> line.chars().anyMatch(Character::isISOControl)), shown);
    }

    @Test
    void theFileOfAnExportIsOptionalInItsHelp() {
        assertEquals(0, run("export", "--help"));
        assertTrue(out.toString().startsWith("Usage: chatlist export [OPTIONS] [FILE]"), out.toString());
    }

    @Test
    void aSecretGivenByAFlagIsAskedForInItsVariable() {
        assertEquals(2, run("serve", "--jwt-secret=hunter2"));
        assertTrue(err.toString().contains("; set CHATLIST_JWT_SECRET"), err.toString());
    }

    @Test
    void aVariableLikeNoSettingIsNamedAloneAndThoseOfOthersAreNot() {
        environment.put("CHATLIST_ZOOKEEPER_ENSEMBLE", "x");
        environment.put("CHATLIST_TEST_JDBC_URL", "x");
        // Kubernetes sets these for a Service that is named chatlist.
        environment.put("CHATLIST_SERVICE_HOST", "x");
        environment.put("CHATLIST_SERVICE_PORT_HTTP", "x");
        environment.put("CHATLIST_PORT_8080_TCP_ADDR", "x");
        assertEquals(0, run("token", "ada", "--data-dir", directory.toString()));
        assertEquals(
                "chatlist: CHATLIST_ZOOKEEPER_ENSEMBLE is no setting",
                err.toString().lines().findFirst().orElseThrow());
        assertEquals(2, err.toString().lines().count(), err.toString());
    }

    /** An import to that server makes no data directory, so there is nothing to do first. */
    @Test
    void besideADemoATokenForAnotherServerIsSigned() throws IOException {
        Files.createDirectory(directory.resolve("chatlist-demo"));
        String data = directory.resolve("chatlist-data").toString();
        assertEquals(
                0,
                run("token", "ada", "--data-dir", data, "--jdbc-url=jdbc:postgresql:x", "--db-user=u"),
                err::toString);
    }

    @Test
    void theSettingsInForceArePrintedAsAFileThatGivesThemAgainAndNothingIsMade() throws IOException {
        Path data = directory.resolve("data");
        Path file = Files.writeString(
                directory.resolve("chatlist.properties"), "port=7777\nlog-level=debug\ndata-dir=" + data);
        environment.put("CHATLIST_CONFIG", file.toString());
        environment.put("CHATLIST_LOG_LEVEL", "warn");
        environment.put("CHATLIST_JWT_SECRET", "hunter2".repeat(5));
        assertEquals(0, run("config", "--max-page-size=7"), err::toString);
        String first = out.toString();
        for (String entry : List.of("port=7777", "log-level=warn", "max-page-size=7", "data-dir=" + data)) {
            assertTrue(first.contains("\n" + entry + "\n"), first);
        }
        assertFalse(first.contains("hunter2"), first);
        assertEquals("", err.toString());

        Path printed = Files.writeString(directory.resolve("printed.properties"), first);
        environment.clear();
        out.getBuffer().setLength(0);
        assertEquals(0, run("config", "--config", printed.toString()), err::toString);
        assertEquals(withoutComments(first), withoutComments(out.toString()));
        assertFalse(Files.exists(data));
    }

    private static List<String> withoutComments(String text) {
        return text.lines().filter(line -> !line.startsWith("#")).toList();
    }

    @Test
    void theVariableOfTheFileIsKnown() {
        environment.put("CHATLIST_CONFIG", "");
        environment.put("CHATLIST_CONFG", "x");
        assertEquals(0, run("config"));
        assertEquals(
                "chatlist: CHATLIST_CONFG is no setting; did you mean CHATLIST_CONFIG?%n".formatted(), err.toString());
    }

    private int run(String... arguments) {
        return Main.commandLine(new Commands(environment, InputStream.nullInputStream(), new StopSignal()))
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .execute(arguments);
    }
}
