package dev.chatlist.adapter.persistence;

import static java.util.function.Predicate.not;
import static java.util.stream.Collectors.toCollection;

import dev.chatlist.adapter.persistence.sql.StorageFailures;
import dev.chatlist.application.StorageUnavailableException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.MigrationInfo;
import org.flywaydb.core.api.MigrationState;
import org.flywaydb.core.api.callback.BaseCallback;
import org.flywaydb.core.api.callback.Context;
import org.flywaydb.core.api.callback.Event;
import org.flywaydb.core.api.configuration.FluentConfiguration;

/** Brings the tables, functions and triggers of a schema up to date. See ADR 13. */
final class Migrations {
    static final String LOCATION = "classpath:dev/chatlist/adapter/persistence/migration";

    /**
     * Lets the server notice that we have gone. Otherwise a migration that waits for a writer would go on waiting, and
     * all other writers behind it. Not every operating system allows this.
     */
    private static final String END_WITH_CLIENT = """
            DO $$
            BEGIN
                PERFORM set_config('client_connection_check_interval', '1s', true);
            EXCEPTION WHEN OTHERS THEN
                NULL;
            END
            $$""";

    /** The states of migrations in the database that this release doesn't have. */
    private static final Set<MigrationState> UNKNOWN = Set.of(
            MigrationState.FUTURE_SUCCESS,
            MigrationState.FUTURE_FAILED,
            MigrationState.MISSING_SUCCESS,
            MigrationState.MISSING_FAILED);

    private Migrations() {}

    /**
     * Uses a connection of its own and not the pool's, whose time limits are for requests.
     *
     * @throws StorageUnavailableException if the server can't be reached, refuses a migration, or has newer tables
     */
    static void run(DatabaseSettings settings) {
        run(connection(settings), settings.schema());
    }

    /**
     * Requires tables that need no migration. Creates and changes nothing.
     *
     * @throws StorageUnavailableException if the server can't be reached, or has no tables or those of another release
     */
    static void requireApplied(DatabaseSettings settings) {
        try {
            requireApplied(connection(settings), settings.schema(), LOCATION);
        } catch (FlywayException e) {
            throw StorageFailures.unavailable("find out which release has made the tables", e);
        }
    }

    private static FluentConfiguration connection(DatabaseSettings settings) {
        return Flyway.configure()
                .dataSource(settings.jdbcUrl(), settings.userOrNull(), settings.passwordOrNull())
                // A migration may take any time. A server that doesn't let us in must not take any time.
                .jdbcProperties(Map.of(
                        "connectTimeout", ConnectionPool.seconds(settings.connectTimeout()),
                        "loginTimeout", ConnectionPool.seconds(settings.connectTimeout()),
                        "tcpKeepAlive", "true"));
    }

    /**
     * Needs two connections at once, because Flyway migrates on one while another holds its lock.
     *
     * @throws StorageUnavailableException if the server can't be reached, refuses a migration, or has newer tables, or
     *     if a second connection can't be had
     */
    static void run(DataSource dataSource, String schema) {
        requireTwoConnections(dataSource);
        run(Flyway.configure().dataSource(dataSource), schema);
    }

    @SuppressWarnings("try") // The connections aren't used, only had.
    private static void requireTwoConnections(DataSource dataSource) {
        String aim = StorageFailures.CONNECT;
        try (Connection first = dataSource.getConnection()) {
            aim = "get a second connection: Database.over needs a pool of two connections or more";
            try (Connection second = dataSource.getConnection()) {}
        } catch (SQLException e) {
            throw StorageFailures.unavailable(aim, e);
        }
    }

    private static void run(FluentConfiguration connection, String schema) {
        try {
            migrate(connection, schema, LOCATION);
        } catch (FlywayException | SQLException e) {
            throw StorageFailures.unavailable("bring the tables up to date", e);
        }
    }

