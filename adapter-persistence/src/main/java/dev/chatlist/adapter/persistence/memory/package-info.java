/**
 * A {@link dev.chatlist.application.ChatDirectory} that answers from memory, after asking {@code sql}'s {@code
 * ChangeFeed} what has changed. {@link dev.chatlist.adapter.persistence.memory.InMemoryDirectory} owns everything in
 * this package; its Javadoc explains why no answer is ever stale. {@code RoomLists} holds each user's rooms in the
 * order in which pages list them, {@code ChatCache} the chats, and {@code ExcerptCache} excerpts of those that are large.
 * All share one bound in bytes, by estimates of the heap that they take; {@code HeapEstimate} has that of chats. When
 * full, the caches evict by Caffeine's policy, {@code RoomLists} the lists that were not used recently.
 *
 * <p>Answers are the same whatever happens to be in memory, so any list or chat may be dropped at any time. Code in
 * this package reads the database only through {@code sql}.
 */
@NullMarked
package dev.chatlist.adapter.persistence.memory;

import org.jspecify.annotations.NullMarked;
