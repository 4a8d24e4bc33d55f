package dev.chatlist.bootstrap;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.chatlist.adapter.http.HttpSettings;
import dev.chatlist.adapter.http.auth.AuthSettings.JwksUrl;
import dev.chatlist.adapter.http.auth.AuthSettings.Secret;
import dev.chatlist.adapter.http.auth.AuthSettings.VerificationKey;
import dev.chatlist.adapter.persistence.DatabaseSettings;
import dev.chatlist.bootstrap.process.CommandFailure;
import dev.chatlist.bootstrap.process.StopSignal;
import dev.chatlist.bootstrap.settings.GivenSettings;
import dev.chatlist.bootstrap.settings.Setting;
import dev.chatlist.bootstrap.settings.SettingKind;
import dev.chatlist.bootstrap.settings.Settings;
import dev.chatlist.bootstrap.settings.Settings.Logging;
import dev.chatlist.bootstrap.settings.Settings.Management;
import dev.chatlist.bootstrap.settings.Settings.Server;
import dev.chatlist.bootstrap.settings.SettingsReader;
import dev.chatlist.bootstrap.settings.SettingsReader.Purpose;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPairGenerator;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.ParseResult;

class SettingsTest {
    private static final String SECRET = "0123456789abcdef0123456789abcdef";

    @TempDir
    Path directory = Path.of("");

    @Test
    void defaultsApplyWithoutAnySetting() {
        Settings settings = read(Map.of());
        assertEquals(Path.of("chatlist-data"), settings.dataDir());
        assertNull(settings.server());
        assertNull(settings.keys());
        assertEquals(
                HttpSettings.defaults(), withEncodedCache(settings.http(), HttpSettings.DEFAULT_ENCODED_CACHE_BYTES));
        long heap = Runtime.getRuntime().maxMemory();
        assertEquals(
                0.4, 1.0 * (settings.directoryCacheBytes() + settings.http().encodedCacheBytes()) / heap, 0.01);
        assertEquals(
                DatabaseSettings.of("jdbc:postgresql:any", "", "").toString(),
                settings.pool().to(new Server("jdbc:postgresql:any", "", "")).toString());
        assertEquals(new Logging("info", false, false), settings.logging());
        assertNull(settings.management());
    }

    @Test
    void whatIsWatchedIsOffUnlessItIsSet() {
        Settings settings = read(
                Map.of("CHATLIST_MANAGEMENT_HOST", "[::1]"),
                "--management-port=9090",
                "--access-log",
                "--log-format=json",
                "--log-level=warn");
        assertEquals(new Management("::1", 9090), settings.management());
        assertEquals(new Logging("warn", true, true), settings.logging());
    }

    @ParameterizedTest
    @CsvSource({"0, 0", "1000, 1000", "10k, 10240", "3m, 3145728", "2g, 2147483648"})
    void aCacheSizeMayHaveAUnit(String size, long bytes) {
        // A service would reject sizes above the test's own heap.
        Settings settings = read(Purpose.OTHER, Map.of(), "--cache-size", size);
        assertEquals(bytes, settings.directoryCacheBytes() + settings.http().encodedCacheBytes());
    }

    @ParameterizedTest
    @ValueSource(strings = {"-1", "1t", "81%", "1.5g", "much", "9999999999"})
    void anyOtherCacheSizeIsRejected(String size) {
        CommandFailure failure = assertThrows(CommandFailure.class, () -> read(Map.of(), "--cache-size=" + size));
        assertTrue(String.valueOf(failure.getMessage()).contains("--cache-size / CHATLIST_CACHE_SIZE: a size must be"));
    }

    @Test
    void theCacheOfAServiceTakesAtMost80PercentOfItsHeap() {
        long max = Runtime.getRuntime().maxMemory() / 100 * 80;
        read(Map.of(), "--cache-size=%dk".formatted(max >> 10));
        for (String size : List.of("999999999g", "%dm".formatted((max >> 20) + 1))) {
            CommandFailure failure = assertThrows(CommandFailure.class, () -> read(Map.of(), "--cache-size=" + size));
            assertEquals(
                    "--cache-size / CHATLIST_CACHE_SIZE: must be at most 80%% of the heap, which is %dm here, it is \"%s\""
                            .formatted(max >> 20, size),
                    failure.getMessage());
            read(Purpose.OTHER, Map.of("CHATLIST_CACHE_SIZE", size));
        }
    }