    /**
     * Applies the migrations of the locations. A standby can't apply any, so it must have them from its primary.
     *
     * @throws StorageUnavailableException if the schema isn't one of this release
     */
    static void migrate(FluentConfiguration connection, String schema, String... locations) throws SQLException {
        FluentConfiguration configuration = connection
                .schemas(schema)
                .locations(locations)
                // In one transaction: a V migration may break functions that R__derivation.sql then replaces.
                .group(true)
                // Another instance that migrates may take any time, too.
                .lockRetryCount(-1);
        MigrationInfo[] migrations = configuration.load().info().all();
        requireNoneUnknown(schema, scripts(migrations, UNKNOWN::contains));
        if (isStandby(connection.getDataSource())) {
            requireNonePending(schema, scripts(migrations, MigrationState.PENDING::equals));
        } else {
            Set<String> known = scripts(migrations, not(UNKNOWN::contains));
            configuration.callbacks(new BeforeEach(schema, known)).load().migrate();
        }
    }

    /** @throws StorageUnavailableException if the schema isn't one of this release */
    static void requireApplied(FluentConfiguration connection, String schema, String... locations) {
        MigrationInfo[] migrations =
                connection.schemas(schema).locations(locations).load().info().all();
        requireNoneUnknown(schema, scripts(migrations, UNKNOWN::contains));
        Set<String> pending = scripts(migrations, MigrationState.PENDING::equals);
        if (Arrays.stream(migrations).noneMatch(Migrations::isOurs)) {
            throw new StorageUnavailableException("there are no tables of Chatlist in schema " + schema);
        }
        if (!pending.isEmpty()) {
            throw new StorageUnavailableException(
                    "the tables in schema %s are those of an older release and lack %s; start this release to migrate them"
                            .formatted(schema, String.join(", ", pending)));
        }
    }

    /** Flyway also notes that it has created the schema. */
    private static boolean isOurs(MigrationInfo migration) {
        return migration.getState().isApplied() && !migration.getType().isSynthetic();
    }

    private static Set<String> scripts(MigrationInfo[] migrations, Predicate<MigrationState> state) {
        return Arrays.stream(migrations)
                .filter(migration -> state.test(migration.getState()))
                .map(MigrationInfo::getScript)
                .collect(toCollection(TreeSet::new));
    }

    private static void requireNoneUnknown(String schema, Set<String> scripts) {
        if (!scripts.isEmpty()) {
            throw new StorageUnavailableException(
                    "the tables in schema %s are those of a newer release, which has also applied %s; start that release"
                            .formatted(schema, String.join(", ", scripts)));
        }
    }

    private static void requireNonePending(String schema, Set<String> scripts) {
        if (!scripts.isEmpty()) {
            throw new StorageUnavailableException(
                    "the database is a read-only standby, and its schema %s lacks %s; start this release on the primary"
                            .formatted(schema, String.join(", ", scripts)));
        }
    }

    private static boolean isStandby(DataSource dataSource) throws SQLException {
        try (Connection connection = dataSource.getConnection();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SELECT pg_is_in_recovery()")) {
            return rows.next() && rows.getBoolean(1);
        }
    }

    /**
     * Stops a migration if a newer release has migrated since this one looked. Flyway calls this while it holds its
     * lock; otherwise it would apply this release's older R__derivation.sql.
     */
    private static final class BeforeEach extends BaseCallback {
        private final String schema;
        private final Set<String> known;

        private BeforeEach(String schema, Set<String> known) {
            this.schema = schema;
            this.known = known;
        }

        @Override
        public boolean supports(Event event, Context context) {
            return event == Event.BEFORE_EACH_MIGRATE;
        }

        @Override
        public void handle(Event event, Context context) {
            Set<String> unknown = new TreeSet<>();
            String applied = "SELECT script FROM \"%s\".\"%s\" WHERE type = 'SQL'"
                    .formatted(schema, context.getConfiguration().getTable());
            try (Statement statement = context.getConnection().createStatement()) {
                statement.execute(END_WITH_CLIENT);
                try (ResultSet rows = statement.executeQuery(applied)) {
                    while (rows.next()) {
                        unknown.add(rows.getString(1));
                    }
                }
            } catch (SQLException e) {
                throw new FlywayException("can't read which migrations were applied", e);
            }
            unknown.removeAll(known);
            requireNoneUnknown(schema, unknown);
        }
    }
}
