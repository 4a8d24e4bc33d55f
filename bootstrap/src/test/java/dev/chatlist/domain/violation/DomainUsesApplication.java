package dev.chatlist.domain.violation;

import dev.chatlist.application.RoomVersion;

public record DomainUsesApplication(RoomVersion version) {}
