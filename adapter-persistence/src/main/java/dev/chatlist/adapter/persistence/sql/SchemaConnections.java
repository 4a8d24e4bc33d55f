package dev.chatlist.adapter.persistence.sql;

import dev.chatlist.adapter.persistence.sql.jooq.Chatlist;
import dev.chatlist.application.StorageUnavailableException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import javax.sql.DataSource;
import org.jooq.DSLContext;
import org.jooq.Query;
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
    private final Sessions sessions;
    private final Sessions again;
    private final Settings settings;
    private final Duration slowQuery;

    private SchemaConnections(
            DataSource dataSource, Sessions sessions, Sessions again, Settings settings, Duration slowQuery) {
        this.dataSource = dataSource;
        this.sessions = sessions;
        this.again = again;
        this.settings = settings;
        this.slowQuery = slowQuery;
    }

    public static SchemaConnections to(DataSource dataSource, String schema) {
        return to(dataSource, schema, () -> {}, Duration.ZERO);
    }

    /**
     * Connections that can be given up.
     *
     * @param suspect is called when a connection is broken or can't be had, or leads to another server than others do:
     *     it should give up the idle ones
     * @param slowQuery a query that takes longer is logged; zero to log none
     */
    public static SchemaConnections to(DataSource dataSource, String schema, Runnable suspect, Duration slowQuery) {
        // Names always carry the schema: an embedding program may have a table "users" of its own.
        RenderMapping mapping = new RenderMapping()
                .withSchemata(new MappedSchema()
                        .withInput(Chatlist.CHATLIST.getName())
                        .withOutput(schema));
        Settings settings = new Settings().withExecuteLogging(false).withRenderMapping(mapping);
        Sessions sessions = new Sessions(dataSource, "select %s.enter_epoch()".formatted(schema), suspect);
        return new SchemaConnections(dataSource, sessions, sessions, settings, slowQuery);
    }

    /**
     * Whether a connection commits each statement by itself when nobody has begun a transaction.
     *
     * @throws IllegalStateException if its connection is in a transaction
     * @throws StorageUnavailableException if no connection can be had
     */
    public static boolean commitByThemselves(DataSource dataSource) {
        try (Connection connection = dataSource.getConnection()) {
            if (Sessions.committing(connection)) {
                connection.setAutoCommit(false);
                return false;
            }
            return true;
        } catch (SQLException e) {
            throw StorageFailures.unavailable(StorageFailures.CONNECT, e);
        }
    }

    /**
     * The same connections for queries that are asked again on other ones if they fail or take too long.
     */
    public SchemaConnections orElse(SchemaConnections others) {
        return new SchemaConnections(dataSource, sessions, others.sessions, settings, slowQuery);
    }

    /** Gives up the idle connections, because some lead to another server than others. */
    void suspectAll() {
        sessions.suspectOthers();
        again.suspectOthers();
    }

    public DataSource dataSource() {
        return dataSource;
    }

    /** Runs statements in the schema on a connection. */
    public DSLContext jooq(Connection connection) {
        return DSL.using(connection, SQLDialect.POSTGRES, settings);
    }

    /** The text of a statement in the schema, with a question mark for each value. */
    public String render(Query query) {
        return DSL.using(SQLDialect.POSTGRES, settings).render(query);
    }

    /**
     * Renders a query once. Its parameters are the values that {@code query} was written with, in that order.
     *
     * @param aim completes "can't …" in the message of a failure
     */
    PreparedQuery prepare(String aim, ResultQuery<?> query) {
        return new PreparedQuery(sessions, again, render(query), aim, slowQuery);
    }
}
