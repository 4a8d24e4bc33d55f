package dev.chatlist.bootstrap;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.example.messenger.JdbcTransaction;
import com.example.messenger.SpringTransaction;
import com.example.messenger.SpringTransaction.Orders;
import dev.chatlist.adapter.persistence.Database;
import dev.chatlist.adapter.persistence.embedded.EmbeddedPostgres;
import dev.chatlist.application.ChatEventService;
import dev.chatlist.application.RejectedEventException;
import dev.chatlist.domain.ChatEvent.RoomSaved;
import dev.chatlist.domain.ChatEvent.UserSaved;
import dev.chatlist.domain.Message;
import dev.chatlist.domain.MessageId;
import dev.chatlist.domain.Room;
import dev.chatlist.domain.RoomId;
import dev.chatlist.domain.User;
import dev.chatlist.domain.UserId;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postgresql.ds.PGSimpleDataSource;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;

/** The programs of the README that record in transactions of their own. */
class EmbeddedTransactionTest {
    private static final UserId ADA = new UserId("ada");
    private static final RoomId ROOM = new RoomId("room");

    @TempDir
    private static Path directory = Path.of("");

    private static EmbeddedPostgres server;
    private static PGSimpleDataSource dataSource;
    private static Database database;

    @BeforeAll
    static void open() throws SQLException {
        server = EmbeddedPostgres.open(directory);
        dataSource = new PGSimpleDataSource();
        dataSource.setUrl(server.jdbcUrl());
        dataSource.setUser(server.user());
        dataSource.setPassword(server.password());
        execute("CREATE TABLE public.orders (name text PRIMARY KEY)");
        database = Database.over(dataSource);
        new ChatEventService(database.journal())
                .record(new UserSaved(User.named(ADA, "Ada", 1)), new RoomSaved(Room.group(ROOM, "", ADA, 1)));
    }

    @AfterAll
    static void close() {
        server.close();
    }

    @BeforeEach
    void empty() throws SQLException {
        execute("TRUNCATE public.orders, messages");
    }

    private static void execute(String sql) throws SQLException {
        try (Connection connection = dataSource.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private static String committed() throws SQLException {
        try (Connection connection = dataSource.getConnection();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(
                        "SELECT (SELECT count(*) FROM public.orders) || ' orders, ' || count(*) || ' messages' FROM messages")) {
            row.next();
            return row.getString(1);
        }
    }

    private static Message message(RoomId room) {
        return Message.text(new MessageId("m1"), room, ADA, "Shipped", 2);
    }

    @Test
    void jdbc() throws SQLException {
        JdbcTransaction program = new JdbcTransaction(dataSource, database);
        assertThrows(RejectedEventException.class, () -> program.post(message(new RoomId("nowhere")), "rope"));
        assertEquals("0 orders, 0 messages", committed());
        program.post(message(ROOM), "rope");
        assertEquals("1 orders, 1 messages", committed());
        assertThrows(SQLException.class, () -> program.post(message(ROOM), "rope"));
        assertEquals("1 orders, 1 messages", committed());
    }

    @Test
    void spring() throws SQLException {
        try (AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext()) {
            context.registerBean(DataSource.class, () -> dataSource);
            context.register(SpringTransaction.class);
            context.refresh();
            Orders orders = context.getBean(Orders.class);
            assertThrows(RejectedEventException.class, () -> orders.post(message(new RoomId("nowhere")), "rope"));
            assertThrows(IllegalArgumentException.class, () -> orders.post(message(ROOM), ""));
            assertEquals("0 orders, 0 messages", committed());
            orders.post(message(ROOM), "rope");
            assertEquals("1 orders, 1 messages", committed());
        }
    }
}
