package dev.chatlist.adapter.persistence;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Which database, as whom, and how long to wait for it.
 *
 * @param jdbcUrl {@code jdbc:postgresql://…}
 * @param user empty where the URL tells it, or the driver's own defaults do
 * @param password empty likewise
 * @param schema where the tables are, made if it isn't there; lower-case letters, digits and underscores
 * @param poolSize connections kept open, 1 to 1000; as many requests are answered at once
 * @param connectTimeout how long to wait for a free connection, 250 ms or more
 * @param statementTimeout how long one statement may take; {@link #UNLIMITED} for bulk loads, which may take their time
 */
public record DatabaseSettings(
        String jdbcUrl,
        String user,
        String password,
        String schema,
        int poolSize,
        Duration connectTimeout,
        Duration statementTimeout) {
    public static final String DEFAULT_SCHEMA = "chatlist";

    /** No {@link #statementTimeout}. */
    public static final Duration UNLIMITED = Duration.ZERO;

    /** @throws IllegalArgumentException if a setting is out of range; the message names it */
    public DatabaseSettings {
        requireNonNull(user, "user");
        requireNonNull(password, "password");
        if (!jdbcUrl.startsWith("jdbc:postgresql:")) {
            throw new IllegalArgumentException("jdbcUrl must begin with jdbc:postgresql:");
        }
        requireSchemaName(schema);
        if (poolSize < 1 || poolSize > 1000) {
            throw new IllegalArgumentException("poolSize must be 1 to 1000, it is " + poolSize);
        }
        if (connectTimeout.toMillis() < 250) {
            throw new IllegalArgumentException("connectTimeout must be 250 ms or more, it is " + connectTimeout);
        }
        if (!statementTimeout.equals(UNLIMITED) && statementTimeout.toMillis() < 1) {
            throw new IllegalArgumentException(
                    "statementTimeout must be 1 ms or more, or UNLIMITED, it is " + statementTimeout);
        }
    }

    /** Ten connections, three seconds for one of them, five for a statement. */
    public static DatabaseSettings of(String jdbcUrl, String user, String password) {
        return new DatabaseSettings(
                jdbcUrl, user, password, DEFAULT_SCHEMA, 10, Duration.ofSeconds(3), Duration.ofSeconds(5));
    }

    /**
     * The same name, if it is fit for {@link #schema}.
     *
     * @throws IllegalArgumentException if it isn't
     */
    public static String requireSchemaName(String schema) {
        if (!schema.matches("[a-z_][a-z0-9_]{0,62}")) {
            throw new IllegalArgumentException(
                    "schema must be 1 to 63 lower-case letters, digits and underscores, no digit first");
        }
        return schema;
    }

    @Nullable
    String userOrNull() {
        return user.isEmpty() ? null : user;
    }

    @Nullable
    String passwordOrNull() {
        return password.isEmpty() ? null : password;
    }

    @Override
    public String toString() {
        return "DatabaseSettings[schema=%s, poolSize=%d, connectTimeout=%s, statementTimeout=%s, the rest is redacted]"
                .formatted(schema, poolSize, connectTimeout, statementTimeout);
    }
}
