package dev.chatlist.adapter.persistence;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.chatlist.application.ChatDirectory;
import dev.chatlist.application.ChatEventService;
import dev.chatlist.application.ChatJournal;
import dev.chatlist.application.contract.ChatStoreContract;
import dev.chatlist.domain.ChatEvent;
import dev.chatlist.domain.ChatEvent.UserSaved;
import dev.chatlist.domain.User;
import dev.chatlist.domain.UserId;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The port contract, kept also where not only many rows but every single one goes through a temporary table. */
class StagingTest extends ChatStoreContract {
    private static TestSchema schema;
    private int copies;

    @BeforeAll
    static void open() {
        schema = new TestSchema();
    }

    @AfterAll
    static void close() {
        schema.close();
    }

    @Override
    protected ChatJournal journal() throws SQLException {
        schema.execute("TRUNCATE users CASCADE");
        return schema.database.journal(1);
    }

    @Override
    protected ChatDirectory directory() {
        return schema.database.directory();
    }

    @Test
    void manyRowsAreStagedInEachBatchAndFewAreNot() throws SQLException {
        record(Staging.WORTHWHILE_ROWS - 1, "", true);
        assertEquals(0, copies);
        record(Staging.WORTHWHILE_ROWS, "", true);
        assertEquals(1, copies);
        record(25_000, "", true);
        assertEquals(1 + 3, copies);
    }

    @Test
    void textsOfAnyLengthArrive() throws SQLException {
        String[] texts = {"", "\\N", "\\.", "\t\r\n\\", "😀 ü", "x".repeat(65_536), "é".repeat(100_000)};
        new ChatEventService(schema.database.journal(1))
                .record(IntStream.range(0, texts.length)
                        .<ChatEvent>mapToObj(n -> new UserSaved(User.named(new UserId("u" + n), texts[n], n)))
                        .toList());
        for (int n = 0; n < texts.length; n++) {
            assertEquals(texts[n], schema.query("SELECT nick_name FROM users WHERE user_id = 'u" + n + "'"));
        }
    }

    @Test
    void rowsArriveAlsoThroughConnectionsThatHideTheDriver() throws SQLException {
        record(1000, "", false);
        assertEquals(0, copies);
        assertEquals("1000", schema.query("SELECT count(*) FROM users"));
    }

    @Test
    void rowsArriveAlsoFromAWriterWhoMayMakeNoTemporaryTable() throws SQLException {
        String writer = schema.name + "_writer";
        String database = schema.query("SELECT quote_ident(current_database())");
        schema.execute(
                "CREATE ROLE " + writer,
                "GRANT USAGE ON SCHEMA " + schema.name + " TO " + writer,
                "GRANT ALL ON ALL TABLES IN SCHEMA " + schema.name + " TO " + writer,
                "REVOKE TEMPORARY ON DATABASE " + database + " FROM PUBLIC");
        try {
            record(1000, "SET ROLE " + writer, true);
            assertEquals(0, copies);
            assertEquals("1000", schema.query("SELECT count(*) FROM users"));
        } finally {
            schema.execute(
                    "GRANT TEMPORARY ON DATABASE " + database + " TO PUBLIC",
                    "DROP OWNED BY " + writer,
                    "DROP ROLE " + writer);
        }
    }

    private void record(int users, String atFirst, boolean showsDriver) throws SQLException {
        DataSource host = proxy(DataSource.class, (method, args) -> {
            Connection connection = schema.connect();
            try (Statement statement = connection.createStatement()) {
                statement.execute(atFirst);
            }
            return proxy(Connection.class, (asked, given) -> switch (asked.getName()) {
                case "isWrapperFor" -> showsDriver && (boolean) asked.invoke(connection, given);
                case "unwrap" -> {
                    copies++;
                    yield asked.invoke(connection, given);
                }
                default -> asked.invoke(connection, given);
            });
        });
        try (Database database = Database.over(host, schema.name)) {
            new ChatEventService(database.journal())
                    .record(Stream.iterate(0, n -> n + 1)
                            .limit(users)
                            .<ChatEvent>map(n -> new UserSaved(User.named(new UserId("u" + n), "", 1)))
                            .toList());
        }
    }

    private interface Answer {
        Object to(Method method, Object[] args) throws ReflectiveOperationException, SQLException;
    }

    private static <T> T proxy(Class<T> type, Answer answer) {
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, (self, method, args) -> {
            try {
                return answer.to(method, args);
            } catch (InvocationTargetException e) {
                throw e.getCause();
            }
        }));
    }
}
