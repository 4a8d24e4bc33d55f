package dev.chatlist.bootstrap.settings;

import static dev.chatlist.bootstrap.settings.Setting.*;
import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.stream.Collectors.toSet;

import dev.chatlist.adapter.http.HttpSettings;
import dev.chatlist.adapter.http.auth.AuthSettings;
import dev.chatlist.adapter.http.auth.AuthSettings.JwksUrl;
import dev.chatlist.adapter.http.auth.AuthSettings.KeySource;
import dev.chatlist.adapter.http.auth.AuthSettings.Secret;
import dev.chatlist.adapter.http.auth.AuthSettings.VerificationKey;
import dev.chatlist.adapter.persistence.DatabaseSettings;
import dev.chatlist.bootstrap.process.CommandFailure;
import dev.chatlist.bootstrap.settings.SettingKind.IntRange;
import dev.chatlist.bootstrap.settings.SettingKind.MemorySize;
import dev.chatlist.bootstrap.settings.Settings.CacheBudget;
import dev.chatlist.bootstrap.settings.Settings.Claims;
import dev.chatlist.bootstrap.settings.Settings.Logging;
import dev.chatlist.bootstrap.settings.Settings.Management;
import dev.chatlist.bootstrap.settings.Settings.Pool;
import dev.chatlist.bootstrap.settings.Settings.Server;
import dev.chatlist.domain.TextLimit;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Reads all settings. Notes each problem and goes on, so that the user sees all problems at once. */
public final class SettingsReader {
    private static final Pattern CREDENTIALS = Pattern.compile("(?i)[?&](user|password|sslpassword)=|//[^/]*@");
    private static final Pattern ENCODED = Pattern.compile("%([0-9a-fA-F]{2})");
    private static final Pattern COMMAS = Pattern.compile("\\s*,\\s*");
    private static final KeySource NO_KEYS = Secret.of(new byte[32]);

    private final Purpose purpose;
    private final SettingValues values;

    /** What the settings are for. */
    public enum Purpose {
        /** Serves the API, with the cache in this JVM's heap. */
        SERVICE,
        /** Serves the API over invented data, which belongs in the embedded database only. */
        DEMO,
        /** Reads or writes everything that is stored, in statements that may take any time. */
        BULK,
        /** Doesn't open the database. */
        OTHER;

        /** Otherwise the cache size is for the service's heap, which may be larger than this JVM's. */
        boolean serves() {
            return this == SERVICE || this == DEMO;
        }
    }

    /**
     * Reads and checks all settings.
     *
     * @throws CommandFailure if any setting is wrong; the message has one line per problem
     */
    public static Settings read(Purpose purpose, GivenSettings given) {
        return new SettingsReader(purpose, given).settings();
    }

    private SettingsReader(Purpose purpose, GivenSettings given) {
        this.purpose = purpose;
        values = given.values();
    }

    private Settings settings() {
        Path dataDir = values.parsed(DATA_DIR, Path.of(""), Path::of);
        Server server = server();
        Pool pool = pool(server == null);
        KeySource keys = keys();
        Claims claims = claims();
        CacheBudget cache = cache();
        HttpSettings http = http(cache.encodedBytes());
        boolean apiDocs = values.isOn(API_DOCS);
        TextLimit textLimit = new TextLimit(values.number(MAX_TEXT_BYTES));
        Duration drainTime = values.duration(DRAIN_TIME);
        String times = values.choice(SUSPICIOUS_TIMES);
        Management management = management(http);
        Logging logging = new Logging(
                values.choice(LOG_LEVEL),
                values.isOn(ACCESS_LOG),
                values.choice(LOG_FORMAT).equals("json"));
        values.requireNoProblem();
        return new Settings(
                dataDir,
                server,
                pool,
                keys,
                claims,
                http,
                apiDocs,
                drainTime,
                cache.directoryBytes(),
                textLimit,
                times.equals("refuse"),
                management,
                logging);
    }

    private @Nullable Server server() {
        if (values.isSet(JDBC_URL) && purpose == Purpose.DEMO) {
            values.report(JDBC_URL, "not for a demo, which fills a database of its own with fiction");
            return null;
        }
        String password =
                values.parsed(DB_PASSWORD_FILE, values.text(DB_PASSWORD), file -> SecretFile.readText(Path.of(file)));
        Server server =
                new Server(values.parsed(JDBC_URL, "", SettingsReader::jdbcUrl), values.text(DB_USER), password);
        if (values.isSet(JDBC_URL)) {
            if (!values.isSet(DB_USER)) {
                values.report(DB_USER, "is missing, and needed with " + JDBC_URL);
            }
            return server;
        }
        values.reportUseless(JDBC_URL, DB_USER, DB_PASSWORD, DB_PASSWORD_FILE);
        return null;
    }

    private static String jdbcUrl(String url) {
        if (!url.startsWith("jdbc:postgresql:")) {
            throw new IllegalArgumentException("must begin with jdbc:postgresql:");
        }
        String decoded = ENCODED.matcher(url)
                .replaceAll(code -> Matcher.quoteReplacement(Character.toString(Integer.parseInt(code.group(1), 16))));
        if (Stream.of(url, decoded).anyMatch(CREDENTIALS.asPredicate())) {
            throw new IllegalArgumentException(
                    "must not hold a user or password, they have their own: %s, %s".formatted(DB_USER, DB_PASSWORD));
        }
        return url;
    }

