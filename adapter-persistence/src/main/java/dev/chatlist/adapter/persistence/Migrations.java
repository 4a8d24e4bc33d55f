package dev.chatlist.adapter.persistence;

import dev.chatlist.adapter.persistence.sql.StorageFailures;
import dev.chatlist.application.StorageUnavailableException;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.configuration.FluentConfiguration;

/** Brings the tables in {@code migration/} up to date, by Flyway. */
final class Migrations {
    private Migrations() {}

    /**
     * Uses a connection of its own and not the pool's, whose time limits are for requests.
     *
     * @throws StorageUnavailableException if the server can't be reached or can't be migrated
     */
    static void run(DatabaseSettings settings) {
        run(
                Flyway.configure().dataSource(settings.jdbcUrl(), settings.userOrNull(), settings.passwordOrNull()),
                settings.schema());
    }

    /** @throws StorageUnavailableException if the server can't be reached or can't be migrated */
    static void run(DataSource dataSource, String schema) {
        run(Flyway.configure().dataSource(dataSource), schema);
    }

    private static void run(FluentConfiguration flyway, String schema) {
        try {
            flyway.schemas(schema)
                    .locations("classpath:dev/chatlist/adapter/persistence/migration")
                    .load()
                    .migrate();
        } catch (FlywayException e) {
            throw StorageFailures.unavailable("bring the tables up to date", e);
        }
    }
}
