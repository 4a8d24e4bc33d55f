package dev.chatlist.adapter.persistence;

import dev.chatlist.adapter.persistence.embedded.FaultyServer;
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
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;

/** What the ports promise to clients that keep a copy, kept by an instance that reads a standby which is up to date. */
@Tag("faults")
@Timeout(600)
class StandbySyncContractTest {
    private static final long BYTES = 10_000_000;
    private static final int WALKS = 150;
    private static final int RECORDINGS = 50;

    private static FaultyServer primary;
    private static FaultyServer standby;
    private static Replay replay;
    private static Database writing;
    private static Database reading;

    @BeforeAll
    static void open() throws Exception {
        primary = FaultyServer.create();
        primary.stop();
        standby = primary.copy();
        primary.start();
        writing = Database.open(primary.settings(primary.port(), 8));
        standby.follow(primary.port());
        standby.start();
        replay = new Replay(primary, standby);
        replay.awaitAllCommitted();
        reading = Database.open(standby.settings(standby.port(), 4));
    }

    @AfterAll
    static void close() throws Exception {
        reading.close();
        writing.close();
        replay.close();
        standby.close();
        primary.close();
    }

    private static ChatJournal emptyJournal() throws SQLException {
        primary.execute("TRUNCATE users CASCADE");
        return writing.journal();
    }

    /** Also makes the standby's ports of the next test. */
    private static void closeBoth() {
        reading.close();
        writing.close();
        writing = Database.open(primary.settings(primary.port(), 8));
        reading = Database.open(standby.settings(standby.port(), 4));
    }

    @Nested
    class WithoutMemory extends ChatSyncContract {
        @Override
        protected ChatJournal journal() throws Exception {
            return emptyJournal();
        }

        @Override
        protected SyncDirectory directory() throws Exception {
            return new UpToDate(reading.directory());
        }

        @Override
        protected void makeUnavailable() {
            closeBoth();
        }
    }

    @Nested
    class FromMemory extends WithoutMemory {
        @Override
        protected SyncDirectory directory() throws Exception {
            return new UpToDate(reading.directory(BYTES));
        }
    }

    @Nested
    class Excerpts extends ChatExcerptContract {
        @Override
        protected ChatJournal journal() throws Exception {
            return emptyJournal();
        }

        @Override
        protected SyncDirectory directory() throws Exception {
            return new UpToDate(reading.directory());
        }

        @Override
        protected void makeUnavailable() {
            closeBoth();
        }
    }

    @Nested
    class ExcerptsFromMemory extends Excerpts {
        @Override
        protected SyncDirectory directory() throws Exception {
            return new UpToDate(reading.directory(BYTES));
        }
    }

    @Nested
    class WithoutMemoryAtRandom extends RandomSyncContract {
        @Override
        protected ChatJournal journal() throws Exception {
            return emptyJournal();
        }

        @Override
        protected SyncDirectory directory() throws Exception {
            return new UpToDate(reading.directory());
        }

        @Override
        protected void makeUnavailable() {
            closeBoth();
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
        protected SyncDirectory directory() throws Exception {
            return new UpToDate(reading.directory(BYTES));
        }
    }

    /** Before each call, waits until the standby shows everything that the primary has committed. */
    private record UpToDate(SyncDirectory directory) implements SyncDirectory {
        private SyncDirectory upToDate() {
            try {
                replay.awaitAllCommitted();
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
            return directory;
        }

        @Override
        public List<RoomVersion> page(UserId member, PageRequest request) {
            return upToDate().page(member, request);
        }

        @Override
        public List<Chat> chats(List<RoomVersion> rooms, long maxBytes) {
            return upToDate().chats(rooms, maxBytes);
        }

        @Override
        public Synced<RoomVersion> sync(UserId member, SyncRequest request) {
            return upToDate().sync(member, request);
        }

        @Override
        public List<Chat> excerpts(UserId viewer, List<RoomVersion> rooms, MembersLimit limit, long maxBytes) {
            return upToDate().excerpts(viewer, rooms, limit, maxBytes);
        }

        @Override
        public List<RoomId> roomIds(UserId member, long maxBytes) {
            return upToDate().roomIds(member, maxBytes);
        }
    }
}
