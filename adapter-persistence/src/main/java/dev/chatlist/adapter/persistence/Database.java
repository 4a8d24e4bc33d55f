package dev.chatlist.adapter.persistence;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.pool.HikariPool.PoolInitializationException;
import dev.chatlist.application.ChatDirectory;
import dev.chatlist.application.ChatJournal;
import dev.chatlist.application.StorageUnavailableException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.function.Supplier;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.configuration.FluentConfiguration;
import org.jooq.DSLContext;
import org.jooq.SQLDialect;
import org.jooq.conf.MappedSchema;
import org.jooq.conf.RenderMapping;
import org.jooq.conf.Settings;
import org.jooq.exception.DataAccessException;
import org.jooq.impl.DSL;
import org.jspecify.annotations.Nullable;

/** PostgreSQL, 14 or newer, with our tables in it: the place to get the two output ports from. */
public final class Database implements AutoCloseable {
    static {
        // jOOQ greets on standard output otherwise.
        System.setProperty("org.jooq.no-logo", "true");
        System.setProperty("org.jooq.no-tips", "true");
    }

    private static final String CONNECT = "connect to the database";

    /** Applying as many takes some tens of milliseconds, as reading the rooms of a user in very many does. */
    private static final int MAX_CHANGES = 10_000;

    private final DataSource connections;
    private final DSLContext jooq;
    private final Runnable onClose;

    private Database(DataSource connections, String schema, Runnable onClose) {
        this.connections = connections;
        this.jooq = jooq(connections, schema);
        this.onClose = onClose;
    }

    /**
     * Connects a pool of its own, closed with this object, and brings the tables up to date.
     *
     * @throws StorageUnavailableException if the server can't be reached, refuses us, or can't be brought up to date
     */
    public static Database open(DatabaseSettings settings) {
        // Not through the pool, whose limits are those of a request: a migration may take its time.
        migrate(
                settings.schema(),
                Flyway.configure()
                        .dataSource(
                                settings.jdbcUrl(), unlessEmpty(settings.user()), unlessEmpty(settings.password())));
        HikariDataSource pool = unlessUnavailable(CONNECT, () -> new HikariDataSource(poolOf(settings)));
        return new Database(pool, settings.schema(), pool::close);
    }

    /**
     * Uses the embedding program's connections, which must come in READ COMMITTED as they do by default, and brings
     * the tables in schema {@value DatabaseSettings#DEFAULT_SCHEMA} up to date. All must lead to one server. Large recordings are faster where a
     * connection's {@code unwrap} leads to the driver's, and all else with {@code plan_cache_mode=force_generic_plan}.
     *
     * @throws StorageUnavailableException if the server can't be reached or brought up to date
     */
    public static Database over(DataSource dataSource) {
        return over(dataSource, DatabaseSettings.DEFAULT_SCHEMA);
    }

    /** Like {@link #over(DataSource)}, with the tables in a schema of your choice, made if it isn't there. */
    public static Database over(DataSource dataSource, String schema) {
        DatabaseSettings.requireSchemaName(schema);
        migrate(schema, Flyway.configure().dataSource(dataSource));
        return new Database(dataSource, schema, () -> {});
    }

    /** Reads everything from the database, every time. */
    public ChatDirectory directory() {
        return new JooqChatDirectory(connections, jooq, new SortedPages(connections, jooq));
    }

    /**
     * Answers the same, faster, with the help of what it keeps in memory.
     *
     * @param cacheBytes how much of the heap to use, roughly; 0 for none
     */
    public ChatDirectory directory(long cacheBytes) {
        if (cacheBytes < 0) {
            throw new IllegalArgumentException("cacheBytes must be 0 or more, it is " + cacheBytes);
        }
        return cacheBytes == 0 ? directory() : directory(MAX_CHANGES, cacheBytes);
    }

    /** @param maxChanges after how many changes at once, or since somebody last asked, to read anew instead */
    ChatDirectory directory(int maxChanges, long cacheBytes) {
        long bytesForOrders = cacheBytes / 3;
        KeptChats kept = new KeptChats(cacheBytes - bytesForOrders);
        RoomOrders orders = new RoomOrders(feed(maxChanges), kept::follow, maxChanges, bytesForOrders);
        return new CachedChatDirectory(new JooqChatDirectory(connections, jooq, orders), kept);
    }

