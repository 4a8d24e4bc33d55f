package dev.chatlist.adapter.persistence.memory;

import static java.util.Objects.requireNonNull;

import dev.chatlist.adapter.persistence.memory.ChatCache.CachedChat;
import dev.chatlist.adapter.persistence.sql.ChangeFeed;
import dev.chatlist.adapter.persistence.sql.ChangeFeed.Activity;
import dev.chatlist.adapter.persistence.sql.ChangeFeed.Changes;
import dev.chatlist.adapter.persistence.sql.KnownMembers;
import dev.chatlist.adapter.persistence.sql.Read;
import dev.chatlist.adapter.persistence.sql.Snapshot;
import dev.chatlist.adapter.persistence.sql.Snapshot.Epoch;
import dev.chatlist.adapter.persistence.sql.SqlDirectory;
import dev.chatlist.application.ChatDirectory;
import dev.chatlist.application.RoomVersion;
import dev.chatlist.application.StorageUnavailableException;
import dev.chatlist.domain.Chat;
import dev.chatlist.domain.PageRequest;
import dev.chatlist.domain.RoomId;
import dev.chatlist.domain.UserId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers from memory, after asking the database what has changed. Safe for use by many threads.
 *
 * <h2>One question for all requests</h2>
 * Every page begins with a question to the database: what has changed since the snapshot of the last question, in any
 * room and for any user? Requests that arrive while one question is under way share the next one ({@link
 * CoalescedRuns}). So each answer rests on a question that was asked after its request arrived, and the cost of the
 * question doesn't grow with the number of users.
 *
 * <h2>Why no list is stale</h2>
 * Every list in {@link RoomLists} shows what the last question saw. The next question returns every change that it
 * didn't see, by any writer, in any order of commits ({@link ChangeFeed}). The first page of a user reads all of the
 * user's rooms by a statement of its own, and shows what that statement saw; changes that other requests learn of while
 * it runs are applied to the list. Where changes can't be listed one by one, all lists are dropped and read again.
 *
 * <h2>Why no chat is stale</h2>
 * A version of a room stands for one content forever, and the page says which version to show. A chat of {@link
 * ChatCache} is used only if it has that version. Nothing has to be invalidated, several instances agree, and other
 * writers of the tables needn't know that a cache exists.
 *
 * <h2>Messages come with the changes</h2>
 * Most changes are a new message and nothing else. The change feed delivers such a message, and the cache puts it into
 * its chat <em>before</em> the room's new version can be on a page. So the page finds the chat in memory.
 *
 * <h2>Why a crash or a failover makes nothing stale</h2>
 * All of this rests on transaction ids and versions, which a database gives out again if it loses its last commits. So
 * everything in memory belongs to one {@link Epoch} and is dropped as a whole when a question finds another one. What
 * another statement reads counts only if it comes from the same run of the server as the question.
 *
 * <h2>Bounds</h2>
 * Lists and chats are bounded in bytes, by estimates of what they take in the heap. Unused lists and chats are dropped
 * first.
 */
public final class InMemoryDirectory implements ChatDirectory {
    private static final Logger LOG = LoggerFactory.getLogger(InMemoryDirectory.class);

    /**
     * Record one request in 64 with the cache's eviction policy. That is enough to rank chats, and recording costs as
     * much as the rest of a warm request: it touches memory all over the heap.
     */
    private static final int RECORD_ONE_IN = 64;

    /** Connections that lead to two servers are replaced after the first try. */
    private static final int MAX_TRIES = 3;

    private final ChangeFeed feed;
    private final SqlDirectory sql;
    private final int maxChanges;
    private final long maxBytes;
    private final DirectoryCounts counts;
    private final CoalescedRuns catchingUp = new CoalescedRuns(this::catchUp);

    /** Read and written by {@link #catchUp} alone, which runs once at a time. */
    private @Nullable Snapshot seen;

    private volatile @Nullable Memory memory;

    /** What is known of one epoch. */
    private record Memory(Epoch epoch, RoomLists lists, ChatCache chats) {
        /** A third of the bytes is for room lists. */
        static Memory of(Epoch epoch, int maxChanges, long maxBytes) {
            long listBytes = maxBytes / 3;
            return new Memory(epoch, new RoomLists(maxChanges, listBytes), new ChatCache(maxBytes - listBytes));
        }

        boolean isOf(Read<?> read) {
            return epoch.run().equals(read.run());
        }
    }

    /**
     * @param maxChanges how many changes a list may miss before it is read again
     * @param maxBytes how much of the heap to use, roughly
     * @param counts are added to
     */
    public InMemoryDirectory(ChangeFeed feed, SqlDirectory sql, int maxChanges, long maxBytes, DirectoryCounts counts) {
        this.feed = feed;
        this.sql = sql;
        this.maxChanges = maxChanges;
        this.maxBytes = maxBytes;
        this.counts = counts;
    }

