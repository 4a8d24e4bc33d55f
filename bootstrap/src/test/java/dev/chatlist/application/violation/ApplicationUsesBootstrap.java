package dev.chatlist.application.violation;

import dev.chatlist.bootstrap.violation.WiringForOthers;

public interface ApplicationUsesBootstrap extends WiringForOthers {}
