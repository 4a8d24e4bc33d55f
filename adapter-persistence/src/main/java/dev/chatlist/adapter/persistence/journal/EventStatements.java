package dev.chatlist.adapter.persistence.journal;

import static dev.chatlist.adapter.persistence.sql.jooq.Tables.MEMBERSHIPS;
import static dev.chatlist.adapter.persistence.sql.jooq.Tables.MESSAGES;
import static dev.chatlist.adapter.persistence.sql.jooq.Tables.ROOMS;

import dev.chatlist.adapter.persistence.sql.SchemaConnections;
import dev.chatlist.application.EventBatch;
import dev.chatlist.application.EventBatch.Removals;
import dev.chatlist.application.EventBatch.Saves;
import dev.chatlist.domain.ChatEvent.MemberLeft;
import dev.chatlist.domain.User;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import org.jooq.impl.DSL;
import org.jspecify.annotations.Nullable;

/**
 * One statement for each kind of event: a recording of a single event is then one round trip to the server. It doesn't
 * ask whether users and rooms are stored. Foreign keys refuse those that aren't.
 */
final class EventStatements {
    private final String saveUser;
    private final String saveRoom;
    private final String join;
    private final String saveMessage;
    private final String leave;
    private final String removeMessage;
    private final String removeRoom;
    private final String removeUser;

    EventStatements(SchemaConnections schema) {
        saveUser = schema.render(TableWriters.TO_USERS.upsertOne());
        saveRoom = schema.render(TableWriters.TO_ROOMS.upsertOne());
        join = schema.render(TableWriters.TO_MEMBERSHIPS.upsertOne());
        saveMessage = schema.render(TableWriters.TO_MESSAGES.upsertOne());
        leave = schema.render(
                DSL.deleteFrom(MEMBERSHIPS).where(MEMBERSHIPS.USER_ID.eq("")).and(MEMBERSHIPS.ROOM_ID.eq("")));
        removeMessage = schema.render(DSL.deleteFrom(MESSAGES).where(MESSAGES.ID.eq("")));
        removeRoom = schema.render(DSL.deleteFrom(ROOMS).where(ROOMS.ROOM_ID.eq("")));
        removeUser = schema.render(TableWriters.TO_USERS.updateOne());
    }

    /** The statement that applies the batch, or null if it takes several. */
    @Nullable
    Bound of(EventBatch batch) {
        if (batch instanceof Saves saves && count(saves) == 1) {
            return of(saves);
        }
        if (batch instanceof Removals removals && count(removals) == 1) {
            return of(removals);
        }
        return null;
    }

    private static int count(Saves saves) {
        return saves.users().size()
                + saves.rooms().size()
                + saves.joins().size()
                + saves.messages().size();
    }

    private static int count(Removals removals) {
        return removals.leaves().size()
                + removals.messages().size()
                + removals.rooms().size()
                + removals.users().size();
    }

    private Bound of(Saves saves) {
        if (!saves.users().isEmpty()) {
            return new Bound(saveUser, TableWriters.TO_USERS.cells(saves.users().get(0)));
        }
        if (!saves.rooms().isEmpty()) {
            return new Bound(saveRoom, TableWriters.TO_ROOMS.cells(saves.rooms().get(0)));
        }
        if (!saves.joins().isEmpty()) {
            return new Bound(
                    join, TableWriters.TO_MEMBERSHIPS.cells(saves.joins().get(0)));
        }
        return new Bound(
                saveMessage, TableWriters.TO_MESSAGES.cells(saves.messages().get(0)));
    }

    private Bound of(Removals removals) {
        if (!removals.leaves().isEmpty()) {
            MemberLeft left = removals.leaves().get(0);
            return new Bound(leave, left.userId().value(), left.roomId().value());
        }
        if (!removals.messages().isEmpty()) {
            return new Bound(removeMessage, removals.messages().get(0).value());
        }
        if (!removals.rooms().isEmpty()) {
            return new Bound(removeRoom, removals.rooms().get(0).value());
        }
        return new Bound(
                removeUser,
                TableWriters.TO_USERS.cells(User.removed(removals.users().get(0))));
    }

    /** A statement with its values. */
    static final class Bound {
        private final String sql;
        private final Object[] values;

        private Bound(String sql, Object... values) {
            this.sql = sql;
            this.values = values;
        }

        void execute(Connection connection) throws SQLException {
            try (PreparedStatement statement = connection.prepareStatement(sql)) {
                for (int n = 0; n < values.length; n++) {
                    statement.setObject(n + 1, values[n]);
                }
                statement.executeUpdate();
            }
        }
    }
}
