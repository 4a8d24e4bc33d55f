package com.example.messenger;

import dev.chatlist.adapter.persistence.Database;
import dev.chatlist.application.ChatEventService;
import dev.chatlist.application.RecordChatEvents;
import dev.chatlist.domain.ChatEvent.MessageSaved;
import dev.chatlist.domain.Message;
import javax.sql.DataSource;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.TransactionAwareDataSourceProxy;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.annotation.EnableTransactionManagement;
import org.springframework.transaction.annotation.Transactional;

/** A program that records in Spring's transactions, without Spring Boot. */
@Configuration
@EnableTransactionManagement
public class SpringTransaction {
    @Bean
    Database chatDatabase(DataSource dataSource) {
        return Database.over(dataSource);
    }

    @Bean
    RecordChatEvents chatEvents(Database chatDatabase, DataSource dataSource) {
        return new ChatEventService(chatDatabase.journal(new TransactionAwareDataSourceProxy(dataSource)));
    }

    @Bean
    PlatformTransactionManager transactionManager(DataSource dataSource) {
        return new JdbcTransactionManager(dataSource);
    }

    @Bean
    Orders orders(DataSource dataSource, RecordChatEvents chatEvents) {
        return new Orders(new JdbcTemplate(dataSource), chatEvents);
    }

    /** A service as Spring applications have them. */
    public static class Orders {
        private final JdbcTemplate jdbc;
        private final RecordChatEvents chatEvents;

        Orders(JdbcTemplate jdbc, RecordChatEvents chatEvents) {
            this.jdbc = jdbc;
            this.chatEvents = chatEvents;
        }

        @Transactional
        public void post(Message message, String order) {
            jdbc.update("INSERT INTO orders (name) VALUES (?)", order);
            chatEvents.record(new MessageSaved(message));
            if (order.isEmpty()) {
                throw new IllegalArgumentException("an order needs a name");
            }
        }
    }
}
