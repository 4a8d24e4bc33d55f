package dev.chatlist.application;

import static java.util.Objects.requireNonNull;

import dev.chatlist.domain.ChatEvent;
import dev.chatlist.domain.TextLimit;

/** The use case that writes, on top of a {@link ChatJournal}. */
public final class ChatEventService implements RecordChatEvents {
    private final ChatJournal journal;
    private final TextLimit limit;

    /** Takes texts of up to {@link TextLimit#DEFAULT}. */
    public ChatEventService(ChatJournal journal) {
        this(journal, TextLimit.DEFAULT);
    }

    public ChatEventService(ChatJournal journal, TextLimit limit) {
        this.journal = requireNonNull(journal, "journal");
        this.limit = requireNonNull(limit, "limit");
    }

    @Override
    public long record(Iterable<? extends ChatEvent> events) {
        EventBatches batches = new EventBatches(events.iterator(), limit);
        journal.record(batches);
        return batches.eventsRead();
    }
}
