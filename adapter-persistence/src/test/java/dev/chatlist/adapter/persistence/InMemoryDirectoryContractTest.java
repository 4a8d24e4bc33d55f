package dev.chatlist.adapter.persistence;

import dev.chatlist.application.ChatDirectory;
import org.junit.jupiter.api.BeforeAll;

/**
 * The port contract, kept by the in-memory directory. One directory serves all tests, so each test meets what the
 * others left in memory; there is too little memory for all chats, and more than four changes at once have the lists
 * dropped.
 */
class InMemoryDirectoryContractTest extends SqlDirectoryContractTest {
    private static final int MAX_CHANGES = 4;
    private static final int BYTES = 40_000;

    private static ChatDirectory directory;

    @BeforeAll
    static void openDirectory() {
        directory = database().directory(MAX_CHANGES, BYTES);
    }

    @Override
    protected ChatDirectory directory() {
        return directory;
    }

    @Override
    protected void makeUnavailable() {
        super.makeUnavailable();
        openDirectory();
    }
}
