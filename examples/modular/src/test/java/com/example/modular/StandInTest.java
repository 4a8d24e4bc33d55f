package com.example.modular;

import dev.chatlist.application.ChatDirectory;
import dev.chatlist.application.ChatJournal;
import dev.chatlist.application.contract.ChatStoreContract;
import dev.chatlist.application.contract.InMemoryChatStore;

/** Runs the tests of the ports' contract in a modular program. */
class StandInTest extends ChatStoreContract {
    private final InMemoryChatStore store = new InMemoryChatStore();

    @Override
    protected ChatJournal journal() {
        return store;
    }

    @Override
    protected ChatDirectory directory() {
        return store;
    }

    @Override
    protected void makeUnavailable() {
        store.makeUnavailable();
    }
}
