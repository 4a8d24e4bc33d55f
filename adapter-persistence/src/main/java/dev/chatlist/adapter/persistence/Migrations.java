package dev.chatlist.adapter.persistence;

import java.util.Arrays;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.MigrationState;
import org.flywaydb.core.api.configuration.FluentConfiguration;

/** Brings the tables, functions and triggers of a schema up to date. See ADR 12. */
final class Migrations {
    static final String LOCATION = "classpath:dev/chatlist/adapter/persistence/migration";

    private Migrations() {}

    /** @throws FlywayException if the database can't be reached or refuses a migration */
    static void migrate(FluentConfiguration connection, String schema) {
        migrate(connection, schema, LOCATION);
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
     * Whether a newer release has migrated the schema. This one may serve beside it, but Flyway would apply the older
     * R__derivation.sql again.
     */
    private static boolean isNewer(Flyway flyway) {
        return Arrays.stream(flyway.info().applied())
                .anyMatch(migration -> migration.getState() == MigrationState.FUTURE_SUCCESS);
    }
}
