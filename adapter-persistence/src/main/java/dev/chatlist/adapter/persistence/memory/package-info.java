/**
 * A chat directory that answers from memory and is never stale. {@link
 * dev.chatlist.adapter.persistence.memory.InMemoryDirectory} owns everything in this package, and its Javadoc says why
 * no answer is ever old. {@code RoomLists} holds the rooms of users in page order, {@code ChatCache} the chats.
 *
 * <p>No answer depends on what is in memory: any list or chat may be dropped at any time. All of it is bounded in
 * bytes. Code in this package reads the database only through {@link dev.chatlist.adapter.persistence.sql}.
 */
@NullMarked
package dev.chatlist.adapter.persistence.memory;

import org.jspecify.annotations.NullMarked;
