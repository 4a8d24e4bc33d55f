package dev.chatlist.adapter.persistence.violation;

import picocli.CommandLine;

public record PersistenceUsesPicocli(CommandLine line) {}
