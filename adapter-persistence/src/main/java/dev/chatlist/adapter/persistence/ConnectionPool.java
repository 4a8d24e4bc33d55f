package dev.chatlist.adapter.persistence;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.pool.HikariPool.PoolInitializationException;
import dev.chatlist.adapter.persistence.sql.StorageFailures;
import dev.chatlist.application.StorageUnavailableException;
import java.time.Duration;

/** The pool of the service's own connections, with the time limits of requests. */
final class ConnectionPool {
    /** The server ends a statement that takes too long. The socket times out later, for a server that can't end it. */
    private static final Duration SOCKET_GRACE = Duration.ofSeconds(2);

    private ConnectionPool() {}

    /** @throws StorageUnavailableException if the server can't be reached or refuses the user */
    static HikariDataSource open(DatabaseSettings settings) {
        try {
            return new HikariDataSource(configure(settings));
        } catch (PoolInitializationException e) {
            throw StorageFailures.unavailable(StorageFailures.CONNECT, e);
        }
    }

    static HikariConfig configure(DatabaseSettings settings) {
        HikariConfig config = new HikariConfig();
        config.setPoolName("chatlist");
        config.setJdbcUrl(settings.jdbcUrl());
        config.setUsername(settings.userOrNull());
        config.setPassword(settings.passwordOrNull());
        config.setMaximumPoolSize(settings.poolSize());
        config.setConnectionTimeout(settings.connectTimeout().toMillis());
        config.setValidationTimeout(settings.connectTimeout().toMillis());
        // Each statement has one good plan for all parameters, and planning takes longer than most of them run.
        config.addDataSourceProperty(
                "options",
                "-c plan_cache_mode=force_generic_plan -c statement_timeout="
                        + settings.statementTimeout().toMillis());
        if (!settings.statementTimeout().equals(DatabaseSettings.UNLIMITED)) {
            // HikariCP passes only String properties on to the driver.
            config.addDataSourceProperty(
                    "socketTimeout", seconds(settings.statementTimeout().plus(SOCKET_GRACE)));
        }
        config.addDataSourceProperty("connectTimeout", seconds(settings.connectTimeout()));
        config.addDataSourceProperty("tcpKeepAlive", "true");
        config.addDataSourceProperty("ApplicationName", "chatlist");
        return config;
    }

    private static String seconds(Duration duration) {
        return Long.toString(Math.max(1, duration.toSeconds()));
    }
}
