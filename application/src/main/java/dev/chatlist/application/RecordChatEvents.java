package dev.chatlist.application;

import dev.chatlist.domain.ChatEvent;
import java.util.List;

/** Use case: a chat backend records its events. */
@FunctionalInterface
public interface RecordChatEvents {
    /**
     * Applies the events in order, all or none. After it returns, every list shows them; if it throws, none was
     * applied. The events are read once, a few thousand at a time, so there may be any number of them. An exception of
     * {@code events} is passed on unchanged.
     *
     * @return the number of events
     * @throws RejectedEventException if an event refers to a user or room that is unknown at that point, or a text is
     *     longer than the {@link dev.chatlist.domain.TextLimit}
     * @throws StorageUnavailableException if storage can't write now
     */
    long record(Iterable<? extends ChatEvent> events);

    /** The same as {@link #record(Iterable)}. */
    default long record(ChatEvent... events) {
        return record(List.of(events));
    }
}