    @Test
    void aPercentageAbove80IsRejectedWhateverTheHeap() {
        assertThrows(CommandFailure.class, () -> read(Purpose.OTHER, Map.of("CHATLIST_CACHE_SIZE", "999999999%")));
    }

    @Test
    void theApiGets55PercentOfTheCache() {
        Settings settings = read(Map.of(), "--cache-size=1000");
        assertEquals(550, settings.http().encodedCacheBytes());
        assertEquals(450, settings.directoryCacheBytes());
    }

    private static HttpSettings withEncodedCache(HttpSettings http, long bytes) {
        return new HttpSettings(
                http.host(),
                http.port(),
                http.corsOrigins(),
                http.maxPageSize(),
                http.maxBodyBytes(),
                http.maxConcurrentRequests(),
                http.maxQueuedRequests(),
                http.maxConnections(),
                http.receiveTimeout(),
                http.requestTimeout(),
                HttpSettings.DEFAULT_RESPONSE_BYTES,
                bytes);
    }

    @Test
    void aFlagOverridesTheEnvironmentWhichOverridesTheDefault() {
        Map<String, String> environment = Map.of("CHATLIST_PORT", "1111", "CHATLIST_HOST", "0.0.0.0");
        Settings settings = read(environment, "--port", "2222");
        assertEquals(2222, settings.http().port());
        assertEquals("0.0.0.0", settings.http().host());
    }

    @Test
    void anEmptyEnvironmentVariableIsIgnored() {
        assertEquals(
                8080,
                read(Map.of("CHATLIST_PORT", "", "CHATLIST_JWT_SECRET", ""))
                        .http()
                        .port());
    }

    @Test
    void originsAreSeparatedByCommasOrGivenByOneFlagEach() {
        Set<String> both = Set.of("https://a.example", "http://localhost:3000");
        assertEquals(
                both,
                read(Map.of("CHATLIST_CORS_ORIGIN", "https://a.example, http://localhost:3000"))
                        .http()
                        .corsOrigins());
        assertEquals(
                both,
                read(Map.of(), "--cors-origin", "https://a.example", "--cors-origin=http://localhost:3000")
                        .http()
                        .corsOrigins());
    }

    @Test
    void eachKindOfKeyIsRead() throws IOException, NoSuchAlgorithmException {
        Path secret = Files.writeString(directory.resolve("secret"), SECRET + "\n");
        var publicKey =
                KeyPairGenerator.getInstance("Ed25519").generateKeyPair().getPublic();
        Path pem = Files.writeString(
                directory.resolve("key.pem"),
                "-----BEGIN PUBLIC KEY-----\n"
                        + Base64.getMimeEncoder().encodeToString(publicKey.getEncoded())
                        + "\n-----END PUBLIC KEY-----\n");
        Object fromEnvironment = read(Map.of("CHATLIST_JWT_SECRET", SECRET)).keys();
        assertTrue(fromEnvironment instanceof Secret);
        assertEquals(
                fromEnvironment,
                read(Map.of(), "--jwt-secret-file", secret.toString()).keys());
        assertEquals(
                new VerificationKey(publicKey),
                read(Map.of(), "--jwt-public-key", pem.toString()).keys());
        assertTrue(read(Map.of(), "--jwks-url", "https://a.example/jwks").keys() instanceof JwksUrl);
    }

    @Test
    void aPublicKeyIsReadInAnyFormThatPeopleGiveIt() throws Exception {
        var pair = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
        String body = Base64.getMimeEncoder().encodeToString(pair.getPublic().getEncoded());
        String pem = "-----BEGIN PUBLIC KEY-----\n" + body + "\n-----END PUBLIC KEY-----\n";
        VerificationKey key = new VerificationKey(pair.getPublic());
        for (String given : List.of(
                pem,
                "\uFEFF" + pem,
                pem.replace("\r", "").replace("\n", "\r\n"),
                pem.replace("\r", "").replace("\n", "\\n"),
                pem.replace("\r", "").replace("\n", " "),
                "  " + pem + "\n\n")) {
            assertEquals(key, read(Map.of("CHATLIST_JWT_PUBLIC_KEY", given)).keys(), given);
            if (!given.contains("\\n")) {
                Path file = Files.writeString(directory.resolve("key.pem"), given);
                assertEquals(key, read(Map.of(), "--jwt-public-key=" + file).keys(), given);
            }
        }
        String secret = "-----BEGIN PRIVATE KEY-----\nhunter2\n-----END PRIVATE KEY-----";
        for (String given : List.of(
                secret,
                Files.writeString(directory.resolve("private.pem"), secret).toString())) {
            CommandFailure failure =
                    assertThrows(CommandFailure.class, () -> read(Map.of("CHATLIST_JWT_PUBLIC_KEY", given)));
            assertEquals(
                    "--jwt-public-key / CHATLIST_JWT_PUBLIC_KEY: the token key must be the issuer's public key, this is a"
                            + " private one: take it away from here",
                    failure.getMessage());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"::1", "[::1]"})
    void anIpv6AddressMayHaveBrackets(String host) {
        assertEquals("::1", read(Map.of(), "--host", host).http().host());
    }

