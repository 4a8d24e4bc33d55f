package dev.chatlist.adapter.persistence.memory;

import static java.util.stream.Collectors.toUnmodifiableMap;

import dev.chatlist.adapter.persistence.sql.ChangeFeed.Unlisted;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Stream;

/** What the directories of one database have done since the process began. */
public final class DirectoryCounts {
    /** Questions to the database what has changed. */
    public final LongAdder questionsAsked = new LongAdder();

    /** Requests that shared the question of another one. */
    public final LongAdder questionsShared = new LongAdder();

    /** Changes of rooms and memberships that were applied to what is in memory. */
    public final LongAdder changesApplied = new LongAdder();

    public final LongAdder chatsFromMemory = new LongAdder();

    public final LongAdder chatsFromDatabase = new LongAdder();

    /** How often everything in memory, or all lists, had to be read again, by cause. */
    public final Map<Unlisted, LongAdder> readAnew =
            Stream.of(Unlisted.values()).collect(toUnmodifiableMap(cause -> cause, cause -> new LongAdder()));
}
