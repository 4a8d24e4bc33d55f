package dev.chatlist.adapter.persistence;

import dev.chatlist.adapter.persistence.sql.StorageFailures;
import dev.chatlist.application.StorageUnavailableException;
import java.util.Arrays;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.MigrationState;
import org.flywaydb.core.api.configuration.FluentConfiguration;

/** Brings the tables, functions and triggers of a schema up to date. See ADR 13. */
final class Migrations {
    static final String LOCATION = "classpath:dev/chatlist/adapter/persistence/migration";

    private Migrations() {}

    /**
     * Uses a connection of its own and not the pool's, whose time limits are for requests.
     *
     * @throws StorageUnavailableException if the server can't be reached or refuses a migration
     */
    static void run(DatabaseSettings settings) {
        run(
                Flyway.configure().dataSource(settings.jdbcUrl(), settings.userOrNull(), settings.passwordOrNull()),
                settings.schema());
    }

    /** @throws StorageUnavailableException if the server can't be reached or refuses a migration */
    static void run(DataSource dataSource, String schema) {
        run(Flyway.configure().dataSource(dataSource), schema);
    }

    private static void run(FluentConfiguration connection, String schema) {
        try {
            migrate(connection, schema, LOCATION);
        } catch (FlywayException e) {
            throw StorageFailures.unavailable("bring the tables up to date", e);
        }
    }

    static void migrate(FluentConfiguration connection, String schema, String... locations) {
        Flyway flyway = connection
                .schemas(schema)
                .locations(locations)
                // In one transaction: a V migration may break functions that R__derivation.sql then replaces.
                .group(true)
                .load();
        if (!isNewer(flyway)) {
            flyway.migrate();
        }
    }

    /**
     * Whether a newer release has migrated the schema. Flyway would then apply this release's older R__derivation.sql
     * again.
     */
    private static boolean isNewer(Flyway flyway) {
        return Arrays.stream(flyway.info().applied())
                .anyMatch(migration -> migration.getState() == MigrationState.FUTURE_SUCCESS);
    }
}