    @Test
    void aServerIsReadWithItsUserAndPassword() throws IOException {
        Path password = Files.writeString(directory.resolve("password"), "geheim\n");
        Settings settings = read(
                Map.of("CHATLIST_DB_PASSWORD_FILE", password.toString()),
                "--jdbc-url=jdbc:postgresql://db.example/chat?sslmode=verify-full",
                "--db-user=me",
                "--db-pool-size=100",
                "--db-statement-timeout=1m",
                "--db-start-timeout=0s",
                "--slow-query-log=200ms");
        assertEquals(
                new Server("jdbc:postgresql://db.example/chat?sslmode=verify-full", "me", "geheim"), settings.server());
        assertEquals(
                new Settings.Pool(
                        "chatlist",
                        100,
                        Duration.ofSeconds(3),
                        Duration.ofMinutes(1),
                        Duration.ZERO,
                        Duration.ofMillis(200)),
                settings.pool());
    }

    @Test
    void aPasswordThatIsNotUtf8IsRefusedInsteadOfChanged() throws IOException {
        Path password = Files.write(directory.resolve("password"), new byte[] {'s', (byte) 0xEB});
        CommandFailure failure = assertThrows(
                CommandFailure.class,
                () -> read(
                        Map.of("CHATLIST_DB_PASSWORD_FILE", password.toString()),
                        "--jdbc-url=jdbc:postgresql:d",
                        "--db-user=u"));
        assertTrue(String.valueOf(failure.getMessage()).contains("it isn't text in UTF-8"), failure::getMessage);
    }

    @Test
    void allProblemsAreReportedAtOnceByFlagAndVariable() {
        Map<String, String> environment = Map.of(
                "CHATLIST_PORT", "99999",
                "CHATLIST_DB_PASSWORD", "geheim",
                "CHATLIST_JWT_SECRET", "too short, and not to be shown",
                "CHATLIST_JWT_PUBLIC_KEY", "nowhere.pem",
                "CHATLIST_LOG_LEVEL", "loud");
        CommandFailure failure = assertThrows(
                CommandFailure.class,
                () -> read(
                        environment,
                        "--max-page-size=0",
                        "--db-pool-size=21",
                        "--db-schema=Chat List",
                        "--db-connect-timeout=5",
                        "--cors-origin=example.com",
                        "--jwt-type=a jwt",
                        "--jwt-user-claim=exp",
                        "--jwt-issuer="));
        String message = String.valueOf(failure.getMessage());
        assertEquals(2, failure.exitCode());
        assertEquals(
                Set.of(
                        "--port / CHATLIST_PORT: must be a number from 0 to 65535, it is \"99999\"",
                        "CHATLIST_DB_PASSWORD: is of no use without --jdbc-url / CHATLIST_JDBC_URL",
                        "CHATLIST_JWT_SECRET: the token secret must have at least 32 bytes, it has 30",
                        "set only one of CHATLIST_JWT_SECRET and --jwt-public-key / CHATLIST_JWT_PUBLIC_KEY",
                        "--jwt-public-key / CHATLIST_JWT_PUBLIC_KEY: there is no such file; its name isn't shown, as it might be"
                                + " a secret",
                        "--log-level / CHATLIST_LOG_LEVEL: must be one of [off, error, warn, info, debug, trace], it is"
                                + " \"loud\"",
                        "--max-page-size / CHATLIST_MAX_PAGE_SIZE: must be a number from 1 to 1000, it is \"0\"",
                        "--db-pool-size / CHATLIST_DB_POOL_SIZE: must be a number from 1 to 20, it is \"21\"",
                        "--db-schema / CHATLIST_DB_SCHEMA: schema must be 1 to 63 lower-case letters, digits and"
                                + " underscores, no digit first",
                        "--db-connect-timeout / CHATLIST_DB_CONNECT_TIMEOUT: a duration must be a number and ms, s, m, h or d,"
                                + " such as 500ms or 7d; it is \"5\"",
                        "--cors-origin / CHATLIST_CORS_ORIGIN: a CORS origin must be * or look like"
                                + " https://app.example.com, it is example.com",
                        "--jwt-type / CHATLIST_JWT_TYPE: the type must be a media type such as at+jwt or"
                                + " application/at+jwt, it is \"a jwt\"",
                        "--jwt-user-claim / CHATLIST_JWT_USER_CLAIM: the user claim must not be exp, which is no user",
                        "--jwt-issuer / CHATLIST_JWT_ISSUER: must not be blank"),
                Set.copyOf(message.lines().toList()));
    }

