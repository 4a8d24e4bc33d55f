package dev.chatlist.adapter.persistence;

import dev.chatlist.application.ChatDirectory;
import org.junit.jupiter.api.BeforeAll;

/**
 * The port contract, kept by PostgreSQL with the help of memory. One directory for all tests, which so meet what others
 * left in it; too little memory for all chats; and a user in more than four rooms counts as one in very many.
 */
class CachedChatStoreTest extends PostgresChatStoreTest {
    private static final int ORDINARY_ROOMS = 4;
    private static final int BYTES = 30_000;

    private static ChatDirectory directory;

    @BeforeAll
    static void keepOne() {
        directory = new CachedChatDirectory(database().directory(ORDINARY_ROOMS, BYTES), BYTES);
    }

    @Override
    protected ChatDirectory directory() {
        return directory;
    }
}
