package com.example.chat.core.violation;

import com.zaxxer.hikari.HikariDataSource;

public record CoreUsesHikari(HikariDataSource pool) {}
