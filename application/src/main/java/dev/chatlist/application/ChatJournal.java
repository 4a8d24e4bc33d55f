package dev.chatlist.application;

import java.util.Iterator;

/** Output port for writing. Implementations are thread-safe. */
public interface ChatJournal {
    /**
     * Applies the batches in order, in one transaction. After it returns, every {@link ChatDirectory} method sees all
     * of them; if it throws, none was applied. Each batch is applied before the next is taken from the iterator. An
     * exception of the iterator is passed on unchanged.
     *
     * @throws RejectedEventException if a presumed user or room isn't stored; see {@link EventBatch.Saves}
     * @throws StorageUnavailableException if storage can't write now
     */
    void record(Iterator<EventBatch> batches);
}
