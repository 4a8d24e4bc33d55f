package dev.chatlist.adapter.persistence.violation;

import com.fasterxml.jackson.databind.JsonNode;

public record PersistenceUsesJackson(JsonNode json) {}
