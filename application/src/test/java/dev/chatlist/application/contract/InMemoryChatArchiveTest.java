package dev.chatlist.application.contract;

import dev.chatlist.application.ChatArchive;
import dev.chatlist.application.ChatJournal;

class InMemoryChatArchiveTest extends ChatArchiveContract {
    private final InMemoryChatStore store = new InMemoryChatStore();

    @Override
    protected ChatJournal journal() {
        return store;
    }

    @Override
    protected ChatArchive archive() {
        return store;
    }

    @Override
    protected void makeUnavailable() {
        store.makeUnavailable();
    }
}
