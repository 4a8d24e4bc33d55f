package dev.chatlist.adapter.persistence;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Which database to use, and how long to wait for it.
 *
 * @param jdbcUrl {@code jdbc:postgresql://…}
 * @param user the database user; empty to use the one in the URL or the driver's default
 * @param password the user's password; empty to use the one in the URL or the driver's default
 * @param schema the schema of the tables, created if missing; lower-case letters, digits and underscores
 * @param poolSize how many connections to keep open, {@value #MIN_POOL_SIZE} to {@value #MAX_POOL_SIZE}
 * @param connectTimeout how long to wait for a free connection, {@link #MIN_CONNECT_TIMEOUT} or more
 * @param statementTimeout how long one statement may run, in whole milliseconds; {@link #UNLIMITED} for bulk loads
 * @param slowQuery a query that takes longer is logged, with its purpose; {@link #UNLIMITED} to log none
 */
public record DatabaseSettings(
        String jdbcUrl,
        String user,
        String password,
        String schema,
        int poolSize,
        Duration connectTimeout,
        Duration statementTimeout,
        Duration slowQuery) {
    public static final String DEFAULT_SCHEMA = "chatlist";

    public static final int MIN_POOL_SIZE = 1;

    public static final int MAX_POOL_SIZE = 1000;

    /** The shortest that HikariCP accepts. */
    public static final Duration MIN_CONNECT_TIMEOUT = Duration.ofMillis(250);

    /** A {@link #statementTimeout} that never ends a statement, a {@link #slowQuery} that no query exceeds. */
    public static final Duration UNLIMITED = Duration.ZERO;

    /** @throws IllegalArgumentException if a setting is out of range; the message names it */
    public DatabaseSettings {
        requireNonNull(user, "user");
        requireNonNull(password, "password");
        if (!jdbcUrl.startsWith("jdbc:postgresql:")) {
            throw new IllegalArgumentException("jdbcUrl must begin with jdbc:postgresql:");
        }
        requireSchemaName(schema);
        if (poolSize < MIN_POOL_SIZE || poolSize > MAX_POOL_SIZE) {
            throw new IllegalArgumentException(
                    "poolSize must be %s to %s, it is %s".formatted(MIN_POOL_SIZE, MAX_POOL_SIZE, poolSize));
        }
        if (connectTimeout.compareTo(MIN_CONNECT_TIMEOUT) < 0) {
            throw new IllegalArgumentException("connectTimeout must be %s ms or more, it is %s"
                    .formatted(MIN_CONNECT_TIMEOUT.toMillis(), connectTimeout));
        }
        if (slowQuery.isNegative()) {
            throw new IllegalArgumentException("slowQuery must be UNLIMITED or positive, it is " + slowQuery);
        }
        if (!statementTimeout.equals(UNLIMITED) && statementTimeout.toMillis() < 1) {
            throw new IllegalArgumentException(
                    "statementTimeout must be 1 ms or more, or UNLIMITED, it is " + statementTimeout);
        }
    }

    /** Schema {@value #DEFAULT_SCHEMA}, 10 connections, 3 s to get one, 5 s for a statement, no log of slow queries. */
    public static DatabaseSettings of(String jdbcUrl, String user, String password) {
        return new DatabaseSettings(
                jdbcUrl, user, password, DEFAULT_SCHEMA, 10, Duration.ofSeconds(3), Duration.ofSeconds(5), UNLIMITED);
    }

    /**
     * Returns the given name if it is valid as {@link #schema}.
     *
     * @throws IllegalArgumentException if it is invalid
     */
    public static String requireSchemaName(String schema) {
        if (!schema.matches("[a-z_][a-z0-9_]{0,62}")) {
            throw new IllegalArgumentException(
                    "schema must be 1 to 63 lower-case letters, digits and underscores, no digit first");
        }
        if (schema.startsWith("pg_") || schema.equals("information_schema")) {
            throw new IllegalArgumentException(
                    "schema must not begin with pg_ or be information_schema, which PostgreSQL reserves");
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
        return "DatabaseSettings[schema=%s, poolSize=%s, connectTimeout=%s, statementTimeout=%s, the rest is redacted]"
                .formatted(schema, poolSize, connectTimeout, statementTimeout);
    }
}
