/**
 * The output ports on PostgreSQL. The tables, and the triggers that keep {@code room_activity} right whoever writes,
 * are in {@code migration/}; {@code jooq} is generated from them. {@link
 * dev.chatlist.adapter.persistence.JooqChatDirectory} reads, {@link
 * dev.chatlist.adapter.persistence.JooqChatJournal} writes, {@link dev.chatlist.adapter.persistence.Database} connects.
 * {@link dev.chatlist.adapter.persistence.KeptChats} and {@link dev.chatlist.adapter.persistence.RoomOrders} keep in
 * memory what was read and told, and are never needed for an answer to be right.
 *
 * <p>What leaves this package is a domain value or a {@link dev.chatlist.application.StorageUnavailableException}. A
 * migration that was released is never edited; the next one mends it.
 */
@NullMarked
package dev.chatlist.adapter.persistence;

import org.jspecify.annotations.NullMarked;
