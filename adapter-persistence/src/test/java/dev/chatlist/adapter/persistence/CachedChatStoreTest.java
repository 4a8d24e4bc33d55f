package dev.chatlist.adapter.persistence;

import dev.chatlist.application.ChatDirectory;
import org.junit.jupiter.api.BeforeAll;

/**
 * The port contract, kept by PostgreSQL with the help of memory. One directory for all tests, which so meet what others
 * left in it; too little memory for all chats; and more than four changes at once are too many to be told.
 */
class CachedChatStoreTest extends PostgresChatStoreTest {
    private static final int MAX_CHANGES = 4;
    private static final int BYTES = 40_000;

    private static ChatDirectory directory;

    @BeforeAll
    static void keepOne() {
        directory = database().directory(MAX_CHANGES, BYTES);
    }

    @Override
    protected ChatDirectory directory() {
        return directory;
    }
}
