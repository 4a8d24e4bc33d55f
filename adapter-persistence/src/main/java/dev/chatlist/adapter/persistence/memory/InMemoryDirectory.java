package dev.chatlist.adapter.persistence.memory;

import static java.util.Objects.requireNonNull;

import dev.chatlist.adapter.persistence.memory.ChatCache.CachedChat;
import dev.chatlist.adapter.persistence.sql.ChangeFeed;
import dev.chatlist.adapter.persistence.sql.ChangeFeed.Changes;
import dev.chatlist.adapter.persistence.sql.ChangeFeed.Snapshot;
import dev.chatlist.adapter.persistence.sql.SqlDirectory;
import dev.chatlist.adapter.persistence.sql.SqlDirectory.KnownMembers;
import dev.chatlist.application.ChatDirectory;
import dev.chatlist.application.RoomVersion;
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
 * Every list in {@link RoomLists} shows what some snapshot of the database saw, or something later. The next question
 * returns every change that this snapshot doesn't see, by any writer, in any order of commits ({@link ChangeFeed}). The
 * first page of a user reads all of the user's rooms by a statement of its own. That statement sees at least what the
 * last snapshot saw; changes that other requests learn of while it runs are applied to its result as well. Where
 * changes can't be listed one by one, all lists are dropped and read again.
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
 * <h2>Bounds</h2>
 * Lists and chats are bounded in bytes, by estimates of what they take in the heap. Unused lists and chats are dropped
 * first.
 */
public final class InMemoryDirectory implements ChatDirectory {
    /**
     * Record one request in 64 with the cache's eviction policy. That is enough to rank chats, and recording costs as
     * much as the rest of a warm request: it touches memory all over the heap.
     */
    private static final int RECORD_ONE_IN = 64;

    private final ChangeFeed feed;
    private final SqlDirectory sql;
    private final RoomLists lists;
    private final ChatCache cache;
    private final CoalescedRuns catchingUp = new CoalescedRuns(this::catchUp);

    /** Read and written by {@link #catchUp} alone, which runs once at a time. */
    private @Nullable Snapshot seen;

    /**
     * @param maxChanges how many changes a list may miss before it is read again
     * @param maxBytes how much of the heap to use, roughly; a third of it for room lists
     */
    public InMemoryDirectory(ChangeFeed feed, SqlDirectory sql, int maxChanges, long maxBytes) {
        this.feed = feed;
        this.sql = sql;
        long listBytes = maxBytes / 3;
        lists = new RoomLists(maxChanges, listBytes);
        cache = new ChatCache(maxBytes - listBytes);
    }

    @Override
    public List<RoomVersion> page(UserId member, PageRequest request) {
        catchingUp.run();
        List<RoomVersion> page = lists.page(member, request);
        if (page != null) {
            return page;
        }
        long asOf = lists.changeCount();
        return lists.add(member, sql.rooms(member), asOf, request);
    }

    private void catchUp() {
        if (seen == null) {
            seen = feed.now();
            return;
        }
        Changes changes = feed.since(seen);
        changes.posted().forEach(cache::follow);
        lists.apply(changes.list());
        seen = changes.snapshot();
    }

    @Override
    public List<Chat> chats(List<RoomVersion> rooms) {
        boolean recorded = ThreadLocalRandom.current().nextInt(RECORD_ONE_IN) == 0;
        Chat[] chats = new Chat[rooms.size()];
        List<RoomVersion> missing = new ArrayList<>();
        Map<RoomId, KnownMembers> known = new HashMap<>();
        for (int n = 0; n < chats.length; n++) {
            RoomVersion room = rooms.get(n);
            CachedChat cached = recorded ? cache.use(room.roomId()) : cache.find(room.roomId());
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
        if (!missing.isEmpty()) {
            Map<RoomId, Chat> loaded = load(missing, known);
            for (int n = 0; n < chats.length; n++) {
                if (chats[n] == null) {
                    chats[n] = loaded.get(rooms.get(n).roomId());
                }
            }
        }
        return Stream.of(chats).filter(Objects::nonNull).toList();
    }

    private Map<RoomId, Chat> load(List<RoomVersion> missing, Map<RoomId, KnownMembers> known) {
        Map<RoomId, Long> versions = new HashMap<>();
        missing.forEach(room -> versions.put(room.roomId(), room.version()));
        Map<RoomId, Chat> loaded = new HashMap<>();
        for (Chat chat : sql.chats(missing, known)) {
            RoomId room = chat.room().id();
            loaded.put(room, cache.add(requireNonNull(versions.get(room)), chat));
        }
        return loaded;
    }

    /** Reads the ids in order from an index. Sorting a list by id would take longer. */
    @Override
    public List<RoomId> roomIds(UserId member) {
        return sql.roomIds(member);
    }
}
