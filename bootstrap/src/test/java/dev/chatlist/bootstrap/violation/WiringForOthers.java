package dev.chatlist.bootstrap.violation;

public interface WiringForOthers {}
