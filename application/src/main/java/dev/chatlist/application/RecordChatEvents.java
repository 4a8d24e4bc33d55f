package dev.chatlist.application;

import dev.chatlist.domain.ChatEvent;
import java.util.List;

/** Use case: a chat backend tells what happened. */
@FunctionalInterface
public interface RecordChatEvents {
    /**
     * Applies the events in order, all or none: when this returns, every list shows them; when it throws, nothing of
     * them was applied. Any number is fine; they are read once, as they are needed.
     *
     * <p>What {@code events} itself throws while being read ends the recording and comes out unchanged.
     *
     * @return how many events there were
     * @throws RejectedEventException if one refers to a user or room that isn't known when its turn comes
     * @throws StorageUnavailableException if storage can't take them now
     */
    long record(Iterable<? extends ChatEvent> events);

    /** Like {@link #record(Iterable)}. */
    default long record(ChatEvent... events) {
        return record(List.of(events));
    }
}