    /** An estimate of the heap that room lists take, in bytes. */
    public long listBytes() {
        Memory now = memory;
        return now == null ? 0 : now.lists.bytes();
    }

    /** An estimate of the heap that chats take, in bytes. */
    public long chatBytes() {
        Memory now = memory;
        return now == null ? 0 : now.chats.bytes();
    }

    @Override
    public List<RoomVersion> page(UserId member, PageRequest request) {
        for (int tries = 0; tries < MAX_TRIES; tries++) {
            Memory now = caughtUp();
            List<RoomVersion> page = now.lists.page(member, request);
            if (page != null) {
                return page;
            }
            long asOf = now.lists.changeCount();
            Read<Activity> read = sql.rooms(member, now.lists.maxRooms() + 1);
            if (read.rows().size() > now.lists.maxRooms()) {
                return sql.page(member, request);
            }
            if (now.isOf(read)) {
                return now.lists.add(member, read.rows(), asOf, request);
            }
            feed.distrustConnections();
        }
        throw new StorageUnavailableException("the connections lead to different servers");
    }

    private Memory caughtUp() {
        (catchingUp.run() ? counts.questionsShared : counts.questionsAsked).increment();
        return requireNonNull(memory, "a question has been answered");
    }

    private void catchUp() {
        Snapshot before = seen;
        Memory known = memory;
        if (before == null || known == null) {
            begin(feed.now());
            return;
        }
        Changes changes = feed.since(before);
        if (changes.list() != null) {
            counts.changesApplied.add(changes.list().size());
        } else {
            requireNonNull(counts.readAnew.get(changes.unlisted())).increment();
        }
        if (!changes.snapshot().epoch().equals(known.epoch)) {
            LOG.warn("The database has restarted, failed over or been restored; everything is read anew");
            begin(changes.snapshot());
            return;
        }
        changes.posted().forEach(known.chats::follow);
        known.lists.apply(changes.list());
        seen = changes.snapshot();
    }

    private void begin(Snapshot snapshot) {
        memory = Memory.of(snapshot.epoch(), maxChanges, maxBytes);
        seen = snapshot;
    }

    @Override
    public List<Chat> chats(List<RoomVersion> rooms, long maxBytes) {
        Memory now = memory == null ? caughtUp() : memory;
        boolean recorded = ThreadLocalRandom.current().nextInt(RECORD_ONE_IN) == 0;
        Chat[] chats = new Chat[rooms.size()];
        List<RoomVersion> missing = new ArrayList<>();
        Map<RoomId, KnownMembers> known = new HashMap<>();
        for (int n = 0; n < chats.length; n++) {
            RoomVersion room = rooms.get(n);
            CachedChat cached = recorded ? now.chats.use(room.roomId()) : now.chats.find(room.roomId());
            if (cached != null && cached.version == room.version()) {
                chats[n] = cached.chat;
            } else {
                missing.add(room);
                if (cached != null && cached.version < room.version()) {
                    known.put(
                            room.roomId(),
                            new KnownMembers(cached.version, cached.chat.creator(), cached.chat.members()));
                }
            }
        }
        counts.chatsFromMemory.add(chats.length - missing.size());
        if (!missing.isEmpty()) {
            counts.chatsFromDatabase.add(missing.size());
            Map<RoomId, Chat> loaded = load(now, missing, known, maxBytes);
            for (int n = 0; n < chats.length; n++) {
                if (chats[n] == null) {
                    chats[n] = loaded.get(rooms.get(n).roomId());
                }
            }
        }
        return Stream.of(chats).filter(Objects::nonNull).toList();
    }

    private Map<RoomId, Chat> load(
            Memory now, List<RoomVersion> missing, Map<RoomId, KnownMembers> known, long maxBytes) {
        Read<Chat> read = sql.chats(missing, known, maxBytes);
        if (!now.isOf(read)) {
            // The caller asks for the page again.
            feed.distrustConnections();
            return Map.of();
        }
        Map<RoomId, Long> versions = new HashMap<>();
        missing.forEach(room -> versions.put(room.roomId(), room.version()));
        Map<RoomId, Chat> loaded = new HashMap<>();
        for (Chat chat : read.rows()) {
            RoomId room = chat.room().id();
            loaded.put(room, now.chats.add(requireNonNull(versions.get(room)), chat));
        }
        return loaded;
    }

    /** Reads the ids in order from an index. Sorting a list by id would take longer. */
    @Override
    public List<RoomId> roomIds(UserId member, long maxBytes) {
        return sql.roomIds(member, maxBytes);
    }
}
