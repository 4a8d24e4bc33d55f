package dev.chatlist.application.contract;

import dev.chatlist.application.ChatJournal;
import dev.chatlist.application.sync.SyncDirectory;

class InMemorySyncTest extends ChatSyncContract {
    private final InMemoryChatStore store = new InMemoryChatStore();

    @Override
    protected SyncDirectory directory() {
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
