package dev.chatlist.bootstrap;

import static dev.chatlist.bootstrap.Setting.*;
import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.stream.Collectors.joining;
import static java.util.stream.Collectors.toSet;

import dev.chatlist.adapter.http.HttpSettings;
import dev.chatlist.adapter.http.auth.AuthSettings;
import dev.chatlist.adapter.http.auth.AuthSettings.JwksUrl;
import dev.chatlist.adapter.http.auth.AuthSettings.KeySource;
import dev.chatlist.adapter.http.auth.AuthSettings.Secret;
import dev.chatlist.adapter.http.auth.AuthSettings.VerificationKey;
import dev.chatlist.adapter.persistence.DatabaseSettings;
import dev.chatlist.bootstrap.SettingKind.Choice;
import dev.chatlist.bootstrap.SettingKind.DurationRange;
import dev.chatlist.bootstrap.SettingKind.IntRange;
import dev.chatlist.bootstrap.SettingKind.MemorySize;
import dev.chatlist.bootstrap.Settings.CacheBudget;
import dev.chatlist.bootstrap.Settings.Claims;
import dev.chatlist.bootstrap.Settings.Pool;
import dev.chatlist.bootstrap.Settings.Server;
import dev.chatlist.domain.TextLimit;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Reads all settings. Notes each problem and goes on, so that the user sees all problems at once. */
final class SettingsReader {
    private static final Pattern CREDENTIALS = Pattern.compile("[?&](user|password|sslpassword)=|//[^/]*@");
    private static final Pattern COMMAS = Pattern.compile("\\s*,\\s*");
    private static final KeySource NO_KEYS = Secret.of(new byte[32]);

    private final Purpose purpose;
    private final Function<Setting, List<String>> given;
    private final SettingProblems problems = new SettingProblems();

    /** What the settings are for. */
    enum Purpose {
        /** Serves the API, with the cache in this JVM's heap. */
        SERVICE,
        /** Serves the API over invented data, which belongs in the embedded database only. */
        DEMO,
        /** Serves nothing. The cache size is for the service's heap, which may be larger than this JVM's. */
        OTHER
    }

    /**
     * @param given returns the values of a setting, see {@link Setting#given}
     * @throws CommandFailure if any setting is wrong; the message has one line per problem
     */
    static Settings read(Purpose purpose, Function<Setting, List<String>> given) {
        return new SettingsReader(purpose, given).settings();
    }

    private SettingsReader(Purpose purpose, Function<Setting, List<String>> given) {
        this.purpose = purpose;
        this.given = given;
    }

    private Settings settings() {
        Path dataDir = parsed(DATA_DIR, Path.of(""), Path::of);
        Server server = server();
        Pool pool = pool(server == null);
        KeySource keys = keys();
        Claims claims = claims();
        CacheBudget cache = cache();
        HttpSettings http = http(cache.encodedBytes());
        TextLimit textLimit = new TextLimit(number(MAX_TEXT_BYTES));
        Duration drainTime = duration(DRAIN_TIME);
        String logLevel = parsed(LOG_LEVEL, "", ((Choice) LOG_LEVEL.kind())::parse);
        problems.requireNone();
        return new Settings(
                dataDir, server, pool, keys, claims, http, drainTime, cache.directoryBytes(), textLimit, logLevel);
    }

    private @Nullable Server server() {
        if (isSet(JDBC_URL) && purpose == Purpose.DEMO) {
            problems.add(JDBC_URL, "not for a demo, which fills a database of its own with fiction");
            return null;
        }
        requireAtMostOne(DB_PASSWORD, DB_PASSWORD_FILE);
        String password = parsed(DB_PASSWORD_FILE, text(DB_PASSWORD), file -> {
            return new String(SecretFile.read(Path.of(file)), UTF_8);
        });
        Server server = new Server(parsed(JDBC_URL, "", SettingsReader::jdbcUrl), text(DB_USER), password);
        if (isSet(JDBC_URL)) {
            if (!isSet(DB_USER)) {
                problems.add(DB_USER, "is missing, and needed with " + JDBC_URL);
            }
            return server;
        }
        Stream.of(DB_USER, DB_PASSWORD, DB_PASSWORD_FILE)
                .filter(this::isSet)
                .forEach(setting -> problems.add(setting, "is of no use without " + JDBC_URL));
        return null;
    }

    private static String jdbcUrl(String url) {
        if (!url.startsWith("jdbc:postgresql:")) {
            throw new IllegalArgumentException("must begin with jdbc:postgresql:");
        }
        if (CREDENTIALS.matcher(url).find()) {
            throw new IllegalArgumentException(
                    "must not hold a user or password, they have their own: %s, %s".formatted(DB_USER, DB_PASSWORD));
        }
        return url;
    }

    private Pool pool(boolean embedded) {
        IntRange sizes = (IntRange) DB_POOL_SIZE.kind();
        return new Pool(
                parsed(DB_SCHEMA, "", DatabaseSettings::requireSchemaName),
                number(DB_POOL_SIZE, embedded ? new IntRange(sizes.min(), MAX_EMBEDDED_POOL_SIZE) : sizes),
                duration(DB_CONNECT_TIMEOUT),
                duration(DB_STATEMENT_TIMEOUT),
                duration(DB_START_TIMEOUT));
    }

