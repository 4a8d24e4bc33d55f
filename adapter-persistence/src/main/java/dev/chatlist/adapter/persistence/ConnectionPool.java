package dev.chatlist.adapter.persistence;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.HikariPoolMXBean;
import com.zaxxer.hikari.metrics.MetricsTrackerFactory;
import com.zaxxer.hikari.metrics.micrometer.MicrometerMetricsTrackerFactory;
import com.zaxxer.hikari.pool.HikariPool.PoolInitializationException;
import dev.chatlist.adapter.persistence.sql.StorageFailures;
import dev.chatlist.application.StorageUnavailableException;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import javax.sql.DataSource;

/**
 * The service's own connections, with the time limits of requests. Two are kept for the question what has changed, and
 * for the check whether the database answers, so that neither waits for other statements.
 */
final class ConnectionPool implements AutoCloseable {
    /** The server ends a statement that takes too long. The socket times out later, for a server that can't end it. */
    private static final Duration SOCKET_GRACE = Duration.ofSeconds(1);

    /** A statement on a kept connection that takes longer is asked again on another connection. */
    private static final Duration SHORT = Duration.ofSeconds(1);

    /**
     * Each statement has one good plan for all parameters, and planning takes longer than most of them run. The plan
     * finds every row by an index: a planner without statistics, or one that planned while the tables were empty, may
     * think that reading a whole table is cheaper. Writers need READ COMMITTED, and readers write when they begin an
     * epoch, whatever the user's defaults are.
     */
    static final String OPTIONS = "-c plan_cache_mode=force_generic_plan"
            + " -c enable_seqscan=off -c default_transaction_isolation=read\\ committed"
            + " -c default_transaction_read_only=off -c statement_timeout=";

    private static final int KEPT = 2;
    private static final Duration VALIDATION = Duration.ofMillis(500);

    private final HikariDataSource requests;
    private final HikariDataSource kept;
    private final AtomicLong evictedAt = new AtomicLong(System.nanoTime() - SHORT.toNanos());

    /** @throws StorageUnavailableException if the server can't be reached or refuses the user */
    ConnectionPool(DatabaseSettings settings) {
        try {
            requests = new HikariDataSource(configure(settings));
        } catch (PoolInitializationException e) {
            throw StorageFailures.unavailable(StorageFailures.CONNECT, e);
        }
        kept = new HikariDataSource();
        configureKept(settings).copyStateTo(kept);
    }

    /** Measures both pools by HikariCP's own metrics. */
    void bindTo(MeterRegistry registry) {
        MetricsTrackerFactory metrics = new MicrometerMetricsTrackerFactory(registry);
        requests.setMetricsTrackerFactory(metrics);
        kept.setMetricsTrackerFactory(metrics);
    }

    DataSource requests() {
        return requests;
    }

    DataSource kept() {
        return kept;
    }

    /**
     * Closes idle connections, at most once a second. After one broken connection the others are likely broken too, and
     * finding that out takes a timeout for each.
     */
    void evictIdle() {
        long now = System.nanoTime();
        long last = evictedAt.get();
        if (now - last >= SHORT.toNanos() && evictedAt.compareAndSet(last, now)) {
            evictIdle(requests);
            evictIdle(kept);
        }
    }

    private static void evictIdle(HikariDataSource pool) {
        HikariPoolMXBean connections = pool.getHikariPoolMXBean();
        // Without any idle one, the pool is busy and not broken.
        if (connections != null && connections.getIdleConnections() > 0) {
            connections.softEvictConnections();
        }
    }

    @Override
    public void close() {
        requests.close();
        kept.close();
    }

    static HikariConfig configure(DatabaseSettings settings) {
        HikariConfig config = configure(settings, settings.connectTimeout(), settings.statementTimeout(), SOCKET_GRACE);
        config.setPoolName("chatlist");
        config.setMaximumPoolSize(settings.poolSize());
        return config;
    }

    /** Connects when a connection is first needed: an import needs none. */
    private static HikariConfig configureKept(DatabaseSettings settings) {
        HikariConfig config = configure(
                settings, min(settings.connectTimeout(), SHORT), min(settings.statementTimeout(), SHORT), SHORT);
        config.setPoolName("chatlist-kept");
        config.setMaximumPoolSize(KEPT);
        return config;
    }

    private static HikariConfig configure(
            DatabaseSettings settings, Duration connectTimeout, Duration statementTimeout, Duration socketGrace) {
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl(settings.jdbcUrl());
        config.setUsername(settings.userOrNull());
        config.setPassword(settings.passwordOrNull());
        config.setConnectionTimeout(connectTimeout.toMillis());
        config.setValidationTimeout(min(connectTimeout, VALIDATION).toMillis());
        config.addDataSourceProperty("options", OPTIONS + statementTimeout.toMillis());
        if (!statementTimeout.equals(DatabaseSettings.UNLIMITED)) {
            // HikariCP passes only String properties on to the driver.
            config.addDataSourceProperty("socketTimeout", seconds(statementTimeout.plus(socketGrace)));
        }
        config.addDataSourceProperty("connectTimeout", seconds(connectTimeout));
        config.addDataSourceProperty("tcpKeepAlive", "true");
        config.addDataSourceProperty("ApplicationName", "chatlist");
        return config;
    }

    private static Duration min(Duration a, Duration b) {
        return a.compareTo(b) < 0 ? a : b;
    }

    static String seconds(Duration duration) {
        return Long.toString(Math.max(1, duration.toSeconds()));
    }
}
