package dev.chatlist.adapter.http.violation;

import java.sql.Connection;

public record HttpUsesSql(Connection connection) {}
