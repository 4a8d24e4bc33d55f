package dev.chatlist.adapter.persistence.journal;

import dev.chatlist.adapter.persistence.sql.SchemaConnections;
import dev.chatlist.adapter.persistence.sql.StorageFailures;
import dev.chatlist.application.ChatJournal;
import dev.chatlist.application.EventBatch;
import dev.chatlist.application.StorageUnavailableException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Iterator;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Supplier;
import javax.sql.DataSource;
import org.jooq.exception.DataAccessException;

/**
 * The journal that writes to PostgreSQL: in a {@link Transaction} that fits the connection, and again after a conflict
 * with another writer.
 */
public final class SqlJournal implements ChatJournal {
    private static final String SERIALIZATION_FAILURE = "40001";
    private static final String WRONG_ISOLATION = "25000";

    /**
     * Deadlock, serialization failure, the wrong isolation, and a foreign key to a row that isn't stored: perhaps
     * because another writer removed it meanwhile.
     */
    private static final Set<String> CONFLICTS = Set.of("40P01", SERIALIZATION_FAILURE, WRONG_ISOLATION, "23503");

    private static final int MAX_TRIES = 5;

    private final SchemaConnections schema;
    private final EventStatements statements;
    private final Source source;
    private final int minRowsToCopy;

    /** Records in transactions of its own, or in those that the connections are in. */
    public SqlJournal(SchemaConnections schema) {
        this(schema, BulkCopy.MIN_ROWS);
    }

    /** @param minRowsToCopy the least number of rows for which COPY is used */
    public SqlJournal(SchemaConnections schema, int minRowsToCopy) {
        this(schema, new EventStatements(schema), pooled(schema.dataSource()), minRowsToCopy);
    }

    private SqlJournal(SchemaConnections schema, EventStatements statements, Source source, int minRowsToCopy) {
        this.schema = schema;
        this.statements = statements;
        this.source = source;
        this.minRowsToCopy = minRowsToCopy;
    }

    /** The same journal on other connections to the same server. */
    public SqlJournal on(DataSource connections) {
        return new SqlJournal(schema, statements, pooled(connections), minRowsToCopy);
    }

    /** The same journal on a connection that stays open. */
    public SqlJournal on(Connection connection) {
        return new SqlJournal(schema, statements, use -> use.of(connection), minRowsToCopy);
    }

    private static Source pooled(DataSource connections) {
        return use -> {
            try (Connection connection = connections.getConnection()) {
                use.of(connection);
            }
        };
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
        boolean isSingle = !rest.hasNext();
        EventStatements.Bound statement = isSingle ? statements.of(first) : null;
        for (int attempt = 1; ; attempt++) {
            try {
                if (statement != null && attempt == 1) {
                    source.lend(connection -> execute(statement, connection));
                } else {
                    source.lend(connection -> write(first, rest, connection));
                }
                return;
            } catch (SQLException e) {
                if (!isSingle || attempt == MAX_TRIES || !CONFLICTS.contains(String.valueOf(e.getSQLState()))) {
                    throw StorageFailures.unavailable("record events", e);
                }
            }
            if (attempt > 1) {
                pause(attempt);
            }
        }
    }

    private static void execute(EventStatements.Bound statement, Connection connection) throws SQLException {
        Transaction transaction = Transaction.on(connection);
        run(transaction, () -> transaction.runStatement(() -> statement.execute(connection)));
    }

    private void write(EventBatch first, Rest rest, Connection connection) throws SQLException {
        Transaction transaction = Transaction.on(connection);
        run(
                transaction,
                () -> transaction.run(() -> {
                    EventWriter writer = new EventWriter(connection, schema.jooq(connection), minRowsToCopy);
                    writer.write(first);
                    while (rest.hasNext()) {
                        writer.write(rest.next());
                    }
                }));
    }

    /** Trying again can't mend the isolation of somebody else's transaction. */
    private static void run(Transaction transaction, Transaction.Work work) throws SQLException {
        try {
            work.run();
        } catch (SQLException | DataAccessException e) {
            SQLException failure =
                    e instanceof DataAccessException jooq ? jooq.getCause(SQLException.class) : (SQLException) e;
            if (failure == null) {
                throw e;
            }
            String state = failure.getSQLState();
            if (!transaction.isOwn() && WRONG_ISOLATION.equals(state)) {
                throw new IllegalStateException(failure.getMessage(), e);
            }
            if (!transaction.isOwn() && SERIALIZATION_FAILURE.equals(state)) {
                throw StorageFailures.unavailable("record events", e);
            }
            throw failure;
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

    /** Lends a connection. */
    private interface Source {
        void lend(Use use) throws SQLException;
    }

    private interface Use {
        void of(Connection connection) throws SQLException;
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
