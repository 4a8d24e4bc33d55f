package dev.chatlist.application;

import static java.util.Objects.requireNonNull;

import dev.chatlist.domain.ChatEvent;

/** The use case that writes, on top of a {@link ChatJournal}. */
public final class ChatEventService implements RecordChatEvents {
    private final ChatJournal journal;

    public ChatEventService(ChatJournal journal) {
        this.journal = requireNonNull(journal, "journal");
    }

    @Override
    public long record(Iterable<? extends ChatEvent> events) {
        EventBatches batches = new EventBatches(events.iterator());
        journal.record(batches);
        return batches.eventsRead();
    }
}
