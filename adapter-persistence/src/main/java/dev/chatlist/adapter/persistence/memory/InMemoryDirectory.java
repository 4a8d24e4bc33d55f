package dev.chatlist.adapter.persistence.memory;

import static java.util.Objects.requireNonNull;

import dev.chatlist.adapter.persistence.sql.ChangeFeed;
import dev.chatlist.adapter.persistence.sql.ChangeFeed.Activity;
import dev.chatlist.adapter.persistence.sql.ChatReader.KnownMembers;
import dev.chatlist.adapter.persistence.sql.Read;
import dev.chatlist.adapter.persistence.sql.Snapshot.Epoch;
import dev.chatlist.adapter.persistence.sql.SqlDirectory;
import dev.chatlist.adapter.persistence.sql.SyncedRooms;
import dev.chatlist.adapter.persistence.sql.SyncedRooms.UserRooms;
import dev.chatlist.application.RoomVersion;
import dev.chatlist.application.StorageUnavailableException;
import dev.chatlist.application.sync.SyncDirectory;
import dev.chatlist.application.sync.SyncRequest;
import dev.chatlist.application.sync.Synced;
import dev.chatlist.domain.Chat;
import dev.chatlist.domain.MembersLimit;
import dev.chatlist.domain.PageRequest;
import dev.chatlist.domain.RoomId;
import dev.chatlist.domain.UserId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

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
public final class InMemoryDirectory implements SyncDirectory {
    /**
     * Record one request in 64 with the cache's eviction policy. That is enough to rank chats, and recording costs as
     * much as the rest of a warm request: it touches memory all over the heap.
     */
    private static final int RECORD_ONE_IN = 64;

    /** Connections that lead to two servers are replaced after the first try. */
    private static final int MAX_TRIES = 3;

    private final ChangeFeed feed;
    private final SqlDirectory sql;
    private final DirectoryCounts counts;
    private final Questions questions;

    /**
     * @param maxChanges how many changes a list may miss before it is read again
     * @param maxBytes how much of the heap to use, roughly
     * @param counts are added to
     */
    public InMemoryDirectory(ChangeFeed feed, SqlDirectory sql, int maxChanges, long maxBytes, DirectoryCounts counts) {
        this.feed = feed;
        this.sql = sql;
        this.counts = counts;
        questions = new Questions(feed, begun -> Memory.begin(begun, maxChanges, maxBytes), counts);
    }

    /** An estimate of the heap that room lists take, in bytes. */
    public long listBytes() {
        Memory now = questions.memory();
        return now == null ? 0 : now.lists().bytes();
    }

    /** An estimate of the heap that chats and their excerpts take, in bytes. */
    public long chatBytes() {
        Memory now = questions.memory();
        return now == null ? 0 : now.chats().bytes();
    }

    @Override
    public List<RoomVersion> page(UserId member, PageRequest request) {
        for (int tries = 0; tries < MAX_TRIES; tries++) {
            Memory now = questions.ask();
            List<RoomVersion> page = now.lists().page(member, request);
            if (page != null) {
                return page;
            }
            long asOf = now.lists().changeCount();
            Read<Activity> read = sql.rooms(member, now.lists().maxRooms() + 1);
            if (read.rows().size() > now.lists().maxRooms()) {
                return sql.page(member, request);
            }
            if (now.isOf(read)) {
                List<RoomVersion> added = now.lists().add(member, read.rows(), asOf, request);
                now.chats().leaveRoom();
                return added;
            }
            feed.distrustConnections();
        }
        throw new StorageUnavailableException("the connections lead to different servers");
    }

    /** A list that isn't in memory is read, and used after the next question: then it shows what that question saw. */
    @Override
    public Synced<RoomVersion> sync(UserId member, SyncRequest request) {
        for (int tries = 0; tries < MAX_TRIES; tries++) {
            Memory now = questions.ask();
            UserRooms rooms = now.lists().rooms(member);
            if (rooms != null) {
                String run = now.epoch().run();
                return new SyncedRooms(member, rooms, now.tokens(), (user, seen) -> sql.departures(user, seen, run))
                        .part(request);
            }
            long asOf = now.lists().changeCount();
            Read<Activity> read = sql.rooms(member, now.lists().maxRooms() + 1);
            if (read.rows().size() > now.lists().maxRooms()) {
                break;
            }
            if (now.isOf(read)) {
                now.lists().add(member, read.rows(), asOf);
                now.chats().leaveRoom();
            } else {
                feed.distrustConnections();
            }
        }
        return sql.sync(member, request);
    }