    @ParameterizedTest
    @CsvSource({
        "--jdbc-url=jdbc:mysql://h/d,      must begin with jdbc:postgresql:",
        "--jdbc-url=jdbc:postgresql://h/d, --db-user / CHATLIST_DB_USER: is missing",
        "--jdbc-url=jdbc:postgresql://h/d?password=geheim, must not hold a user or password",
        "--jdbc-url=jdbc:postgresql://h/d?a=b&user=geheim, must not hold a user or password",
        "--jdbc-url=jdbc:postgresql://me:geheim@h/d, must not hold a user or password",
        "--jdbc-url=jdbc:postgresql://h/d?sslPassword=geheim, must not hold a user or password",
        "--jdbc-url=jdbc:postgresql://h/d?a=b&PASSWORD=geheim, must not hold a user or password",
        "--jdbc-url=jdbc:postgresql://h/d?%70assw%6Frd=geheim, must not hold a user or password",
        "--jdbc-url=jdbc:postgresql://me:geheim%40h/d, must not hold a user or password",
        "--db-user=me, is of no use without --jdbc-url",
        "--management-host=::1, --management-host / CHATLIST_MANAGEMENT_HOST: is of no use without --management-port",
        "--db-password-file=/, can't read that file: Is a directory",
        "--db-statement-timeout=1h, must be from 100ms to 10m",
        "--jwks-url=ftp://a.example/, the JWKS URL must look like",
        "--jwks-url=:, Expected scheme name",
        "--jwt-secret-file=/dev/null, at least 32 bytes",
        "--data-dir=, must not be blank",
        "--host=, must not be blank",
        "--port=80x, must be a number from 0 to 65535",
        "--port=-1, must be a number from 0 to 65535",
    })
    void eachMistakeIsExplainedWithoutSecrets(String flag, String reason) {
        CommandFailure failure = assertThrows(CommandFailure.class, () -> read(Map.of(), flag));
        assertTrue(String.valueOf(failure.getMessage()).contains(reason), failure.getMessage());
        assertFalse(String.valueOf(failure.getMessage()).contains("geheim"));
    }

    @ParameterizedTest
    @CsvSource({
        "127.0.0.1, 127.0.0.1, 8099, 8099, true",
        "127.0.0.1, localhost, 8099, 8099, true",
        "0.0.0.0, 127.0.0.1, 8099, 8099, true",
        "127.0.0.1, ::, 8099, 8099, true",
        "127.0.0.1, 127.0.0.1, 8099, 8098, false",
        "127.0.0.1, 127.0.0.2, 8099, 8099, false",
        "127.0.0.1, 127.0.0.1, 0, 0, false",
    })
    void theApiAndTheManagementPortHaveAnAddressEach(
            String host, String managementHost, int port, int managementPort, boolean same) {
        String[] flags = {
            "--host=" + host,
            "--management-host=" + managementHost,
            "--port=" + port,
            "--management-port=" + managementPort
        };
        if (same) {
            CommandFailure failure = assertThrows(CommandFailure.class, () -> read(Map.of(), flags));
            assertEquals(2, failure.exitCode());
            assertEquals(
                    "--management-port / CHATLIST_MANAGEMENT_PORT: must not be the address of --port / CHATLIST_PORT",
                    failure.getMessage());
        } else {
            assertEquals(
                    new Management(managementHost, managementPort),
                    read(Map.of(), flags).management());
        }
    }

    @Test
    void bothEndsOfEachRangeAreAccepted() {
        for (String flags : List.of(
                "--port=0 --max-page-size=1 --max-body-bytes=64 --max-concurrent-requests=1 --max-queued-requests=1",
                "--port=65535 --max-page-size=1000 --max-body-bytes=1048576 --max-concurrent-requests=10000"
                        + " --max-queued-requests=1000000 --db-user=u --db-pool-size=1000 --jdbc-url=jdbc:postgresql:d",
                "--db-connect-timeout=250ms --db-statement-timeout=100ms",
                "--db-connect-timeout=1m --db-statement-timeout=10m")) {
            Settings settings = read(Map.of(), flags.split(" ", -1));
            settings.pool().to(new Server("jdbc:postgresql:any", "", ""));
        }
    }

