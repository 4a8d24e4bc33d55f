package dev.chatlist.bootstrap.settings;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.chatlist.adapter.http.auth.AuthSettings.JwksUrl;
import dev.chatlist.adapter.http.auth.AuthSettings.Secret;
import dev.chatlist.bootstrap.process.CommandFailure;
import dev.chatlist.bootstrap.settings.Settings.Server;
import dev.chatlist.bootstrap.settings.SettingsReader.Purpose;
import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.ParseResult;

class ConfigFileTest {
    private static final String SECRET = "0123456789abcdef0123456789abcdef";

    @TempDir
    Path directory = Path.of("");

    private Path file = Path.of("");

    @BeforeEach
    void nameFile() {
        file = directory.resolve("chatlist.properties");
    }

    @Test
    void aFlagOverridesTheEnvironmentWhichOverridesTheFileWhichOverridesTheDefault() throws IOException {
        write("host=0.0.0.0\nport=1111\nmax-page-size=10\ncors-origin=https://file.example");
        Settings settings = read(
                Map.of("CHATLIST_PORT", "2222", "CHATLIST_MAX_PAGE_SIZE", "20"),
                "--max-page-size=30",
                "--cors-origin=https://flag.example");
        assertEquals("0.0.0.0", settings.http().host());
        assertEquals(2222, settings.http().port());
        assertEquals(30, settings.http().maxPageSize());
        assertEquals(Set.of("https://flag.example"), settings.http().corsOrigins());
        assertEquals("info", settings.logging().level());
    }

    @Test
    void theFileIsNamedByItsFlagElseItsVariable() throws IOException {
        write("port=1111");
        Path other = Files.writeString(directory.resolve("other"), "port=2222");
        Map<String, String> environment = Map.of("CHATLIST_CONFIG", other.toString());
        assertEquals(1111, read(environment).http().port());
        assertEquals(2222, readWithout(environment).http().port());
        assertEquals(8080, readWithout(Map.of("CHATLIST_CONFIG", "")).http().port());
    }

    @Test
    void aVariableThatIsEmptyLeavesTheFilesValue() throws IOException {
        write("port=1111");
        assertEquals(1111, read(Map.of("CHATLIST_PORT", "")).http().port());
    }

    @Test
    void theFileOverridesTheDefaultsOfADemo() throws IOException {
        write("data-dir=of-the-file");
        Map<Setting, String> demo = Map.of(Setting.DATA_DIR, "chatlist-demo", Setting.CORS_ORIGIN, "*");
        ParseResult flags = new CommandLine(Setting.mixin(demo)).parseArgs("--config=" + file);
        Settings settings = SettingsReader.read(Purpose.DEMO, GivenSettings.of(flags, Map.of(), demo));
        assertEquals(Path.of("of-the-file"), settings.dataDir());
        assertEquals(Set.of("*"), settings.http().corsOrigins());
    }

    @Test
    void theSyntaxIsThatOfPropertiesInUtf8() throws IOException {
        write("""
                \uFEFF# a comment, not continued \\
                ! another, with a malformed \\u and a space at its end\s

                port = 1111
                \t host:0.0.0.0
                log-level debug
                data-dir=caf\u00e9/caf\\u00e9/a\\\\b\\ c#d
                cors-origin=https://a.example, \\
                    \\
                    https://b.example
                jwt-audience=\\
                # no comment
                jwt-issuer=me""".replace("\n", "\r\n"));
        Settings settings = read(Map.of());
        assertEquals(1111, settings.http().port());
        assertEquals("0.0.0.0", settings.http().host());
        assertEquals("debug", settings.logging().level());
        assertEquals(Path.of("caf\u00e9/caf\u00e9/a\\b c#d"), settings.dataDir());
        assertEquals(
                Set.of("https://a.example", "https://b.example"),
                settings.http().corsOrigins());
        assertEquals("# no comment", settings.claims().audience());
        assertEquals("me", settings.claims().issuer());
    }