    private @Nullable KeySource keys() {
        requireAtMostOne(JWT_SECRET, JWT_SECRET_FILE, JWT_PUBLIC_KEY, JWKS_URL);
        KeySource keys = parsed(JWT_SECRET, NO_KEYS, secret -> Secret.of(secret.getBytes(UTF_8)));
        keys = parsed(JWT_SECRET_FILE, keys, file -> Secret.of(SecretFile.read(Path.of(file))));
        keys = parsed(JWT_PUBLIC_KEY, keys, SettingsReader::publicKey);
        keys = parsed(JWKS_URL, keys, url -> new JwksUrl(URI.create(url)));
        return keys == NO_KEYS ? null : keys;
    }

    private static KeySource publicKey(String pemOrFile) throws IOException {
        boolean isPem = pemOrFile.contains("-----BEGIN");
        // A line break is often written as \n in an environment file.
        return VerificationKey.ofPem(
                isPem ? pemOrFile.replace("\\n", "\n") : new String(SecretFile.read(Path.of(pemOrFile)), UTF_8));
    }

    private Claims claims() {
        String user =
                parsed(JWT_USER_CLAIM, "", claim -> new AuthSettings(NO_KEYS, null, null, null, claim).userClaim());
        String type = parsed(JWT_TYPE, "", SettingsReader::tokenType);
        return new Claims(orNull(JWT_ISSUER), orNull(JWT_AUDIENCE), type.isEmpty() ? null : type, user);
    }

    private static String tokenType(String type) {
        new AuthSettings(NO_KEYS, null, null, type, AuthSettings.DEFAULT_USER_CLAIM);
        return type;
    }

    private HttpSettings http(long encodedCacheBytes) {
        return new HttpSettings(
                parsed(HOST, "unset", SettingsReader::host),
                number(PORT),
                parsed(CORS_ORIGIN, Set.of(), SettingsReader::origins),
                number(MAX_PAGE_SIZE),
                number(MAX_BODY_BYTES),
                number(MAX_CONCURRENT_REQUESTS),
                number(MAX_QUEUED_REQUESTS),
                number(MAX_CONNECTIONS),
                duration(RECEIVE_TIMEOUT),
                duration(REQUEST_TIMEOUT),
                responseBytes(),
                encodedCacheBytes);
    }

    /** An IPv6 address may have the brackets that it has in a URL. */
    private static String host(String host) {
        return host.startsWith("[") && host.endsWith("]") ? host.substring(1, host.length() - 1) : host;
    }

    private long responseBytes() {
        return parsed(RESPONSE_MEMORY, HttpSettings.MIN_RESPONSE_BYTES, text -> {
            long bytes = ((MemorySize) RESPONSE_MEMORY.kind()).parse(text, purpose != Purpose.OTHER);
            if (bytes < HttpSettings.MIN_RESPONSE_BYTES) {
                throw new IllegalArgumentException("must be at least 1m, it is \"%s\"".formatted(text));
            }
            return bytes;
        });
    }

    private CacheBudget cache() {
        MemorySize sizes = (MemorySize) CACHE_SIZE.kind();
        return CacheBudget.of(parsed(CACHE_SIZE, 0L, text -> sizes.parse(text, purpose != Purpose.OTHER)));
    }

    private static Set<String> origins(String commaSeparated) {
        return HttpSettings.requireOrigins(COMMAS.splitAsStream(commaSeparated).collect(toSet()));
    }

    private int number(Setting setting) {
        return number(setting, (IntRange) setting.kind());
    }

    private int number(Setting setting, IntRange range) {
        return parsed(setting, range.min(), range::parse);
    }

    private Duration duration(Setting setting) {
        DurationRange range = (DurationRange) setting.kind();
        return parsed(setting, range.min(), range::parse);
    }

    private boolean isSet(Setting setting) {
        return !given.apply(setting).isEmpty();
    }

    private String text(Setting setting) {
        return parsed(setting, "", text -> text);
    }

    private @Nullable String orNull(Setting setting) {
        return isSet(setting) ? text(setting) : null;
    }

    /** Returns the fallback if the setting is not set, or is wrong and so reported. */
    private <T> T parsed(Setting setting, T fallback, Parser<T> parser) {
        if (!isSet(setting)) {
            return fallback;
        }
        String text = String.join(",", given.apply(setting));
        try {
            if (text.isBlank()) {
                throw new IllegalArgumentException("must not be blank");
            }
            return parser.parse(text);
        } catch (IOException | IllegalArgumentException e) {
            problems.add(setting, text, e);
        }
        return fallback;
    }

    private void requireAtMostOne(Setting... alternatives) {
        List<Setting> set = Stream.of(alternatives).filter(this::isSet).toList();
        if (set.size() > 1) {
            problems.add(
                    "set only one of " + set.stream().map(Setting::toString).collect(joining(" and ")));
        }
    }

    private interface Parser<T> {
        T parse(String text) throws IOException;
    }
}
