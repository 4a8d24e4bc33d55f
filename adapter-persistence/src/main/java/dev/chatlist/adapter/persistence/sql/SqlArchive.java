package dev.chatlist.adapter.persistence.sql;

import static dev.chatlist.adapter.persistence.sql.jooq.Tables.MEMBERSHIPS;
import static dev.chatlist.adapter.persistence.sql.jooq.Tables.MESSAGES;
import static dev.chatlist.adapter.persistence.sql.jooq.Tables.ROOMS;
import static dev.chatlist.adapter.persistence.sql.jooq.Tables.USERS;
import static java.util.Objects.requireNonNull;

import dev.chatlist.adapter.persistence.sql.PreparedQuery.RowReader;
import dev.chatlist.adapter.persistence.sql.PreparedQuery.Rows;
import dev.chatlist.application.ChatArchive;
import dev.chatlist.domain.ChatEvent;
import dev.chatlist.domain.ChatEvent.MemberJoined;
import dev.chatlist.domain.ChatEvent.MessageSaved;
import dev.chatlist.domain.ChatEvent.RoomSaved;
import dev.chatlist.domain.ChatEvent.UserSaved;
import dev.chatlist.domain.RoomId;
import dev.chatlist.domain.UserId;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.StringJoiner;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import org.jooq.Condition;
import org.jooq.Field;
import org.jooq.Query;
import org.jooq.Table;
import org.jooq.impl.DSL;
import org.jspecify.annotations.Nullable;

/** Reads all rows in one transaction, whose snapshot no writer changes. */
public final class SqlArchive implements ChatArchive {
    /** For each round trip. With every text as long as events may have by default, they take a hundred MiB. */
    private static final int FETCHED_ROWS = 100;

    /**
     * A snapshot doesn't protect from TRUNCATE, but a lock does. It is taken before the snapshot, as pg_dump does.
     * Writers don't wait for it.
     */
    private static final List<Query> BEGIN = List.of(
            DSL.query("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY"),
            DSL.query("LOCK TABLE {0}, {1}, {2}, {3} IN ACCESS SHARE MODE", USERS, ROOMS, MEMBERSHIPS, MESSAGES),
            // To read a whole table, the planner may well scan it. Not every server has transaction_timeout.
            DSL.query("SELECT set_config(name, CASE name WHEN 'enable_seqscan' THEN 'on' ELSE '0' END, true)"
                    + " FROM pg_settings WHERE name IN ('enable_seqscan', 'statement_timeout',"
                    + " 'idle_in_transaction_session_timeout', 'transaction_timeout')"));

    private static final Condition UNKNOWN_USER = USERS.USER_ID.isNull();
    private static final Condition UNKNOWN_ROOM = ROOMS.ROOM_ID.isNull();

    private static final List<Part> PARTS = List.of(users(), rooms(), memberships(), messages());

    private final SchemaConnections connections;

    public SqlArchive(SchemaConnections connections) {
        this.connections = connections;
    }

    private static Part users() {
        return new Part(
                "users",
                count(USERS, DSL.falseCondition(), USERS.USER_ID, USERS.USER_ID),
                DSL.select(USERS.USER_ID, USERS.PROFILE).from(USERS).orderBy(USERS.USER_ID),
                1,
                row -> {
                    row.skip(1);
                    return new UserSaved(
                            ProfileText.users(requireNonNull(row.utf8())).get(0));
                });
    }

    private static Part rooms() {
        return new Part(
                "rooms",
                count(
                        ROOMS.leftJoin(USERS).on(USERS.USER_ID.eq(ROOMS.CREATOR_ID)),
                        UNKNOWN_USER,
                        ROOMS.ROOM_ID,
                        ROOMS.CREATOR_ID),
                DSL.select(ROOMS.ROOM_ID)
                        .select(ChatColumns.ofRoom(ROOMS))
                        .from(ROOMS)
                        .orderBy(ROOMS.ROOM_ID),
                1,
                row -> new RoomSaved(ChatColumns.room(row, new RoomId(row.text()))));
    }

    private static Part memberships() {
        return new Part(
                "memberships",
                count(
                        MEMBERSHIPS
                                .leftJoin(ROOMS)
                                .on(ROOMS.ROOM_ID.eq(MEMBERSHIPS.ROOM_ID))
                                .leftJoin(USERS)
                                .on(USERS.USER_ID.eq(MEMBERSHIPS.USER_ID)),
                        UNKNOWN_ROOM.or(UNKNOWN_USER),
                        MEMBERSHIPS.ROOM_ID,
                        MEMBERSHIPS.USER_ID),
                DSL.select(MEMBERSHIPS.ROOM_ID, MEMBERSHIPS.USER_ID, MEMBERSHIPS.JOINED_AT)
                        .from(MEMBERSHIPS)
                        .orderBy(MEMBERSHIPS.ROOM_ID, MEMBERSHIPS.JOINED_AT, MEMBERSHIPS.USER_ID),
                2,
                row -> new MemberJoined(new RoomId(row.text()), new UserId(row.text()), row.number()));
    }

