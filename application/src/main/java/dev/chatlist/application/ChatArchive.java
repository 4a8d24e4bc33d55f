package dev.chatlist.application;

import dev.chatlist.domain.ChatEvent;
import java.util.function.Consumer;
import java.util.function.LongConsumer;

/** Output port for backups. Implementations are thread-safe. */
public interface ChatArchive {
    /**
     * Passes on the events that rebuild everything stored, as it is at one moment during the call. Recorded in an empty
     * store, in this order, they give the same lists. Writers aren't held up.
     *
     * <p>All events are saves. Users come first, ordered by id, then rooms by id, joins by room, time and user, and
     * messages by room, time and id. So equal contents give equal events, whatever their history. There may be any
     * number of events: only a few are in memory at once.
     *
     * <p>An exception of either consumer ends the call and is passed on unchanged.
     *
     * @param total gets the number of events, before the first event
     * @throws IllegalStateException if no event can express a stored row, or one refers to a user or room that isn't
     *     stored; the message names it. No row is ever left out.
     * @throws StorageUnavailableException if storage can't answer, or stops to
     */
    void readAll(LongConsumer total, Consumer<ChatEvent> events);
}