    @Override
    public List<Chat> chats(List<RoomVersion> rooms, long maxBytes) {
        Memory now = memory();
        boolean isRecorded = ThreadLocalRandom.current().nextInt(RECORD_ONE_IN) == 0;
        return find(
                rooms,
                room -> now.chats().find(room, isRecorded),
                missing -> load(now, missing, sql.chats(missing, now.chats().known(missing), maxBytes)));
    }

    /** Cuts the excerpt from a chat in memory, where it can. */
    @Override
    public List<Chat> excerpts(UserId viewer, List<RoomVersion> rooms, MembersLimit limit, long maxBytes) {
        Memory now = memory();
        boolean isRecorded = ThreadLocalRandom.current().nextInt(RECORD_ONE_IN) == 0;
        return find(
                rooms,
                room -> {
                    Chat whole = now.chats().find(room, isRecorded);
                    Chat excerpt = whole == null || ExcerptCache.isLarge(whole)
                            ? now.chats().excerpts().find(viewer, room, limit, isRecorded)
                            : null;
                    return excerpt == null && whole != null
                            ? now.chats().excerpts().cut(viewer, room, limit, whole)
                            : excerpt;
                },
                missing -> {
                    Map<RoomId, KnownMembers> known = now.chats().known(missing);
                    Map<RoomId, Chat> read = load(now, missing, sql.excerpts(viewer, missing, known, limit, maxBytes));
                    if (read != null) {
                        missing.forEach(room -> read.computeIfPresent(
                                room.roomId(),
                                (id, chat) -> now.chats().excerpts().cut(viewer, room, limit, chat)));
                    }
                    return read;
                });
    }

    private Memory memory() {
        Memory now = questions.memory();
        return now == null ? questions.ask() : now;
    }

    private List<Chat> find(
            List<RoomVersion> rooms,
            Function<RoomVersion, @Nullable Chat> inMemory,
            Function<List<RoomVersion>, @Nullable Map<RoomId, Chat>> load) {
        Chat[] chats = new Chat[rooms.size()];
        List<RoomVersion> missing = new ArrayList<>();
        for (int n = 0; n < chats.length; n++) {
            chats[n] = inMemory.apply(rooms.get(n));
            if (chats[n] == null) {
                missing.add(rooms.get(n));
            }
        }
        counts.chatsFromMemory.add(chats.length - missing.size());
        if (!missing.isEmpty()) {
            counts.chatsFromDatabase.add(missing.size());
            Map<RoomId, Chat> loaded = load.apply(missing);
            if (loaded == null) {
                // The caller asks for the page again, and what is in memory may not be the new server's.
                return List.of();
            }
            for (int n = 0; n < chats.length; n++) {
                if (chats[n] == null) {
                    chats[n] = loaded.get(rooms.get(n).roomId());
                }
            }
        }
        return Stream.of(chats).filter(Objects::nonNull).toList();
    }

    /** Adds whole chats to those in memory. Null if another run of the server has answered. */
    private @Nullable Map<RoomId, Chat> load(Memory now, List<RoomVersion> missing, Read<Chat> read) {
        if (!now.isOf(read)) {
            feed.distrustConnections();
            return null;
        }
        Map<RoomId, Long> versions = new HashMap<>();
        missing.forEach(room -> versions.put(room.roomId(), room.version()));
        Map<RoomId, Chat> loaded = new HashMap<>();
        for (Chat chat : read.rows()) {
            RoomId room = chat.room().id();
            long version = requireNonNull(versions.get(room));
            loaded.put(room, chat.isWhole() ? now.chats().add(version, chat) : chat);
        }
        return loaded;
    }

    /** Reads the ids in order from an index. Sorting a list by id would take longer. */
    @Override
    public List<RoomId> roomIds(UserId member, long maxBytes) {
        return sql.roomIds(member, maxBytes);
    }
}