    @Test
    void secretsAreReadFromTheFile() throws IOException {
        write("jdbc-url=jdbc:postgresql:d\ndb-user=me\ndb-password=g\\u00eaheim\njwt-secret=" + SECRET);
        Settings settings = read(Map.of());
        assertEquals(new Server("jdbc:postgresql:d", "me", "g\u00eaheim"), settings.server());
        assertEquals(Secret.of(SECRET.getBytes(UTF_8)), settings.keys());
    }

    @Test
    void allProblemsOfFileEnvironmentAndFlagsAreReportedAtOnce() throws IOException {
        write("""
                port=99999
                prot=1
                CHATLIST_DB_POOL_SIZE=7
                config=other.properties
                zookeeper.ensemble=x
                host=\\
                \\u12
                host=a
                host=b

                db-user
                data-dir=a\\b
                log-level=info\s
                jwks-url=https://a.example/
                jwt-public-key=nowhere.pem
                """);
        Files.write(file, "jwt-issuer=caf\u00e9\\".getBytes(ISO_8859_1), StandardOpenOption.APPEND);
        assertEquals(
                Set.of(
                        "port (FILE, line 1): must be a number from 0 to 65535, it is \"99999\"",
                        "FILE, line 2: there is no such setting; did you mean port?",
                        "FILE, line 3: there is no such setting; did you mean db-pool-size?",
                        "FILE, line 4: config can't be set in a file",
                        "FILE, line 5: there is no such setting",
                        "FILE, line 6: \\u must be followed by four hexadecimal digits",
                        "FILE, line 9: host is set already, in FILE, line 8",
                        "db-user (FILE, line 11): must not be blank",
                        "db-user (FILE, line 11): is of no use without --jdbc-url / CHATLIST_JDBC_URL",
                        "FILE, line 12: a backslash must be written \\\\",
                        "FILE, line 13: there is a space at the end; if the value needs it, put a backslash before it",
                        "set only one of jwt-public-key (FILE, line 15) and jwks-url (FILE, line 14)",
                        "jwt-public-key (FILE, line 15): there is no such file; its name isn't shown, as it might be a secret",
                        "FILE, line 16: this isn't UTF-8",
                        "FILE, line 16: a backslash must be written \\\\",
                        "--max-page-size / CHATLIST_MAX_PAGE_SIZE: must be a number from 1 to 1000, it is \"0\"",
                        "--drain-time / CHATLIST_DRAIN_TIME: must be from 0s to 10m, it is 1d"),
                Set.copyOf(problems(Map.of("CHATLIST_DRAIN_TIME", "1d"), "--max-page-size=0").stream()
                        .map(line -> line.replace(file.toString(), "FILE"))
                        .toList()));
    }

    @ParameterizedTest
    @CsvSource({
        "db-password, db-password",
        "db_password, db-password",
        "dbPassword, db-password",
        "db.password, db-password",
        "--port, port",
        "Chatlist_Port, port",
    })
    void aNameInAnotherSpellingIsToldInOurs(String key, String nearest) throws IOException {
        write(key + "=");
        String first = problems(Map.of()).get(0);
        assertTrue(
                first.endsWith(key.equals(nearest) ? ": must not be blank" : "did you mean %s?".formatted(nearest)),
                first);
    }

