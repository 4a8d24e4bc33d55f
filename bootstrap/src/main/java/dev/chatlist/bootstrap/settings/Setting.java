package dev.chatlist.bootstrap.settings;

import dev.chatlist.adapter.http.HttpSettings;
import dev.chatlist.adapter.http.auth.AuthSettings;
import dev.chatlist.adapter.persistence.DatabaseSettings;
import dev.chatlist.bootstrap.settings.SettingKind.Choice;
import dev.chatlist.bootstrap.settings.SettingKind.DurationRange;
import dev.chatlist.bootstrap.settings.SettingKind.IntRange;
import dev.chatlist.bootstrap.settings.SettingKind.MemorySize;
import dev.chatlist.bootstrap.settings.SettingKind.Text;
import dev.chatlist.domain.TextLimit;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/**
 * Every setting with its kind of value, its default and its meaning. A constant's name makes its flag and its
 * environment variable: {@code DATA_DIR} is {@code --data-dir} and {@code CHATLIST_DATA_DIR}, and {@code data-dir} in a
 * configuration file. Secrets have no flag, because other users of a machine can read a program's arguments.
 *
 * <p>In a meaning, {@code %s} stands for the range. {@link SettingsReader} reads the values.
 */
public enum Setting {
    CONFIG(new Text("FILE"), "", "A file with settings, such as port=8080; flags and variables override it."),
    HOST(new Text("ADDRESS"), "127.0.0.1", "The address to listen on; 0.0.0.0 is every address."),
    PORT(IntRange.of(HttpSettings.PORT_RANGE), "8080", "The port to listen on; 0 takes a free one and prints it."),
    DATA_DIR(new Text("DIRECTORY"), "chatlist-data", "Holds the embedded database and the generated signing secret."),
    JDBC_URL(
            new Text("URL"),
            "",
            "A PostgreSQL, 14 or newer, to use instead of the embedded one: jdbc:postgresql://host/name."),
    DB_USER(new Text("NAME"), "", "The user on that server."),
    DB_PASSWORD(new Text("TEXT"), "", "That user's password, if the server wants one."),
    DB_PASSWORD_FILE(new Text("FILE"), "", "A file that holds the password instead."),
    DB_SCHEMA(
            new Text("NAME"),
            DatabaseSettings.DEFAULT_SCHEMA,
            "The schema for the tables; created if it doesn't exist, but not by export."),
    DB_POOL_SIZE(
            new IntRange(DatabaseSettings.MIN_POOL_SIZE, DatabaseSettings.MAX_POOL_SIZE),
            "10",
            "How many database connections to keep, %s; at most " + Setting.MAX_EMBEDDED_POOL_SIZE
                    + " to the embedded one."),
    DB_CONNECT_TIMEOUT(
            new DurationRange(DatabaseSettings.MIN_CONNECT_TIMEOUT, Duration.ofMinutes(1)),
            "3s",
            "How long to wait for a connection before answering 503, %s."),
    DB_STATEMENT_TIMEOUT(
            new DurationRange(Duration.ofMillis(100), Duration.ofMinutes(10)),
            "5s",
            "How long a query may take before answering 503, %s."),
    DB_START_TIMEOUT(
            new DurationRange(Duration.ZERO, Duration.ofHours(1)),
            "1m",
            "How long to wait at the start for a server that is away, %s."),
    JWT_SECRET(new Text("TEXT"), "", "The secret that tokens are signed with (HS256), 32 bytes or more."),
    JWT_SECRET_FILE(
            new Text("FILE"), "", "A file that holds the secret instead; a line break at its end doesn't count."),
    JWT_PUBLIC_KEY(
            new Text("FILE"),
            "",
            "The issuer's public key in PEM, or a file with it: RSA (RS256), P-256 (ES256) or Ed25519 (EdDSA)."),
    JWKS_URL(new Text("URL"), "", "Where the issuer publishes its public keys."),
    JWT_ISSUER(new Text("TEXT"), "", "The issuer (iss) that a token must name; any if not set."),
    JWT_AUDIENCE(new Text("TEXT"), "", "The audience (aud) that a token must name; any if not set."),
    JWT_TYPE(new Text("TYPE"), "", "The media type (typ) that a token must name, such as at+jwt; any if not set."),
    JWT_USER_CLAIM(new Text("NAME"), AuthSettings.DEFAULT_USER_CLAIM, "The claim that says who the caller is."),
    CORS_ORIGIN(
            new Text("ORIGIN"), "", "A web origin that may read answers, or *. Repeatable; commas between several."),
    API_DOCS(
            SettingKind.SWITCH,
            "off",
            "Whether to serve the API's description, /openapi.yaml, and a page to try it, /docs: %s."),
    MAX_PAGE_SIZE(IntRange.of(HttpSettings.MAX_PAGE_SIZE_RANGE), "200", "The greatest size of a page, %s."),
    MAX_BODY_BYTES(IntRange.of(HttpSettings.MAX_BODY_BYTES_RANGE), "16384", "The longest request body, %s."),
    MAX_CONCURRENT_REQUESTS(
            IntRange.of(HttpSettings.MAX_CONCURRENT_REQUESTS_RANGE),
            "32",
            "How many requests are worked on at once, %s."),
    MAX_QUEUED_REQUESTS(
            IntRange.of(HttpSettings.MAX_QUEUED_REQUESTS_RANGE),
            "256",
            "How many more may wait, %s; any further are answered 503."),
    MAX_CONNECTIONS(
            IntRange.of(HttpSettings.MAX_CONNECTIONS_RANGE),
            "10000",
            "How many connections may be open at once, %s; fewer if the process can't open so many files."),
    RECEIVE_TIMEOUT(
            new DurationRange(HttpSettings.MIN_RECEIVE_TIMEOUT, HttpSettings.MAX_RECEIVE_TIMEOUT),
            "10s",
            "How long a request may take to arrive before it is cut off with 408, %s."),
    REQUEST_TIMEOUT(
            new DurationRange(HttpSettings.MIN_REQUEST_TIMEOUT, HttpSettings.MAX_REQUEST_TIMEOUT),
            "5s",
            "How long a request may wait for its answer before it is answered 503, %s."),
    DRAIN_TIME(
            new DurationRange(Duration.ZERO, Duration.ofMinutes(10)),
            "0s",
            "How long to serve on after a SIGTERM while /readyz answers 503, %s."),
    RESPONSE_MEMORY(
            new MemorySize(50),
            "30%",
            "How much of the heap answers may take until clients have read them: 512m, 2g or a percentage, up to %s."),
    CACHE_SIZE(
            // The rest of the heap is for requests.
            new MemorySize(80),
            "40%",
            "How much of the heap the caches may use: 512m, 2g or a percentage, up to %s; 0 for none."),
    MAX_TEXT_BYTES(
            new IntRange(TextLimit.MIN_BYTES, TextLimit.MAX_BYTES),
            "1048576",
            "The longest text of a chat event in bytes of UTF-8, %s."),
    SUSPICIOUS_TIMES(
            new Choice("WHAT", List.of("warn", "refuse")),
            "warn",
            "What an import does at a time that looks like seconds, milliseconds or microseconds: %s."),
    MANAGEMENT_HOST(new Text("ADDRESS"), "127.0.0.1", "The address of the management port."),
    MANAGEMENT_PORT(
            IntRange.of(HttpSettings.PORT_RANGE),
            "",
            "A port for /metrics, /version, /livez and /readyz, without tokens; none if not set."),
    ACCESS_LOG(SettingKind.SWITCH, "off", "Whether to log a line for each request, %s."),
    SLOW_QUERY_LOG(
            new DurationRange(Duration.ofMillis(1), Duration.ofMinutes(10)),
            "",
            "Log queries that take longer, with their purpose, %s; none if not set."),
    LOG_FORMAT(new Choice("FORMAT", List.of("text", "json")), "text", "How to log: %s."),
    LOG_LEVEL(
            new Choice("LEVEL", List.of("off", "error", "warn", "info", "debug", "trace")),
            "info",
            "The lowest level that Chatlist logs: %s.");

