package dev.chatlist.bootstrap.violation;

import dev.chatlist.adapter.persistence.sql.jooq.tables.Users;

public record BypassesTheDoor(Users users) {}
