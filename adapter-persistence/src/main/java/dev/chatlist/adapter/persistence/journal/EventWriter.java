package dev.chatlist.adapter.persistence.journal;

import static dev.chatlist.adapter.persistence.sql.jooq.Tables.MEMBERSHIPS;
import static dev.chatlist.adapter.persistence.sql.jooq.Tables.MESSAGES;
import static dev.chatlist.adapter.persistence.sql.jooq.Tables.ROOMS;
import static dev.chatlist.adapter.persistence.sql.jooq.Tables.USERS;

import dev.chatlist.application.EventBatch;
import dev.chatlist.application.RejectedEventException;
import dev.chatlist.domain.ChatEvent.MemberLeft;
import dev.chatlist.domain.MessageId;
import dev.chatlist.domain.RoomId;
import dev.chatlist.domain.User;
import dev.chatlist.domain.UserId;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import org.jooq.DSLContext;
import org.jooq.Field;
import org.jooq.Record;
import org.jooq.Table;
import org.jooq.TableField;
import org.jooq.impl.DSL;

/**
 * Writes the batches of one recording, each by a handful of statements. Only the four tables of events are written
 * here; triggers derive the rest, as they do for every other writer.
 *
 * <p>Users and rooms are looked up one by one, each in a subquery of its own, which leaves the planner no choice but the
 * index. For an array of ids it may choose the hash index of users, and compare each row with each id.
 */
final class EventWriter {
    private final DSLContext jooq;
    private final BulkCopy copy;

    /** @param jooq runs statements on the connection, which is in a transaction */
    EventWriter(Connection connection, DSLContext jooq, int minRowsToCopy) {
        this.jooq = jooq;
        copy = new BulkCopy(connection, jooq, minRowsToCopy);
    }

    /** @throws RejectedEventException if a presumed user or room isn't stored */
    void write(EventBatch batch) throws SQLException {
        if (batch instanceof EventBatch.Saves saves) {
            save(saves);
        } else if (batch instanceof EventBatch.Removals removals) {
            remove(removals);
        }
    }

    private void save(EventBatch.Saves saves) throws SQLException {
        saves.requirePresumed(
                stored(USERS.USER_ID, saves.presumedUsers().keySet(), UserId::value, UserId::new),
                stored(ROOMS.ROOM_ID, saves.presumedRooms().keySet(), RoomId::value, RoomId::new));
        TableWriters.TO_USERS.write(copy, saves.users());
        TableWriters.TO_ROOMS.write(copy, saves.rooms());
        TableWriters.TO_MEMBERSHIPS.write(copy, saves.joins());
        TableWriters.TO_MESSAGES.write(copy, saves.messages());
    }

    private void remove(EventBatch.Removals removals) throws SQLException {
        leave(removals.leaves());
        delete(MESSAGES.ID, removals.messages(), MessageId::value);
        delete(ROOMS.ROOM_ID, removals.rooms(), RoomId::value);
        Set<UserId> known = stored(USERS.USER_ID, removals.users(), UserId::value, UserId::new);
        TableWriters.TO_USERS.write(copy, known.stream().map(User::removed).toList());
    }

    private void leave(List<MemberLeft> leaves) {
        if (!leaves.isEmpty()) {
            Table<?> given = DSL.table(
                            "unnest({0}, {1})",
                            DSL.val(texts(leaves, left -> left.userId().value())),
                            DSL.val(texts(leaves, left -> left.roomId().value())))
                    .as("given", "user_id", "room_id");
            jooq.deleteFrom(MEMBERSHIPS)
                    .using(given)
                    .where(MEMBERSHIPS.USER_ID.eq(given("user_id")))
                    .and(MEMBERSHIPS.ROOM_ID.eq(given("room_id")))
                    .execute();
        }
    }

    private <I> void delete(TableField<Record, String> id, Collection<I> ids, Function<I, String> value) {
        if (!ids.isEmpty()) {
            jooq.deleteFrom(id.getTable())
                    .where(id.eq(DSL.any(texts(ids, value))))
                    .execute();
        }
    }

    private <I> Set<I> stored(
            TableField<Record, String> id, Collection<I> ids, Function<I, String> value, Function<String, I> of) {
        if (ids.isEmpty()) {
            return Set.of();
        }
        Table<?> given = DSL.table("unnest({0})", DSL.val(texts(ids, value))).as("given", "id");
        Table<?> found = DSL.lateral(DSL.select(id)
                        .from(id.getTable())
                        .where(id.eq(given("id")))
                        .limit(DSL.inline(1)))
                .as("found");
        return jooq.select(found.field(id)).from(given.crossJoin(found)).fetchSet(row -> of.apply(row.value1()));
    }

    private static Field<String> given(String column) {
        return DSL.field(DSL.name("given", column), String.class);
    }

    private static <T> String[] texts(Collection<T> values, Function<T, String> text) {
        return values.stream().map(text).toArray(String[]::new);
    }
}