    private static Part messages() {
        return new Part(
                "messages",
                count(
                        MESSAGES.leftJoin(ROOMS).on(ROOMS.ROOM_ID.eq(MESSAGES.TO_ROOM_ID)),
                        UNKNOWN_ROOM,
                        MESSAGES.TO_ROOM_ID,
                        MESSAGES.ID),
                DSL.select(MESSAGES.TO_ROOM_ID)
                        .select(ChatColumns.ofMessage(MESSAGES))
                        .from(MESSAGES)
                        .orderBy(MESSAGES.TO_ROOM_ID, MESSAGES.CREATED_AT, MESSAGES.ID),
                2,
                row -> new MessageSaved(requireNonNull(ChatColumns.message(row, new RoomId(row.text())))));
    }

    /** Counts rows, and names one that refers to nothing stored: foreign keys don't bind a replica's writer. */
    private static Query count(Table<?> table, Condition refersToNothing, Field<String> one, Field<String> other) {
        Field<String> names =
                DSL.concat(DSL.inline(one.getName() + " "), one, DSL.inline(", " + other.getName() + " "), other);
        return DSL.select(DSL.count(), DSL.min(names).filterWhere(refersToNothing))
                .from(table);
    }

    /**
     * The rows of one table.
     *
     * @param rows all of them, in order; the first {@code keys} columns say which row it is
     */
    private record Part(String table, Query count, Query rows, int keys, RowReader<ChatEvent> event) {
        IllegalStateException inexpressible(String row, String why, @Nullable Exception cause) {
            return new IllegalStateException(
                    "no event can express the row of %s with %s: %s".formatted(table, row, why), cause);
        }
    }

    @Override
    public void readAll(LongConsumer total, Consumer<ChatEvent> events) {
        try (Connection connection = connections.dataSource().getConnection();
                Reading reading = new Reading(connection)) {
            reading.begin();
            long counted = 0;
            for (Part part : PARTS) {
                counted += reading.count(part);
            }
            total.accept(counted);
            long read = 0;
            for (Part part : PARTS) {
                read += reading.read(part, events);
            }
            if (read != counted) {
                throw new SQLException("there are %s rows, and %s were found by an index".formatted(counted, read));
            }
        } catch (SQLException e) {
            throw StorageFailures.unavailable("read everything", e);
        }
    }

    /** The transaction. Closing it leaves the connection as it was. */
    private final class Reading implements AutoCloseable {
        private final Connection connection;
        private final boolean wasManual;
        private final int socketTimeout;

        Reading(Connection connection) throws SQLException {
            this.connection = connection;
            wasManual = Sessions.committing(connection);
            socketTimeout = connection.getNetworkTimeout();
        }

        void begin() throws SQLException {
            // The first row of a large table takes the server its time.
            connection.setNetworkTimeout(Runnable::run, 0);
            connection.setAutoCommit(false);
            try (Statement statement = connection.createStatement()) {
                for (Query query : BEGIN) {
                    statement.execute(connections.render(query));
                }
            }
        }

        long count(Part part) throws SQLException {
            try (Statement statement = connection.createStatement();
                    ResultSet row = statement.executeQuery(connections.render(part.count))) {
                row.next();
                String orphan = row.getString(2);
                if (orphan != null) {
                    throw part.inexpressible(orphan, "the user or room that it refers to isn't stored", null);
                }
                return row.getLong(1);
            }
        }

        long read(Part part, Consumer<ChatEvent> events) throws SQLException {
            try (PreparedStatement statement = connection.prepareStatement(connections.render(part.rows))) {
                statement.setFetchSize(FETCHED_ROWS);
                try (ResultSet result = statement.executeQuery()) {
                    Rows rows = new Rows(result, "");
                    long read = 0;
                    for (; rows.next(); read++) {
                        events.accept(event(part, rows, result));
                    }
                    return read;
                }
            }
        }

        private ChatEvent event(Part part, Rows rows, ResultSet result) throws SQLException {
            try {
                return part.event.read(rows);
            } catch (RuntimeException e) {
                StringJoiner row = new StringJoiner(", ");
                for (int key = 1; key <= part.keys; key++) {
                    row.add(result.getMetaData().getColumnName(key) + " " + result.getString(key));
                }
                throw part.inexpressible(row.toString(), String.valueOf(e.getMessage()), e);
            }
        }

        @Override
        public void close() throws SQLException {
            connection.rollback();
            connection.setAutoCommit(!wasManual);
            connection.setNetworkTimeout(Runnable::run, socketTimeout);
        }
    }
}
