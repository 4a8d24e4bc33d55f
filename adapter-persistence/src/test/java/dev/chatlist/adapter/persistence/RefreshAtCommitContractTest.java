package dev.chatlist.adapter.persistence;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.chatlist.application.ChatJournal;
import java.sql.SQLException;

/** The port contract, kept when even a single room is refreshed at the commit, as many rooms are. */
class RefreshAtCommitContractTest extends SqlDirectoryContractTest {
    private static String patched = "";

    static void refreshAtCommit(TestSchema schema) throws SQLException {
        String definition = schema.query("SELECT pg_get_functiondef('request_refresh'::regproc)");
        assertEquals(1, definition.split("> 1000", -1).length - 1, definition);
        schema.execute(definition.replace("> 1000", "> 0"));
    }

    @Override
    protected ChatJournal journal() throws SQLException {
        ChatJournal journal = super.journal();
        if (!patched.equals(schema().name)) {
            refreshAtCommit(schema());
            patched = schema().name;
        }
        return journal;
    }
}
