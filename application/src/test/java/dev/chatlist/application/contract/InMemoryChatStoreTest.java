package dev.chatlist.application.contract;

import dev.chatlist.application.ChatDirectory;
import dev.chatlist.application.ChatJournal;

class InMemoryChatStoreTest extends ChatStoreContract {
    private final InMemoryChatStore store = new InMemoryChatStore();

    @Override
    protected ChatDirectory directory() {
        return store;
    }

    @Override
    protected ChatJournal journal() {
        return store;
    }

    @Override
    protected void makeUnavailable() {
        store.makeUnavailable();
    }
}
