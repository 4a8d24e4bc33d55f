package dev.chatlist.bootstrap.settings;

import dev.chatlist.adapter.http.HttpSettings;
import dev.chatlist.adapter.http.auth.AuthSettings;
import dev.chatlist.adapter.http.auth.AuthSettings.JwksUrl;
import dev.chatlist.adapter.http.auth.AuthSettings.KeySource;
import dev.chatlist.adapter.http.auth.AuthSettings.Secret;
import dev.chatlist.adapter.http.auth.AuthSettings.VerificationKey;
import dev.chatlist.adapter.http.auth.TokenIssuer;
import dev.chatlist.adapter.persistence.DatabaseSettings;
import dev.chatlist.adapter.persistence.embedded.DataDirectory;
import dev.chatlist.bootstrap.process.CommandFailure;
import dev.chatlist.domain.TextLimit;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The values of all settings, as {@link SettingsReader} has checked them.
 *
 * @param dataDir the directory of the embedded database and of the generated signing secret
 * @param server the PostgreSQL server to use; null for the embedded one
 * @param keys the keys that tokens are verified with; null for the secret in the data directory
 * @param apiDocs whether to serve the API's description
 * @param drainTime how long to serve on after a request to stop, while {@code /readyz} tells load balancers to go
 *     elsewhere
 * @param directoryCacheBytes the memory for chats and room lists read from the database, in bytes. The API's cache,
 *     {@link HttpSettings#encodedCacheBytes}, is additional.
 * @param textLimit how long a text of an event may be
 * @param refusesSuspiciousTimes whether an import ends at a time that looks like another unit than nanoseconds
 * @param management where to serve metrics and probes without tokens; null for nowhere
 */
public record Settings(
        Path dataDir,
        @Nullable Server server,
        Pool pool,
        @Nullable KeySource keys,
        Claims claims,
        HttpSettings http,
        boolean apiDocs,
        Duration drainTime,
        long directoryCacheBytes,
        TextLimit textLimit,
        boolean refusesSuspiciousTimes,
        @Nullable Management management,
        Logging logging) {
    /** The default data directory of a demo. */
    public static final String DEMO_DIRECTORY = "chatlist-demo";

    /** A PostgreSQL server and the user to connect as. */
    public record Server(String jdbcUrl, String user, String password) {
        @Override
        public String toString() {
            return "Server[redacted]";
        }
    }

    /**
     * How to use the embedded or any other server.
     *
     * @param startTimeout how long to wait at the start for it
     * @param slowQuery a query that takes longer is logged; zero to log none
     */
    public record Pool(
            String schema,
            int size,
            Duration connectTimeout,
            Duration statementTimeout,
            Duration startTimeout,
            Duration slowQuery) {
        public DatabaseSettings to(Server server) {
            return new DatabaseSettings(
                    server.jdbcUrl,
                    server.user,
                    server.password,
                    schema,
                    size,
                    connectTimeout,
                    statementTimeout,
                    slowQuery);
        }
    }

    /** The management address. */
    public record Management(String host, int port) {
        /** Whether nothing can listen here while the API does. A port of 0 is a free one. */
        boolean isTakenBy(HttpSettings api) {
            InetSocketAddress here = new InetSocketAddress(host, port);
            InetSocketAddress there = new InetSocketAddress(api.host(), api.port());
            return port != 0 && port == api.port() && (here.equals(there) || isEvery(here) || isEvery(there));
        }

        private static boolean isEvery(InetSocketAddress address) {
            return !address.isUnresolved() && address.getAddress().isAnyLocalAddress();
        }
    }

    /**
     * What is logged, and how.
     *
     * @param level of Chatlist's own loggers, in lower case
     * @param hasAccessLog whether each request is logged
     * @param isJson whether each line is a JSON object
     */
    public record Logging(String level, boolean hasAccessLog, boolean isJson) {}

    /** What a token must say. */
    public record Claims(
            @Nullable String issuer,
            @Nullable String audience,
            @Nullable String type,
            String user) {}

    /**
     * How the caches divide the memory of {@link Setting#CACHE_SIZE}.
     *
     * @param encodedBytes for chats as the API's JSON
     * @param directoryBytes for chats and room lists as they are read from the database
     */
    record CacheBudget(long encodedBytes, long directoryBytes) {
        /** A chat is slightly larger as JSON than as an object, because objects share their profiles. */
        private static final int ENCODED_PERCENT = 55;

        static CacheBudget of(long bytes) {
            long encoded = bytes / 100 * ENCODED_PERCENT;
            return new CacheBudget(encoded, bytes - encoded);
        }
    }

    /**
     * Returns which tokens to accept. Generates the secret in the data directory if no key is set and the directory has
     * no secret.
     */
    public AuthSettings auth() {
        try {
            KeySource used = keys == null ? Secret.of(SecretFile.readOrCreate(secretFile())) : keys;
            return new AuthSettings(used, claims.issuer, claims.audience, claims.type, claims.user);
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "can't read or generate the signing secret in %s: %s".formatted(dataDir, e), e);
        }
    }

    /**
     * Requires that the API and the management port can listen where they should.
     *
     * @throws IllegalStateException if one can't
     */
    public void requireFreeAddresses() {
        http.requireFreeAddress();
        if (management != null) {
            HttpSettings.requireFreeAddress(management.host, management.port);
        }
    }

    /** The database in words, for messages. */
    public String databaseName() {
        return "%s, schema %s".formatted(serverName(), pool.schema);
    }

    /** The database without the schema in words, for messages. */
    public String serverName() {
        return server == null ? "the embedded database in " + dataDir : server.jdbcUrl.replaceAll("\\?.*", "");
    }

    /**
     * Requires an embedded database that exists. An export of a new one would be empty, and could replace a good one.
     *
     * @throws CommandFailure if there is none
     */
    public void requireDatabase() {
        if (server == null && new DataDirectory(dataDir).lacksDatabase()) {
            throw CommandFailure.because(
                    "there is no database in %s; name its directory with %s, which is %s for the demo"
                            .formatted(dataDir, Setting.DATA_DIR.flag(), DEMO_DIRECTORY));
        }
    }

    /** What tokens are signed with in words, for messages. */
    public String secretName() {
        return keys == null ? secretFile().toString() : "the configured secret";
    }

    private Path secretFile() {
        return dataDir.resolve("jwt-secret");
    }

    /**
     * Returns what signs tokens.
     *
     * @throws CommandFailure if only the issuer has the key that tokens are signed with, or if the secret would be a new
     *     one although a demo beside it has one
     */
    public TokenIssuer tokenIssuer() {
        Path demo = dataDir.resolveSibling(DEMO_DIRECTORY);
        if (keys == null && server == null && !Files.exists(dataDir) && Files.exists(demo)) {
            throw CommandFailure.because(
                    "nothing serves from %s yet, so its secret would be a new one; for a token of the demo add %s %s"
                            .formatted(dataDir, Setting.DATA_DIR.flag(), demo));
        }
        if (keys instanceof VerificationKey || keys instanceof JwksUrl) {
            throw CommandFailure.because(
                    "there is nothing to sign a token with: %s and %s hold the issuer's public keys"
                            .formatted(Setting.JWT_PUBLIC_KEY.flag(), Setting.JWKS_URL.flag()));
        }
        return new TokenIssuer(auth());
    }
}
