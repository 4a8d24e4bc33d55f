package dev.chatlist.application.violation;

public interface ClassCyclePartner {
    ClassCycle partner();
}
