package dev.chatlist.adapter.persistence.journal;

import static dev.chatlist.adapter.persistence.sql.jooq.Tables.MEMBERSHIPS;
import static dev.chatlist.adapter.persistence.sql.jooq.Tables.MESSAGES;
import static dev.chatlist.adapter.persistence.sql.jooq.Tables.ROOMS;
import static dev.chatlist.adapter.persistence.sql.jooq.Tables.USERS;
import static org.jooq.impl.DSL.any;

import dev.chatlist.adapter.persistence.sql.SchemaConnections;
import dev.chatlist.adapter.persistence.sql.StorageFailures;
import dev.chatlist.application.ChatJournal;
import dev.chatlist.application.EventBatch;
import dev.chatlist.application.StorageUnavailableException;
import dev.chatlist.domain.ChatEvent.MemberLeft;
import dev.chatlist.domain.MessageId;
import dev.chatlist.domain.RoomId;
import dev.chatlist.domain.User;
import dev.chatlist.domain.UserId;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jooq.DSLContext;
import org.jooq.Record;
import org.jooq.TableField;
import org.jooq.exception.DataAccessException;
import org.jooq.impl.DSL;

/**
 * The journal that writes to PostgreSQL. A batch of any size takes a handful of statements. Only the four tables of
 * events are written here; triggers derive the rest, as they do for every other writer.
 */
public final class SqlJournal implements ChatJournal {
    /** Deadlock, serialization failure, and a foreign key to a row that another writer removed meanwhile. */
    private static final Set<String> CONFLICTS = Set.of("40P01", "40001", "23503");

    private static final int MAX_TRIES = 5;

    private final DSLContext jooq;
    private final int minRowsToCopy;

    public SqlJournal(SchemaConnections connections) {
        this(connections, BulkCopy.MIN_ROWS);
    }

    /** @param minRowsToCopy the least number of rows for which COPY is used */
    public SqlJournal(SchemaConnections connections, int minRowsToCopy) {
        jooq = connections.jooq();
        this.minRowsToCopy = minRowsToCopy;
    }

    @Override
    public void record(Iterator<EventBatch> batches) {
        try {
            if (batches.hasNext()) {
                record(batches.next(), new Rest(batches));
            }
        } catch (Rest.Failure e) {
            throw e.cause;
        }
    }

    private void record(EventBatch first, Rest rest) {
        // A single batch can be tried again after a conflict. A longer recording can't: its iterator is read once.
        int tries = rest.hasNext() ? 1 : MAX_TRIES;
        StorageFailures.translated("record events", () -> {
            for (int attempt = 1; !recorded(first, rest, attempt == tries); attempt++) {
                pause(attempt);
            }
            return true;
        });
    }

    private boolean recorded(EventBatch first, Rest rest, boolean lastTry) {
        try {
            jooq.transaction(transaction -> {
                BulkCopy copy = new BulkCopy(transaction.dsl(), minRowsToCopy);
                apply(copy, first);
                while (rest.hasNext()) {
                    apply(copy, rest.next());
                }
            });
            return true;
        } catch (DataAccessException e) {
            if (lastTry || !CONFLICTS.contains(e.sqlState())) {
                throw e;
            }
            return false;
        }
    }

    /** Random, and longer each time, so that two conflicting writers don't meet again. */
    private static void pause(int attempt) {
        try {
            Thread.sleep(ThreadLocalRandom.current().nextInt(10 << attempt));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StorageUnavailableException("interrupted while waiting for other writers", e);
        }
    }

    private static void apply(BulkCopy copy, EventBatch batch) {
        if (batch instanceof EventBatch.Saves saves) {
            save(copy, saves);
        } else if (batch instanceof EventBatch.Removals removals) {
            remove(copy, removals);
        }
    }

    private static void save(BulkCopy copy, EventBatch.Saves saves) {
        DSLContext jooq = copy.jooq();
        saves.requirePresumed(
                stored(jooq, USERS.USER_ID, saves.presumedUsers().keySet(), UserId::value, UserId::new),
                stored(jooq, ROOMS.ROOM_ID, saves.presumedRooms().keySet(), RoomId::value, RoomId::new));
        TableWriters.TO_USERS.write(copy, saves.users());
        TableWriters.TO_ROOMS.write(copy, saves.rooms());
        TableWriters.TO_MEMBERSHIPS.write(copy, saves.joins());
        TableWriters.TO_MESSAGES.write(copy, saves.messages());
    }

    private static void remove(BulkCopy copy, EventBatch.Removals removals) {
        DSLContext jooq = copy.jooq();
        leave(jooq, removals.leaves());
        delete(jooq, MESSAGES.ID, removals.messages(), MessageId::value);
        delete(jooq, ROOMS.ROOM_ID, removals.rooms(), RoomId::value);
        Set<UserId> known = stored(jooq, USERS.USER_ID, removals.users(), UserId::value, UserId::new);
        TableWriters.TO_USERS.write(copy, known.stream().map(User::removed).toList());
    }

    private static void leave(DSLContext jooq, List<MemberLeft> leaves) {
        if (leaves.isEmpty()) {
            return;
        }
        String[] users = texts(leaves, left -> left.userId().value());
        String[] rooms = texts(leaves, left -> left.roomId().value());
        jooq.deleteFrom(MEMBERSHIPS)
                .where(DSL.row(MEMBERSHIPS.USER_ID, MEMBERSHIPS.ROOM_ID)
                        .in(DSL.select(DSL.field("user_id", String.class), DSL.field("room_id", String.class))
                                .from(DSL.table("unnest({0}, {1})", DSL.val(users), DSL.val(rooms))
                                        .as("given", "user_id", "room_id"))))
                .execute();
    }

    private static <I> void delete(
            DSLContext jooq, TableField<Record, String> id, Collection<I> ids, Function<I, String> value) {
        if (!ids.isEmpty()) {
            jooq.deleteFrom(id.getTable()).where(id.eq(any(texts(ids, value)))).execute();
        }
    }

    private static <I> Set<I> stored(
            DSLContext jooq,
            TableField<Record, String> id,
            Collection<I> ids,
            Function<I, String> value,
            Function<String, I> of) {
        if (ids.isEmpty()) {
            return Set.of();
        }
        return jooq.select(id)
                .from(id.getTable())
                .where(id.eq(any(texts(ids, value))))
                .fetchSet(row -> of.apply(row.value1()));
    }

    private static <T> String[] texts(Collection<T> values, Function<T, String> text) {
        return values.stream().map(text).toArray(String[]::new);
    }

    /** The batches after the first. Wraps what reading them throws, so that it isn't taken for a failure of storage. */
    private record Rest(Iterator<EventBatch> batches) implements Iterator<EventBatch> {
        @Override
        public boolean hasNext() {
            return read(batches::hasNext);
        }

        @Override
        public EventBatch next() {
            return read(batches::next);
        }

        private static <T> T read(Supplier<T> reading) {
            try {
                return reading.get();
            } catch (RuntimeException e) {
                throw new Failure(e);
            }
        }

        private static final class Failure extends RuntimeException {
            private static final long serialVersionUID = 1;
            private final RuntimeException cause;

            Failure(RuntimeException cause) {
                super(cause);
                this.cause = cause;
            }
        }
    }
}
