package com.example.shop;

import dev.chatlist.adapter.persistence.Database;
import dev.chatlist.application.ChatEventService;
import dev.chatlist.application.ChatListService;
import dev.chatlist.application.ListMyChats;
import dev.chatlist.application.RecordChatEvents;
import javax.sql.DataSource;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.datasource.TransactionAwareDataSourceProxy;

@Configuration(proxyBeanMethods = false)
class ChatConfiguration {
    @Bean
    Database chatDatabase(DataSource dataSource) {
        return Database.over(dataSource);
    }

    /** Records in the transaction of the calling {@code @Transactional} method. */
    @Bean
    RecordChatEvents chatEvents(Database chatDatabase, DataSource dataSource) {
        return new ChatEventService(chatDatabase.journal(new TransactionAwareDataSourceProxy(dataSource)));
    }

    /** Lists what has been committed, from up to 64 MiB of memory. */
    @Bean
    ListMyChats chats(Database chatDatabase) {
        return new ChatListService(chatDatabase.directory(64 << 20));
    }
}
