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
import dev.chatlist.adapter.http.auth.TokenIssuer;
import dev.chatlist.adapter.persistence.DatabaseSettings;
import dev.chatlist.domain.PageRequest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * All settings, checked.
 *
 * @param dataDir where the embedded database is, and the signing secret that is made when no key is set
 * @param server the PostgreSQL to use; null for the embedded one
 * @param keys what tokens are checked with; null for the secret in the data directory
 * @param cacheBytes what may be kept of the database in memory; what is kept for the API comes on top of it
 * @param logLevel in lower case
 */
record Settings(
        Path dataDir,
        @Nullable Server server,
        Pool pool,
        @Nullable KeySource keys,
        Claims claims,
        HttpSettings http,
        long cacheBytes,
        String logLevel) {

    /** Two full pools, of a service and an import, leave room for somebody with psql. */
    private static final int MAX_EMBEDDED_POOL = 20;

    /** The rest is for requests. */
    private static final int MAX_CACHE_PERCENT = 80;

    private static final Pattern INTEGER = Pattern.compile("[0-9]{1,9}");
    private static final Pattern SIZE = Pattern.compile("([0-9]{1,9})([kmg%]?)");
    private static final Pattern DURATION = Pattern.compile("([0-9]{1,9})(ms|s|m|h|d)");

    /** A PostgreSQL server, and who to be there. */
    record Server(String jdbcUrl, String user, String password) {
        @Override
        public String toString() {
            return "Server[redacted]";
        }
    }

    /** How to use a server, whichever it is. */
    record Pool(String schema, int size, Duration connectTimeout, Duration statementTimeout) {
        DatabaseSettings to(Server server) {
            return new DatabaseSettings(
                    server.jdbcUrl, server.user, server.password, schema, size, connectTimeout, statementTimeout);
        }
    }

    /** What tokens must say. */
    record Claims(@Nullable String issuer, @Nullable String audience, String user) {}

    /** What they are read for. */
    enum Purpose {
        /** Lists are served, and so kept in memory. */
        SERVICE,
        /** The same, and the database is filled with fiction: none but the embedded one will do. */
        DEMO,
        /** No list is asked for, and what the service keeps in its heap needn't fit into ours. */
        OTHER
    }

    /**
     * @param given what was said of each setting: on the command line, in the environment, or by default
     * @throws CommandFailure if anything is wrong; it names all that is
     */
    static Settings read(Purpose purpose, Function<Setting, List<String>> given) {
        return new Reader(purpose, given).settings();
    }

    /** The same for bulk work, of which nobody waits for a single statement. */
    Settings unhurried() {
        Pool unhurried = new Pool(pool.schema, pool.size, pool.connectTimeout, DatabaseSettings.UNLIMITED);
        return new Settings(dataDir, server, unhurried, keys, claims, http, cacheBytes, logLevel);
    }

    /** Which tokens are accepted. Makes the secret in the data directory, if no key is set and it isn't there yet. */
    AuthSettings auth() {
        try {
            KeySource used = keys == null ? Secret.of(SecretFile.readOrCreate(dataDir.resolve("jwt-secret"))) : keys;
            return new AuthSettings(used, claims.issuer, claims.audience, claims.user);
        } catch (IOException e) {
            throw new UncheckedIOException("can't have a signing secret in %s: %s".formatted(dataDir, e), e);
        }
    }

    /** @throws CommandFailure if tokens are signed with a key that only their issuer has */
    TokenIssuer tokenIssuer() {
        if (keys instanceof VerificationKey || keys instanceof JwksUrl) {
            throw CommandFailure.because(
                    "there is nothing to sign a token with: %s and %s hold the issuer's public keys"
                            .formatted(JWT_PUBLIC_KEY.flag(), JWKS_URL.flag()));
        }
        return new TokenIssuer(auth());
    }

    /** @throws IllegalArgumentException if it isn't a number and a unit */
    static Duration duration(String text) {
        Matcher matcher = DURATION.matcher(text);
        if (!matcher.matches()) {
            throw new IllegalArgumentException(
                    "a duration must be a number and ms, s, m, h or d, such as 500ms or 7d; it is \"%s\""
                            .formatted(text));
        }
        long number = Long.parseLong(matcher.group(1));
        return switch (matcher.group(2)) {
            case "ms" -> Duration.ofMillis(number);
            case "s" -> Duration.ofSeconds(number);
            case "m" -> Duration.ofMinutes(number);
            case "h" -> Duration.ofHours(number);
            default -> Duration.ofDays(number);
        };
    }

    /** @throws IllegalArgumentException if it is neither a number of bytes, KiB, MiB or GiB nor a share of the heap */
    static long bytes(String text) {
        Matcher matcher = SIZE.matcher(text);
        if (!matcher.matches() || (text.endsWith("%") && Long.parseLong(matcher.group(1)) > MAX_CACHE_PERCENT)) {
            throw new IllegalArgumentException(
                    "a size must be a number and k, m or g, such as 512m, or at most %d%% of the heap; it is \"%s\""
                            .formatted(MAX_CACHE_PERCENT, text));
        }
        long number = Long.parseLong(matcher.group(1));
        return switch (matcher.group(2)) {
            case "%" -> Runtime.getRuntime().maxMemory() / 100 * number;
            case "k" -> number << 10;
            case "m" -> number << 20;
            case "g" -> number << 30;
            default -> number;
        };
    }

    /** Reads one setting after the other, and notes what is wrong instead of stopping there. */
    private static final class Reader {
        private static final Pattern CREDENTIALS = Pattern.compile("[?&](user|password|sslpassword)=|//[^/]*@");
        private static final List<String> LOG_LEVELS = List.of("off", "error", "warn", "info", "debug", "trace");
        private static final Pattern COMMAS = Pattern.compile("\\s*,\\s*");
        private static final KeySource ANY_KEYS = Secret.of(new byte[32]);

        private final Purpose purpose;
        private final Function<Setting, List<String>> given;
        private final Set<String> problems = new LinkedHashSet<>();

        Reader(Purpose purpose, Function<Setting, List<String>> given) {
            this.purpose = purpose;
            this.given = given;
        }

        Settings settings() {
            Path dataDir = parsed(DATA_DIR, Path.of(""), Path::of);
            Server server = server();
            Pool pool = pool(server == null ? MAX_EMBEDDED_POOL : 1000);
            KeySource keys = keys();
            Claims claims = claims();
            long cacheBytes = parsed(CACHE_SIZE, 0L, this::cacheBytes);
            // Chats are some more bytes encoded than as values, of which many share what they hold.
            long forEncoded = cacheBytes / 100 * 55;
            HttpSettings http = http(forEncoded);
            String logLevel = parsed(LOG_LEVEL, "", Reader::logLevel);
            if (!problems.isEmpty()) {
                throw CommandFailure.badUsage(List.copyOf(problems));
            }
            return new Settings(dataDir, server, pool, keys, claims, http, cacheBytes - forEncoded, logLevel);
        }

        private @Nullable Server server() {
            if (isSet(JDBC_URL) && purpose == Purpose.DEMO) {
                require(false, JDBC_URL, "not for a demo, which fills a database of its own with fiction");
                return null;
            }
            requireAtMostOne(DB_PASSWORD, DB_PASSWORD_FILE);
            String password = parsed(DB_PASSWORD_FILE, text(DB_PASSWORD), file -> {
                return new String(SecretFile.read(Path.of(file)), UTF_8);
            });
            Server server = new Server(parsed(JDBC_URL, "", Reader::jdbcUrl), text(DB_USER), password);
            if (isSet(JDBC_URL)) {
                require(isSet(DB_USER), DB_USER, "is missing, and needed with " + JDBC_URL);
                return server;
            }
            for (Setting setting : List.of(DB_USER, DB_PASSWORD, DB_PASSWORD_FILE)) {
                require(!isSet(setting), setting, "is of no use without " + JDBC_URL);
            }
            return null;
        }

        private static String jdbcUrl(String url) {
            if (!url.startsWith("jdbc:postgresql:")) {
                throw new IllegalArgumentException("must begin with jdbc:postgresql:");
            }
            if (CREDENTIALS.matcher(url).find()) {
                throw new IllegalArgumentException("must not hold a user or password, they have their own: %s, %s"
                        .formatted(DB_USER, DB_PASSWORD));
            }
            return url;
        }

        private Pool pool(int maxSize) {
            return new Pool(
                    parsed(DB_SCHEMA, "", DatabaseSettings::requireSchemaName),
                    number(DB_POOL_SIZE, 1, maxSize),
                    duration(DB_CONNECT_TIMEOUT, "250ms", "1m"),
                    duration(DB_STATEMENT_TIMEOUT, "100ms", "10m"));
        }

        private @Nullable KeySource keys() {
            requireAtMostOne(JWT_SECRET, JWT_SECRET_FILE, JWT_PUBLIC_KEY, JWKS_URL);
            KeySource keys = parsed(JWT_SECRET, ANY_KEYS, secret -> Secret.of(secret.getBytes(UTF_8)));
            keys = parsed(JWT_SECRET_FILE, keys, file -> Secret.of(SecretFile.read(Path.of(file))));
            keys = parsed(JWT_PUBLIC_KEY, keys, file -> VerificationKey.ofPem(Files.readString(Path.of(file))));
            keys = parsed(JWKS_URL, keys, url -> new JwksUrl(URI.create(url)));
            return keys == ANY_KEYS ? null : keys;
        }

        private Claims claims() {
            String user =
                    parsed(JWT_USER_CLAIM, "", claim -> new AuthSettings(ANY_KEYS, null, null, claim).userClaim());
            return new Claims(orNull(JWT_ISSUER), orNull(JWT_AUDIENCE), user);
        }

        private HttpSettings http(long encodedCacheBytes) {
            return new HttpSettings(
                    parsed(HOST, "anywhere", host -> host),
                    number(PORT, 0, 65535),
                    parsed(CORS_ORIGIN, Set.of(), Reader::origins),
                    number(MAX_PAGE_SIZE, 1, PageRequest.MAX_SIZE),
                    number(MAX_BODY_BYTES, 64, 1024 * 1024),
                    number(MAX_CONCURRENT_REQUESTS, 1, 10_000),
                    number(MAX_QUEUED_REQUESTS, 1, 1_000_000),
                    encodedCacheBytes);
        }

        private long cacheBytes(String text) {
            long bytes = Settings.bytes(text);
            long max = Runtime.getRuntime().maxMemory() / 100 * MAX_CACHE_PERCENT;
            if (bytes > max && purpose != Purpose.OTHER) {
                throw new IllegalArgumentException("must be at most %d%% of the heap, which is %dm here, it is \"%s\""
                        .formatted(MAX_CACHE_PERCENT, max >> 20, text));
            }
            return bytes;
        }

        private static Set<String> origins(String commaSeparated) {
            return HttpSettings.requireOrigins(
                    COMMAS.splitAsStream(commaSeparated).collect(toSet()));
        }

        private static String logLevel(String level) {
            String lowerCase = level.toLowerCase(Locale.ROOT);
            if (!LOG_LEVELS.contains(lowerCase)) {
                throw new IllegalArgumentException("must be one of %s, it is \"%s\"".formatted(LOG_LEVELS, level));
            }
            return lowerCase;
        }

        private int number(Setting setting, int min, int max) {
            return parsed(setting, min, text -> {
                int number = INTEGER.matcher(text).matches() ? Integer.parseInt(text) : -1;
                if (number < min || number > max) {
                    throw new IllegalArgumentException(
                            "must be a number from %d to %d, it is \"%s\"".formatted(min, max, text));
                }
                return number;
            });
        }

        private Duration duration(Setting setting, String min, String max) {
            Duration least = Settings.duration(min);
            return parsed(setting, least, text -> {
                Duration duration = Settings.duration(text);
                if (duration.compareTo(least) < 0 || duration.compareTo(Settings.duration(max)) > 0) {
                    throw new IllegalArgumentException("must be from %s to %s, it is %s".formatted(min, max, text));
                }
                return duration;
            });
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

        private <T> T parsed(Setting setting, T otherwise, Parser<T> parser) {
            if (!isSet(setting)) {
                return otherwise;
            }
            String text = String.join(",", given.apply(setting));
            try {
                if (text.isBlank()) {
                    throw new IllegalArgumentException("must not be blank");
                }
                return parser.parse(text);
            } catch (NoSuchFileException e) {
                require(false, setting, "there is no file " + text);
            } catch (IOException e) {
                require(false, setting, "can't read " + text + ": " + e.getMessage());
            } catch (IllegalArgumentException e) {
                require(false, setting, String.valueOf(e.getMessage()));
            }
            return otherwise;
        }

        private void requireAtMostOne(Setting... alternatives) {
            List<Setting> set = Stream.of(alternatives).filter(this::isSet).toList();
            if (set.size() > 1) {
                problems.add(
                        "set only one of " + set.stream().map(Setting::toString).collect(joining(" and ")));
            }
        }

        private void require(boolean good, Setting setting, String problem) {
            if (!good) {
                problems.add(setting + ": " + problem);
            }
        }
    }

    private interface Parser<T> {
        T parse(String text) throws IOException;
    }
}