    private Pool pool(boolean embedded) {
        IntRange sizes = (IntRange) DB_POOL_SIZE.kind();
        Duration statementTimeout = values.duration(DB_STATEMENT_TIMEOUT);
        return new Pool(
                values.parsed(DB_SCHEMA, "", DatabaseSettings::requireSchemaName),
                values.number(DB_POOL_SIZE, embedded ? new IntRange(sizes.min(), MAX_EMBEDDED_POOL_SIZE) : sizes),
                values.duration(DB_CONNECT_TIMEOUT),
                purpose == Purpose.BULK ? DatabaseSettings.UNLIMITED : statementTimeout,
                values.duration(DB_START_TIMEOUT),
                values.isSet(SLOW_QUERY_LOG) ? values.duration(SLOW_QUERY_LOG) : DatabaseSettings.UNLIMITED);
    }

    private @Nullable KeySource keys() {
        KeySource keys = values.parsed(JWT_SECRET, NO_KEYS, secret -> Secret.of(secret.getBytes(UTF_8)));
        keys = values.parsed(JWT_SECRET_FILE, keys, file -> Secret.of(SecretFile.read(Path.of(file))));
        keys = values.parsed(JWT_PUBLIC_KEY, keys, SettingsReader::publicKey);
        keys = values.parsed(JWKS_URL, keys, url -> new JwksUrl(uri(url)));
        return keys == NO_KEYS ? null : keys;
    }

    /** Unlike {@link URI#create}, doesn't repeat the URL, which may hold a password. */
    private static URI uri(String text) {
        try {
            return new URI(text);
        } catch (URISyntaxException e) {
            throw new IllegalArgumentException("must be a URL: " + e.getReason());
        }
    }

    private static KeySource publicKey(String pemOrFile) throws IOException {
        boolean isPem = pemOrFile.contains("-----BEGIN");
        // A line break is often written as \n in an environment file.
        return VerificationKey.ofPem(
                isPem ? pemOrFile.replace("\\n", "\n") : new String(SecretFile.read(Path.of(pemOrFile)), UTF_8));
    }

    private Claims claims() {
        String user = values.parsed(
                JWT_USER_CLAIM, "", claim -> new AuthSettings(NO_KEYS, null, null, null, claim).userClaim());
        String type = values.parsed(JWT_TYPE, "", SettingsReader::tokenType);
        return new Claims(values.orNull(JWT_ISSUER), values.orNull(JWT_AUDIENCE), type.isEmpty() ? null : type, user);
    }

    private static String tokenType(String type) {
        new AuthSettings(NO_KEYS, null, null, type, AuthSettings.DEFAULT_USER_CLAIM);
        return type;
    }

    private HttpSettings http(long encodedCacheBytes) {
        return new HttpSettings(
                host(HOST),
                values.number(PORT),
                values.parsed(CORS_ORIGIN, Set.of(), SettingsReader::origins),
                values.number(MAX_PAGE_SIZE),
                values.number(MAX_BODY_BYTES),
                values.number(MAX_CONCURRENT_REQUESTS),
                values.number(MAX_QUEUED_REQUESTS),
                values.number(MAX_CONNECTIONS),
                values.duration(RECEIVE_TIMEOUT),
                values.duration(REQUEST_TIMEOUT),
                responseBytes(),
                encodedCacheBytes);
    }

    private @Nullable Management management(HttpSettings api) {
        if (!values.isSet(MANAGEMENT_PORT)) {
            values.reportUseless(MANAGEMENT_PORT, MANAGEMENT_HOST);
            return null;
        }
        Management management = new Management(host(MANAGEMENT_HOST), values.number(MANAGEMENT_PORT));
        if (management.isTakenBy(api)) {
            values.report(MANAGEMENT_PORT, "must not be the address of " + PORT);
        }
        return management;
    }

    private String host(Setting setting) {
        return values.parsed(setting, "unset", SettingsReader::withoutBrackets);
    }

    /** An IPv6 address may have the brackets that it has in a URL. */
    private static String withoutBrackets(String host) {
        return host.startsWith("[") && host.endsWith("]") ? host.substring(1, host.length() - 1) : host;
    }

    private long responseBytes() {
        return values.parsed(RESPONSE_MEMORY, HttpSettings.MIN_RESPONSE_BYTES, text -> {
            long bytes = ((MemorySize) RESPONSE_MEMORY.kind()).parse(text, purpose.serves());
            if (bytes < HttpSettings.MIN_RESPONSE_BYTES) {
                throw new IllegalArgumentException("must be at least 1m, it is \"%s\"".formatted(text));
            }
            return bytes;
        });
    }

    private CacheBudget cache() {
        MemorySize sizes = (MemorySize) CACHE_SIZE.kind();
        return CacheBudget.of(values.parsed(CACHE_SIZE, 0L, text -> sizes.parse(text, purpose.serves())));
    }

    private static Set<String> origins(String commaSeparated) {
        return HttpSettings.requireOrigins(COMMAS.splitAsStream(commaSeparated).collect(toSet()));
    }
}