    @Test
    void aDemoRejectsAServerTogetherWithOtherProblems() {
        Map<String, String> environment =
                Map.of("CHATLIST_JDBC_URL", "jdbc:postgresql://h/d", "CHATLIST_PORT", "99999");
        CommandFailure failure = assertThrows(CommandFailure.class, () -> read(Purpose.DEMO, environment));
        assertEquals(
                Set.of(
                        "--jdbc-url / CHATLIST_JDBC_URL: not for a demo, which fills a database of its own with fiction",
                        "--port / CHATLIST_PORT: must be a number from 0 to 65535, it is \"99999\""),
                Set.copyOf(String.valueOf(failure.getMessage()).lines().toList()));
    }

    @Test
    void toStringContainsNoSecret() {
        Settings settings = read(
                Map.of("CHATLIST_JWT_SECRET", SECRET, "CHATLIST_DB_PASSWORD", "geheim"),
                "--jdbc-url=jdbc:postgresql://h/d",
                "--db-user=me");
        assertFalse(settings.toString().contains(SECRET), settings.toString());
        assertFalse(settings.toString().contains("geheim"), settings.toString());
    }

    @Test
    void theReadmeListsEverySetting() throws IOException {
        String table = Stream.of(Setting.values())
                .map(SettingsTest::row)
                .reduce("| flag | environment | default | meaning |\n| --- | --- | --- | --- |\n", String::concat);
        assertTrue(Files.readString(Path.of("../README.md")).contains(table), () -> "README.md should have:\n" + table);
    }

    private static String row(Setting setting) {
        return "| %s | `%s` | %s | %s |\n"
                .formatted(
                        setting.isSecret() ? "" : "`" + setting.flag() + "`",
                        setting.variable(),
                        setting.defaultValue().isEmpty() ? "" : "`" + setting.defaultValue() + "`",
                        setting.meaning());
    }

    @Test
    void theFlagOfASwitchTakesNoFurtherArgument() {
        CommandSpec command = Setting.mixin(Map.of());
        command.addPositional(PositionalParamSpec.builder().type(String.class).build());
        for (String flag : List.of("--access-log", "--access-log=on", "--access-log=off")) {
            ParseResult given = new CommandLine(command).parseArgs(flag, "file");
            String printed = GivenSettings.of(given, Map.of("CHATLIST_ACCESS_LOG", "maybe"), Map.of())
                    .print();
            assertTrue(printed.contains("\naccess-log=" + (flag.endsWith("off") ? "off" : "on") + "\n"), printed);
            assertEquals("file", given.matchedPositionalValue(0, ""));
        }
    }

    @Test
    void theHelpListsEverySetting() {
        Map<String, CommandLine> commands = Main.commandLine(
                        new Commands(Map.of(), InputStream.nullInputStream(), new StopSignal()))
                .getSubcommands();
        String help = requireNonNull(commands.get("serve")).getUsageMessage();
        for (Setting setting : Setting.values()) {
            assertTrue(help.contains(setting.variable()), setting.variable());
            String value = setting.kind() == SettingKind.SWITCH ? "[=on|off]" : "=";
            assertEquals(!setting.isSecret(), help.contains("      " + setting.flag() + value), setting.flag());
        }
    }

    /** picocli only prints a warning, on the process's standard error, when a description is no valid format. */
    @Test
    void picocliFormatsEveryDescription() {
        ByteArrayOutputStream warnings = new ByteArrayOutputStream();
        PrintStream before = System.err;
        System.setErr(new PrintStream(warnings, true, UTF_8));
        try {
            theHelpListsEverySetting();
        } finally {
            System.setErr(before);
        }
        assertEquals("", warnings.toString(UTF_8));
    }

    private static Settings read(Map<String, String> environment, String... flags) {
        return read(Purpose.SERVICE, environment, flags);
    }

    private static Settings read(Purpose purpose, Map<String, String> environment, String... flags) {
        ParseResult given = new CommandLine(Setting.mixin(Map.of())).parseArgs(flags);
        return SettingsReader.read(purpose, GivenSettings.of(given, environment, Map.of()));
    }
}
