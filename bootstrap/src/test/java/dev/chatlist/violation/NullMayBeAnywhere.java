package dev.chatlist.violation;

public class NullMayBeAnywhere {}
