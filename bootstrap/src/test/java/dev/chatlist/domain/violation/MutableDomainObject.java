package dev.chatlist.domain.violation;

public final class MutableDomainObject {
    int changes;
}