    RoomFeed feed(int maxChanges) {
        return new JooqRoomFeed(connections, jooq, maxChanges);
    }

    public ChatJournal journal() {
        return journal(Copies.WORTHWHILE_ROWS);
    }

    /** The same with another number of rows from which on they are copied, for tests of both ways. */
    ChatJournal journal(int copyFrom) {
        return new JooqChatJournal(jooq, copyFrom);
    }

    /**
     * Asks the database whether it is there.
     *
     * @throws StorageUnavailableException if it doesn't answer
     */
    public void ping() {
        unlessUnavailable("ask the database anything", () -> jooq.selectOne().fetch());
    }

    /** Closes the pool, if it is our own. */
    @Override
    public void close() {
        onClose.run();
    }

    /** Turns every failure that the database or its driver can have into the one that our ports know. */
    static <T> T unlessUnavailable(String aim, Supplier<T> work) {
        try {
            return work.get();
        } catch (DataAccessException | FlywayException | PoolInitializationException e) {
            throw unavailable(aim, e);
        }
    }

    static StorageUnavailableException unavailable(String aim, Exception failure) {
        return new StorageUnavailableException("can't " + (isUnreachable(failure) ? CONNECT : aim), failure);
    }

    /** By the SQL standard's class of states for connections that weren't made or broke. */
    private static boolean isUnreachable(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof SQLException sql
                    && sql.getSQLState() != null
                    && sql.getSQLState().startsWith("08")) {
                return true;
            }
        }
        return false;
    }

    static HikariConfig poolOf(DatabaseSettings settings) {
        HikariConfig config = new HikariConfig();
        config.setPoolName("chatlist");
        config.setJdbcUrl(settings.jdbcUrl());
        config.setUsername(unlessEmpty(settings.user()));
        config.setPassword(unlessEmpty(settings.password()));
        config.setMaximumPoolSize(settings.poolSize());
        config.setConnectionTimeout(settings.connectTimeout().toMillis());
        config.setValidationTimeout(settings.connectTimeout().toMillis());
        // The server ends a statement that takes too long; the socket's timeout is for a server that is no longer
        // there to do so, or stands still.
        // Our statements have one good plan, whatever their parameters; planning takes longer than running most of
        // them.
        config.addDataSourceProperty(
                "options",
                "-c plan_cache_mode=force_generic_plan -c statement_timeout="
                        + settings.statementTimeout().toMillis());
        if (!settings.statementTimeout().equals(DatabaseSettings.UNLIMITED)) {
            // As text: HikariCP keeps anything else from the driver.
            config.addDataSourceProperty(
                    "socketTimeout", seconds(settings.statementTimeout().plusSeconds(2)));
        }
        config.addDataSourceProperty("connectTimeout", seconds(settings.connectTimeout()));
        config.addDataSourceProperty("tcpKeepAlive", "true");
        config.addDataSourceProperty("ApplicationName", "chatlist");
        return config;
    }

    private static @Nullable String unlessEmpty(String setting) {
        return setting.isEmpty() ? null : setting;
    }

    private static String seconds(Duration duration) {
        return Long.toString(Math.max(1, duration.toSeconds()));
    }

    private static void migrate(String schema, FluentConfiguration flyway) {
        unlessUnavailable("bring the tables up to date", () -> {
            Migrations.migrate(flyway, schema);
            return schema;
        });
    }

    private static DSLContext jooq(DataSource dataSource, String schema) {
        // Names always carry the schema: an embedding program may well have a table "users" of its own.
        return DSL.using(
                dataSource,
                SQLDialect.POSTGRES,
                new Settings()
                        .withExecuteLogging(false)
                        .withRenderMapping(new RenderMapping()
                                .withSchemata(new MappedSchema()
                                        .withInput(DatabaseSettings.DEFAULT_SCHEMA)
                                        .withOutput(schema))));
    }
}
