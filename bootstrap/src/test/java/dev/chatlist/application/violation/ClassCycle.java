package dev.chatlist.application.violation;

public interface ClassCycle {
    interface Nested extends ClassCyclePartner {}
}
