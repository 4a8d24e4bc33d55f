package dev.chatlist.bootstrap;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;

/**
 * Everything that can be set. A constant's name makes its flag and its environment variable: {@code DATA_DIR} is
 * {@code --data-dir} and {@code CHATLIST_DATA_DIR}. Secrets have no flag, because other users of a machine can read a
 * program's arguments.
 *
 * <p>What a value must be like is checked in {@link Settings}.
 */
enum Setting {
    HOST("ADDRESS", "127.0.0.1", "Where to listen; 0.0.0.0 is everywhere."),
    PORT("NUMBER", "8080", "The port to listen on; 0 takes a free one and prints it."),
    DATA_DIR("DIRECTORY", "chatlist-data", "Holds the embedded database and the generated signing secret."),
    JDBC_URL("URL", "", "A PostgreSQL, 14 or newer, to use instead of the embedded one: jdbc:postgresql://host/name."),
    DB_USER("NAME", "", "Who to be on that PostgreSQL."),
    DB_PASSWORD("TEXT", "", "The password there, if it wants one."),
    DB_PASSWORD_FILE("FILE", "", "A file that holds the password instead."),
    DB_SCHEMA("NAME", "chatlist", "The schema that holds our tables; made if it isn't there."),
    DB_POOL_SIZE("NUMBER", "10", "How many database connections to keep, 1 to 1000; at most 20 to the embedded one."),
    DB_CONNECT_TIMEOUT("DURATION", "3s", "How long to wait for a connection before answering 503, 250ms to 1m."),
    DB_STATEMENT_TIMEOUT("DURATION", "5s", "How long a query may take before answering 503, 100ms to 10m."),
    JWT_SECRET("TEXT", "", "The secret that tokens are signed with (HS256), 32 bytes or more."),
    JWT_SECRET_FILE("FILE", "", "A file that holds the secret instead; a line break at its end doesn't count."),
    JWT_PUBLIC_KEY("FILE", "", "The issuer's public key as PEM: RSA (RS256), P-256 (ES256) or Ed25519 (EdDSA)."),
    JWKS_URL("URL", "", "Where the issuer publishes its public keys."),
    JWT_ISSUER("TEXT", "", "What iss must be in a token; anything if not set."),
    JWT_AUDIENCE("TEXT", "", "What aud must contain in a token; anything if not set."),
    JWT_USER_CLAIM("NAME", "sub", "The claim that says who the caller is."),
    CORS_ORIGIN("ORIGIN", "", "A web origin that may read answers, or *. Repeatable; commas between several."),
    MAX_PAGE_SIZE("NUMBER", "200", "The greatest size of a page, 1 to 1000."),
    MAX_BODY_BYTES("NUMBER", "16384", "The longest request body, 64 to 1048576."),
    MAX_CONCURRENT_REQUESTS("NUMBER", "32", "How many requests are worked on at once, 1 to 10000."),
    MAX_QUEUED_REQUESTS("NUMBER", "256", "How many more may wait, 1 to 1000000; any further are answered 503."),
    CACHE_SIZE(
            "SIZE",
            "40%",
            "How much of the heap to use for what was read before: 512m, 2g or a percentage, up to 80%; 0 for none."),
    LOG_LEVEL("LEVEL", "info", "What to log of ours: off, error, warn, info, debug or trace.");

    private final String valueName;
    private final String defaultValue;
    private final String meaning;

    Setting(String valueName, String defaultValue, String meaning) {
        this.valueName = valueName;
        this.defaultValue = defaultValue;
        this.meaning = meaning;
    }

    String variable() {
        return "CHATLIST_" + name();
    }

    String flag() {
        return "--" + name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    boolean isSecret() {
        return this == DB_PASSWORD || this == JWT_SECRET;
    }

    boolean isRepeatable() {
        return this == CORS_ORIGIN;
    }

    String defaultValue() {
        return defaultValue;
    }

    String meaning() {
        return meaning;
    }

    /** How messages call it. */
    @Override
    public String toString() {
        return isSecret() ? variable() : flag() + " / " + variable();
    }

    /** The flags of all settings, the same for every command, but for what differs in its defaults. */
    static CommandSpec mixin(Map<Setting, String> defaults) {
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
                .paramLabel(valueName)
                // A description is a format.
                .description(meaning.replace("%", "%%"), source.replace("%", "%%"));
        return (isRepeatable() ? option.type(List.class).auxiliaryTypes(String.class) : option.type(String.class))
                .build();
    }

    /** What was said on the command line, else in the environment, else the default; nothing if it isn't set. */
    List<String> given(ParseResult commandLine, Map<String, String> environment, Map<Setting, String> defaults) {
        if (!isSecret() && commandLine.hasMatchedOption(flag())) {
            return commandLine.matchedOption(flag()).stringValues();
        }
        String value = environment.getOrDefault(variable(), "");
        if (value.isEmpty()) {
            value = defaults.getOrDefault(this, defaultValue);
        }
        return value.isEmpty() ? List.of() : List.of(value);
    }
}
