package dev.chatlist.adapter.http.violation;

import com.zaxxer.hikari.HikariDataSource;

public record HttpUsesHikari(HikariDataSource pool) {}
