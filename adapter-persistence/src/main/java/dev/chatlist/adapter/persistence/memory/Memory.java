package dev.chatlist.adapter.persistence.memory;

import dev.chatlist.adapter.persistence.sql.ChangeFeed.Changes;
import dev.chatlist.adapter.persistence.sql.Read;
import dev.chatlist.adapter.persistence.sql.Snapshot.Epoch;
import dev.chatlist.adapter.persistence.sql.SyncTokens;

/** What is known of one epoch. */
record Memory(Epoch epoch, RoomLists lists, ChatCache chats, SyncTokens tokens) {
    /**
     * Nothing yet. Room lists may take a third of the bytes, and chats take what they leave.
     *
     * @param begun the first question's answer
     * @param maxChanges how many changes a list may miss before it is read again
     */
    static Memory begin(Changes begun, int maxChanges, long maxBytes) {
        Epoch epoch = begun.snapshot().epoch();
        RoomLists lists = new RoomLists(begun, maxChanges, maxBytes / 3);
        return new Memory(epoch, lists, new ChatCache(maxBytes, lists::bytes), new SyncTokens(epoch));
    }

    boolean isOf(Read<?> read) {
        return epoch.run().equals(read.run());
    }
}
