package dev.chatlist.adapter.persistence;

import dev.chatlist.application.ChatJournal;
import java.sql.SQLException;

/** The port contract, kept by a journal that copies sets of a single row already. */
class CopyingJournalContractTest extends SqlDirectoryContractTest {
    @Override
    protected ChatJournal journal() throws SQLException {
        super.journal();
        return database().journal(1);
    }
}
