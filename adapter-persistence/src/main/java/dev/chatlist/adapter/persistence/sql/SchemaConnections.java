package dev.chatlist.adapter.persistence.sql;

import dev.chatlist.adapter.persistence.sql.jooq.Chatlist;
import dev.chatlist.application.StorageUnavailableException;
import javax.sql.DataSource;
import org.jooq.DSLContext;
import org.jooq.ResultQuery;
import org.jooq.SQLDialect;
import org.jooq.conf.MappedSchema;
import org.jooq.conf.RenderMapping;
import org.jooq.conf.Settings;
import org.jooq.impl.DSL;

/** Connections to a database that holds our tables in one schema. */
public final class SchemaConnections {
    static {
        // jOOQ prints a banner on standard output otherwise.
        System.setProperty("org.jooq.no-logo", "true");
        System.setProperty("org.jooq.no-tips", "true");
    }

    private final DataSource dataSource;
    private final DSLContext jooq;

    private SchemaConnections(DataSource dataSource, DSLContext jooq) {
        this.dataSource = dataSource;
        this.jooq = jooq;
    }

    public static SchemaConnections to(DataSource dataSource, String schema) {
        // Names always carry the schema: an embedding program may have a table "users" of its own.
        RenderMapping mapping = new RenderMapping()
                .withSchemata(new MappedSchema()
                        .withInput(Chatlist.CHATLIST.getName())
                        .withOutput(schema));
        Settings settings = new Settings().withExecuteLogging(false).withRenderMapping(mapping);
        return new SchemaConnections(dataSource, DSL.using(dataSource, SQLDialect.POSTGRES, settings));
    }

    /**
     * Asks the database whether it answers.
     *
     * @throws StorageUnavailableException if it doesn't
     */
    public void ping() {
        StorageFailures.translated(
                "ask the database anything", () -> jooq.selectOne().fetch());
    }

    /** Renders statements for the schema, and runs those that are not on the path of every request. */
    DSLContext jooq() {
        return jooq;
    }

    /**
     * Renders a query once. Its parameters are the values that {@code query} was written with, in that order.
     *
     * @param aim completes "can't …" in the message of a failure
     */
    PreparedQuery prepare(String aim, ResultQuery<?> query) {
        return new PreparedQuery(dataSource, jooq.render(query), aim);
    }
}
