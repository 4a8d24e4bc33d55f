package dev.chatlist.application.violation;

import org.jooq.DSLContext;

public record ApplicationUsesJooq(DSLContext jooq) {}
