package dev.chatlist.adapter.persistence.memory;

import static java.util.Objects.requireNonNull;

import dev.chatlist.adapter.persistence.sql.ChangeFeed;
import dev.chatlist.adapter.persistence.sql.ChangeFeed.Changes;
import dev.chatlist.adapter.persistence.sql.Snapshot;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Asks the database what has changed, once for all requests that wait, and brings the memory up to date. */
final class Questions {
    private static final Logger LOG = LoggerFactory.getLogger(Questions.class);

    private final ChangeFeed feed;
    private final Function<Changes, Memory> begin;
    private final DirectoryCounts counts;
    private final CoalescedRuns catchingUp = new CoalescedRuns(this::catchUp);

    /** Read and written by {@link #catchUp} alone, which runs once at a time. */
    private @Nullable Snapshot seen;

    private volatile @Nullable Memory memory;

    /** @param begin makes the memory of an epoch */
    Questions(ChangeFeed feed, Function<Changes, Memory> begin, DirectoryCounts counts) {
        this.feed = feed;
        this.begin = begin;
        this.counts = counts;
    }

    /** The memory, after a question that is asked from now on. */
    Memory ask() {
        (catchingUp.run() ? counts.questionsShared : counts.questionsAsked).increment();
        return requireNonNull(memory, "a question has been answered");
    }

    /** The memory as the last question left it; null before the first. */
    @Nullable
    Memory memory() {
        return memory;
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
        if (!changes.snapshot().epoch().equals(known.epoch())) {
            LOG.warn("The database has restarted, failed over or been restored; everything is read anew");
            begin(changes);
            return;
        }
        changes.posted().forEach(known.chats()::follow);
        known.lists().apply(changes);
        known.chats().leaveRoom();
        seen = changes.snapshot();
    }

    private void begin(Changes changes) {
        memory = begin.apply(changes);
        seen = changes.snapshot();
    }
}
