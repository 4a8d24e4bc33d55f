package dev.chatlist.application;

import java.util.Iterator;

/** Output port, the writing side. Implementations are safe for use by many threads. */
public interface ChatJournal {
    /**
     * Applies the batches in order, in one transaction: when this returns, whatever {@link ChatDirectory} method is
     * called next shows all of them; when it throws, none has been applied. The iterator is read once, each batch
     * when the one before has been applied; what it throws comes out unchanged.
     *
     * @throws RejectedEventException if a batch presumes what isn't stored; see {@link EventBatch.Saves}
     * @throws StorageUnavailableException if storage can't take them now
     */
    void record(Iterator<EventBatch> batches);
}