    /** The file of a secret may be given by mistake, or a line break may have got into one. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "hunter2hunter2hunter2hunter2hunter2",
                "hunter2=hunter2",
                "jwt-secret-hunter2",
                "jwt-secret-hunter2=",
                "jwt-secret=hunter2",
                "jwt-secret=0123456789abcdef\nhunter2",
                "jwt-secret=hunter2\njwt-secret=hunter2",
                "jwt-secret=hunter2\\u12",
                "jwt-secret=hunter2\\hunter2",
                "jwt-secret=hunter2 ",
                "db-password=hunter2",
                "jwt-secret-file=hunter2",
                "jwt-public-key=hunter2",
                "-----BEGIN PRIVATE KEY-----\nhunter2\n-----END PRIVATE KEY-----",
            })
    void aSecretIsNeverShown(String text) throws IOException {
        write(text);
        List<String> problems = problems(Map.of());
        assertFalse(problems.toString().contains("hunter2"), problems.toString());
    }

    @Test
    void aFileThatCannotBeReadIsNamed() throws IOException {
        assertEquals(
                List.of("--config / CHATLIST_CONFIG: can't read %s: there is no such file".formatted(file)),
                problems(Map.of()));
        Files.createDirectory(file);
        assertEquals(
                List.of("--config / CHATLIST_CONFIG: can't read %s: Is a directory".formatted(file)),
                problems(Map.of()));
        file = Path.of("/dev/zero");
        assertEquals(
                List.of("--config / CHATLIST_CONFIG: can't read /dev/zero: it is longer than 65536 bytes"),
                problems(Map.of()));
        file = Path.of("");
        assertEquals(List.of("--config / CHATLIST_CONFIG: must not be blank"), problems(Map.of()));
    }

    @Test
    void anAlternativeOfAHigherSourceReplacesThoseOfLowerOnes() throws IOException {
        write("jwt-secret-file=nowhere\ndb-password-file=nowhere\ndb-user=u\njdbc-url=jdbc:postgresql:d");
        Map<String, String> environment = Map.of("CHATLIST_JWT_SECRET", SECRET, "CHATLIST_DB_PASSWORD", "geheim");
        assertEquals(Secret.of(SECRET.getBytes(UTF_8)), read(environment).keys());
        assertEquals(
                new Server("jdbc:postgresql:d", "u", "geheim"),
                read(environment).server());
        assertTrue(read(environment, "--jwks-url=https://a.example/jwks").keys() instanceof JwksUrl);
        assertEquals(
                List.of(
                        "set only one of --jwt-public-key / CHATLIST_JWT_PUBLIC_KEY and --jwks-url / CHATLIST_JWKS_URL"),
                problems(environment, "--jwt-public-key=/dev/null", "--jwks-url=https://a.example/jwks").stream()
                        .filter(line -> line.contains("only one"))
                        .toList());
    }

    @Test
    void aDemoNamesTheFileThatHasAServer() throws IOException {
        write("jdbc-url=jdbc:postgresql:d\ndb-user=u");
        ParseResult flags = new CommandLine(Setting.mixin(Map.of())).parseArgs("--config=" + file);
        CommandFailure failure = assertThrows(
                CommandFailure.class,
                () -> SettingsReader.read(Purpose.DEMO, GivenSettings.of(flags, Map.of(), Map.of())));
        assertEquals(
                "jdbc-url (%s, line 1): not for a demo, which fills a database of its own with fiction".formatted(file),
                failure.getMessage());
    }

    @ParameterizedTest
    @CsvSource({
        "rw-r-----, jwt-secret=%s, 1",
        "rw----r--, jwt-secret=%s, 1",
        "rw-------, jwt-secret=%s, 0",
        "rw-r--r--, port=1, 0",
    })
    void othersWhoCanReadASecretInItAreToldOf(String permissions, String line, int warnings) throws IOException {
        write(line.formatted(SECRET));
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(permissions));
        Logger logger = (Logger) LoggerFactory.getLogger(SecretFile.class);
        ListAppender<ILoggingEvent> said = new ListAppender<>();
        said.start();
        logger.addAppender(said);
        try {
            read(Map.of());
        } finally {
            logger.detachAppender(said);
        }
        assertEquals(warnings, said.list.size());
        said.list.forEach(warning -> assertTrue(warning.getFormattedMessage().startsWith(file + " contains a secret")));
    }

    @Test
    void whatIsPrintedGivesTheSameSettings() throws IOException {
        write("jwt-issuer=\\ me: # ! = \\\\ \\t\\n\\r\\f\\u001b caf\u00e9\\ \nport=7777");
        String[] flags = {
            "--cors-origin=https://a.example",
            "--cors-origin=https://b.example",
            "--db-user=u",
            "--jdbc-url=jdbc:postgresql://h/d?sslmode=verify-full",
            "--access-log",
            "--jwks-url=https://a.example/jwks",
            "--cache-size=1m",
            "--drain-time=3s"
        };
        Map<String, String> environment = Map.of("CHATLIST_MAX_PAGE_SIZE", "7", "CHATLIST_DB_STATEMENT_TIMEOUT", "1s");
        Settings settings = read(environment, flags);
        String printed = given(environment, flags).print();
        write(printed);
        assertEquals(settings, read(Map.of()));
        assertEquals(properties(printed), properties(given(Map.of()).print()));
        assertEquals(
                " me: # ! = \\ \t\n\r\f\u001b caf\u00e9 ", settings.claims().issuer());
        assertEquals(
                "jdbc:postgresql://h/d?sslmode=verify-full", properties(printed).getProperty("jdbc-url"));
        assertNull(properties(printed).getProperty("config"));
    }

    private static Properties properties(String text) throws IOException {
        Properties properties = new Properties();
        properties.load(new StringReader(text));
        return properties;
    }

    /** It may hold a key. */
    @Test
    void theQueryOfAUrlOfKeysIsNotShown() throws IOException {
        write("jwks-url=https://a.example/jwks?key=hunter2");
        String printed = given(Map.of()).print();
        assertTrue(printed.contains("\n#jwks-url=https://a.example/jwks?…\n"), printed);
        assertFalse(printed.contains("hunter2"), printed);
    }

