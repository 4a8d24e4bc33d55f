package dev.chatlist.adapter.persistence.violation;

import io.undertow.server.HttpServerExchange;

public record PersistenceUsesUndertow(HttpServerExchange exchange) {}