    /** Begins the name of every variable. */
    public static final String PREFIX = "CHATLIST_";

    /** A service and an import with full pools leave some of the embedded server's connections for psql. */
    static final int MAX_EMBEDDED_POOL_SIZE = 20;

    @SuppressWarnings("ImmutableEnumChecker") // The kinds are immutable records.
    private final SettingKind kind;

    private final String defaultValue;
    private final String meaning;

    Setting(SettingKind kind, String defaultValue, String meaning) {
        this.kind = kind;
        this.defaultValue = defaultValue;
        this.meaning = meaning.formatted(kind.range());
    }

    public SettingKind kind() {
        return kind;
    }

    public String variable() {
        return PREFIX + name();
    }

    public String flag() {
        return "--" + key();
    }

    /** The name in a configuration file. */
    String key() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    public boolean isSecret() {
        return this == DB_PASSWORD || this == JWT_SECRET;
    }

    /** Whether somebody may give the secret itself. Messages never repeat such a value. */
    boolean mayHoldSecret() {
        return isSecret() || this == DB_PASSWORD_FILE || this == JWT_SECRET_FILE || this == JWT_PUBLIC_KEY;
    }

    boolean isRepeatable() {
        return this == CORS_ORIGIN;
    }

    public String defaultValue() {
        return defaultValue;
    }

    public String meaning() {
        return meaning;
    }

    /** The name in messages: flag and variable. */
    @Override
    public String toString() {
        return isSecret() ? variable() : flag() + " / " + variable();
    }

    /** Returns the flags of all settings. The help shows the given defaults instead of a setting's own. */
    public static CommandSpec mixin(Map<Setting, String> defaults) {
        CommandSpec spec = CommandSpec.create();
        for (Setting setting : values()) {
            if (!setting.isSecret()) {
                spec.addOption(setting.option(defaults.getOrDefault(setting, setting.defaultValue)));
            }
        }
        return spec;
    }

    private OptionSpec option(String defaultValue) {
        String source = variable() + (defaultValue.isEmpty() ? "" : ", default " + defaultValue);
        OptionSpec.Builder option = OptionSpec.builder(flag())
                .paramLabel(kind.label())
                // picocli formats a description.
                .description(meaning.replace("%", "%%"), source.replace("%", "%%"));
        if (kind == SettingKind.SWITCH) {
            // Only a value after an equals sign is one: the next argument may be a file.
            option.arity("0..1").preprocessor((arguments, command, flag, context) -> {
                if (!"=".equals(context.get("separator"))) {
                    arguments.push("on");
                }
                return false;
            });
        }
        return (isRepeatable() ? option.type(List.class).auxiliaryTypes(String.class) : option.type(String.class))
                .build();
    }
}