    @Test
    void eachSettingIsPrintedUnderItsSourceAndSecretsAreNotShown() throws IOException {
        write("# mine\nport=1111\njwt-secret-file=nowhere");
        String printed = given(
                        Map.of("CHATLIST_JWT_SECRET", SECRET, "CHATLIST_LOG_LEVEL", "debug"),
                        "--cors-origin=https://a.example",
                        "--cors-origin=https://b.example")
                .print();
        for (String entry : List.of(
                "# config: flag --config\n#config=" + file,
                "# host: default\n#host=127.0.0.1",
                "# port: %s, line 2\nport=1111".formatted(file),
                "# jdbc-url: not set\n#jdbc-url=",
                "# db-password: not set\n#db-password=",
                "# jwt-secret: variable CHATLIST_JWT_SECRET\n#jwt-secret=(set, not shown)",
                "# jwt-secret-file: replaced by variable CHATLIST_JWT_SECRET\n#jwt-secret-file=",
                "# cors-origin: flag --cors-origin\ncors-origin=https://a.example,https://b.example",
                "# log-level: variable CHATLIST_LOG_LEVEL\nlog-level=debug")) {
            assertTrue(printed.contains("\n" + entry + "\n"), () -> entry + "\nis missing in\n" + printed);
        }
        assertFalse(printed.contains(SECRET), printed);
        for (Setting setting : Setting.values()) {
            assertEquals(
                    1,
                    printed.lines()
                            .filter(line -> line.matches("#?" + setting.key() + "=.*"))
                            .count());
        }
    }

    private void write(String text) throws IOException {
        Files.writeString(file, text);
    }

    private List<String> problems(Map<String, String> environment, String... flags) {
        CommandFailure failure = assertThrows(CommandFailure.class, () -> read(environment, flags));
        assertEquals(2, failure.exitCode());
        return String.valueOf(failure.getMessage()).lines().toList();
    }

    private Settings read(Map<String, String> environment, String... flags) {
        return SettingsReader.read(Purpose.OTHER, given(environment, flags));
    }

    private GivenSettings given(Map<String, String> environment, String... flags) {
        CommandLine command = new CommandLine(Setting.mixin(Map.of()));
        String[] all = Arrays.copyOf(flags, flags.length + 1);
        all[flags.length] = "--config=" + file;
        return GivenSettings.of(command.parseArgs(all), environment, Map.of());
    }

    private static Settings readWithout(Map<String, String> environment) {
        ParseResult none = new CommandLine(Setting.mixin(Map.of())).parseArgs();
        return SettingsReader.read(Purpose.OTHER, GivenSettings.of(none, environment, Map.of()));
    }
}
