package dev.chatlist.adapter.persistence;

import dev.chatlist.application.ChatArchive;
import dev.chatlist.application.ChatJournal;
import dev.chatlist.application.contract.ChatArchiveContract;
import java.sql.SQLException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

class SqlArchiveContractTest extends ChatArchiveContract {
    private static TestSchema schema;

    @BeforeAll
    static void open() {
        schema = new TestSchema();
    }

    @AfterAll
    static void close() {
        schema.close();
    }

    @Override
    protected ChatJournal journal() throws SQLException {
        schema.execute("TRUNCATE users CASCADE");
        return schema.database.journal();
    }

    @Override
    protected ChatArchive archive() {
        return schema.database.archive();
    }

    /** Closes the connections under the ports. The next test gets a new schema. */
    @Override
    protected void makeUnavailable() {
        schema.close();
        schema = new TestSchema();
    }
}
