package dev.chatlist.adapter.persistence;

import dev.chatlist.application.ChatDirectory;
import dev.chatlist.application.ChatJournal;
import dev.chatlist.application.contract.ChatStoreContract;
import java.sql.SQLException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** The port contract, kept by the adapter without memory. */
class SqlDirectoryContractTest extends ChatStoreContract {
    private static TestSchema schema;

    @BeforeAll
    static void open() {
        schema = new TestSchema();
    }

    @AfterAll
    static void close() {
        schema.close();
    }

    static TestSchema schema() {
        return schema;
    }

    static Database database() {
        return schema.database;
    }

    @Override
    protected ChatJournal journal() throws SQLException {
        schema.execute("TRUNCATE users CASCADE");
        return schema.database.journal();
    }

    @Override
    protected ChatDirectory directory() {
        return schema.database.directory();
    }

    /** Closes the connections under the ports. The next test gets a new schema. */
    @Override
    protected void makeUnavailable() {
        schema.close();
        schema = new TestSchema();
    }
}
