package dev.chatlist.adapter.http.violation;

import dev.chatlist.adapter.persistence.DatabaseSettings;

public record HttpUsesPersistence(DatabaseSettings database) {}
