package dev.chatlist.adapter.persistence;

import dev.chatlist.application.ChatJournal;
import dev.chatlist.application.RoomVersion;
import dev.chatlist.application.contract.ChatExcerptContract;
import dev.chatlist.application.contract.ChatSyncContract;
import dev.chatlist.application.contract.RandomSyncContract;
import dev.chatlist.application.sync.SyncDirectory;
import dev.chatlist.application.sync.SyncRequest;
import dev.chatlist.application.sync.Synced;
import dev.chatlist.domain.Chat;
import dev.chatlist.domain.MembersLimit;
import dev.chatlist.domain.PageRequest;
import dev.chatlist.domain.RoomId;
import dev.chatlist.domain.UserId;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
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
            return new Alternating(List.of(schema.database.directory(BYTES), schema.database.directory(BYTES)));
        }
    }

    /** Gives every request to the next instance. */
    private record Alternating(List<SyncDirectory> instances, AtomicInteger requests) implements SyncDirectory {
        Alternating(List<SyncDirectory> instances) {
            this(instances, new AtomicInteger());
        }

        private SyncDirectory next() {
            return instances.get(requests.getAndIncrement() % instances.size());
        }

        @Override
        public List<RoomVersion> page(UserId member, PageRequest request) {
            return next().page(member, request);
        }

        @Override
        public List<Chat> chats(List<RoomVersion> rooms, long maxBytes) {
            return next().chats(rooms, maxBytes);
        }

        @Override
        public Synced<RoomVersion> sync(UserId member, SyncRequest request) {
            return next().sync(member, request);
        }

        @Override
        public List<Chat> excerpts(UserId viewer, List<RoomVersion> rooms, MembersLimit limit, long maxBytes) {
            return next().excerpts(viewer, rooms, limit, maxBytes);
        }

        @Override
        public List<RoomId> roomIds(UserId member, long maxBytes) {
            return next().roomIds(member, maxBytes);
        }
    }
}
