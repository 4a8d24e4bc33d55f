package com.example.messenger;

import dev.chatlist.adapter.persistence.Database;
import dev.chatlist.application.ChatEventService;
import dev.chatlist.application.RecordChatEvents;
import dev.chatlist.domain.ChatEvent.MessageSaved;
import dev.chatlist.domain.Message;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import javax.sql.DataSource;

/** A program that records in its own transactions, by JDBC. README.md shows the lines between the markers. */
public final class JdbcTransaction {
    private final DataSource dataSource;
    private final Database database;

    public JdbcTransaction(DataSource dataSource, Database database) {
        this.dataSource = dataSource;
        this.database = database;
    }

    public void post(Message message, String order) throws SQLException {
        // README
        try (Connection connection = dataSource.getConnection();
                PreparedStatement insert = connection.prepareStatement("INSERT INTO orders (name) VALUES (?)")) {
            connection.setAutoCommit(false);
            insert.setString(1, order);
            insert.executeUpdate();
            RecordChatEvents events = new ChatEventService(database.journal(connection));
            events.record(new MessageSaved(message));
            connection.commit();
        }
        // README
    }
}
