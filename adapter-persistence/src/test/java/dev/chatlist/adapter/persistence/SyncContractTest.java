package dev.chatlist.adapter.persistence;

import dev.chatlist.application.ChatJournal;
import dev.chatlist.application.contract.ChatExcerptContract;
import dev.chatlist.application.contract.ChatSyncContract;
import dev.chatlist.application.contract.RandomSyncContract;
import dev.chatlist.application.sync.SyncDirectory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;

/** What the ports promise to clients that keep a copy, kept by the adapter without memory, with it, and by two of it. */
class SyncContractTest {
    private static final long BYTES = 10_000_000;

    /** Too little for all lists and chats. */
    private static final int FEW_BYTES = 40_000;

    private static final int FEW_CHANGES = 4;
    private static final int WALKS = 300;
    private static final int RECORDINGS = 100;

    private static TestSchema schema;

    @BeforeAll
    static void open() {
        schema = new TestSchema();
    }

    @AfterAll
    static void close() {
        schema.close();
    }

    private static ChatJournal emptyJournal() throws Exception {
        schema.execute("TRUNCATE users CASCADE");
        return schema.database.journal();
    }

    private static void renew() {
        close();
        open();
    }

    @Nested
    class WithoutMemory extends ChatSyncContract {
        @Override
        protected ChatJournal journal() throws Exception {
            return emptyJournal();
        }

        @Override
        protected SyncDirectory directory() {
            return schema.database.directory();
        }

        @Override
        protected void makeUnavailable() {
            renew();
        }
    }

    @Nested
    class FromMemory extends WithoutMemory {
        @Override
        protected SyncDirectory directory() {
            return schema.database.directory(BYTES);
        }
    }

    @Nested
    class FromLittleMemory extends WithoutMemory {
        @Override
        protected SyncDirectory directory() {
            return schema.database.directory(FEW_CHANGES, FEW_BYTES);
        }
    }

    @Nested
    class ExcerptsWithoutMemory extends ChatExcerptContract {
        @Override
        protected ChatJournal journal() throws Exception {
            return emptyJournal();
        }

        @Override
        protected SyncDirectory directory() {
            return schema.database.directory();
        }

        @Override
        protected void makeUnavailable() {
            renew();
        }
    }

    @Nested
    class ExcerptsFromMemory extends ExcerptsWithoutMemory {
        @Override
        protected SyncDirectory directory() {
            return schema.database.directory(BYTES);
        }
    }

    @Nested
    class WithoutMemoryAtRandom extends RandomSyncContract {
        @Override
        protected ChatJournal journal() throws Exception {
            return emptyJournal();
        }

        @Override
        protected SyncDirectory directory() {
            return schema.database.directory();
        }

        @Override
        protected void makeUnavailable() {
            renew();
        }

        @Override
        protected int walks() {
            return WALKS;
        }

        @Override
        protected int recordings() {
            return RECORDINGS;
        }
    }

    @Nested
    class FromMemoryAtRandom extends WithoutMemoryAtRandom {
        @Override
        protected SyncDirectory directory() {
            return schema.database.directory(BYTES);
        }
    }

    @Nested
    class FromLittleMemoryAtRandom extends WithoutMemoryAtRandom {
        @Override
        protected SyncDirectory directory() {
            return schema.database.directory(FEW_CHANGES, FEW_BYTES);
        }
    }

    @Nested
    class FromTwoInstancesAtRandom extends WithoutMemoryAtRandom {
        @Override
        protected SyncDirectory directory() {
            return new Alternating(schema.database.directory(BYTES), schema.database.directory(BYTES));
        }
    }
}
