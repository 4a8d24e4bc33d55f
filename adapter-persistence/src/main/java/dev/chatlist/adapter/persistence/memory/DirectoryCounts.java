package dev.chatlist.adapter.persistence.memory;

import dev.chatlist.adapter.persistence.sql.ChangeFeed.Unlisted;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/** What the directories of one database have done since the process began. */
public final class DirectoryCounts {
    final LongAdder questionsAsked = new LongAdder();
    final LongAdder questionsShared = new LongAdder();
    final LongAdder changesApplied = new LongAdder();
    final LongAdder chatsFromMemory = new LongAdder();
    final LongAdder chatsFromDatabase = new LongAdder();
    private final Map<Unlisted, LongAdder> readAnew = new ConcurrentHashMap<>();

    void readAnew(Unlisted cause) {
        readAnew.computeIfAbsent(cause, first -> new LongAdder()).increment();
    }

    /** Questions to the database what has changed. */
    public long questionsAsked() {
        return questionsAsked.sum();
    }

    /** Requests that shared the question of another one. */
    public long questionsShared() {
        return questionsShared.sum();
    }

    /** Changes of rooms and memberships that were applied to what is in memory. */
    public long changesApplied() {
        return changesApplied.sum();
    }

    /** How often everything in memory, or all lists, had to be read again. */
    public long readAnewBecause(Unlisted cause) {
        LongAdder count = readAnew.get(cause);
        return count == null ? 0 : count.sum();
    }

    public long chatsFromMemory() {
        return chatsFromMemory.sum();
    }

    public long chatsFromDatabase() {
        return chatsFromDatabase.sum();
    }
}
