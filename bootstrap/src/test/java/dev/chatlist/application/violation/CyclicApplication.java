package dev.chatlist.application.violation;

import dev.chatlist.domain.violation.CyclicDomain;

public interface CyclicApplication {
    CyclicDomain domain();

    interface Part {}
}
