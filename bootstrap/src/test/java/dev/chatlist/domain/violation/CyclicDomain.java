package dev.chatlist.domain.violation;

import dev.chatlist.application.violation.CyclicApplication;

public interface CyclicDomain extends CyclicApplication.Part {}
