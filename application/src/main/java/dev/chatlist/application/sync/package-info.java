/**
 * Brings a client's copy of a list up to date: walks, deltas and excerpts of chats. Callers use {@link
 * dev.chatlist.application.sync.SyncMyChats}. A storage adapter that can answer it implements {@link
 * dev.chatlist.application.sync.SyncDirectory} instead of {@link dev.chatlist.application.ChatDirectory}, and decides
 * what is in a cursor and in a state.
 *
 * <p>{@link dev.chatlist.application.sync.Synced} says what a client does with an answer, and what it has then. {@code
 * ChatSyncContract}, {@code ChatExcerptContract} and {@code RandomSyncContract} in this module's test-jar test it.
 */
@NullMarked
package dev.chatlist.application.sync;

import org.jspecify.annotations.NullMarked;
