/**
 * The use cases, and the ports to storage. Callers use {@link dev.chatlist.application.ListMyChats}, {@link
 * dev.chatlist.application.ListMyRoomIds} and {@link dev.chatlist.application.RecordChatEvents}. A storage adapter
 * implements {@link dev.chatlist.application.ChatDirectory} and {@link dev.chatlist.application.ChatJournal} and throws
 * {@link dev.chatlist.application.StorageUnavailableException} in an outage. The ports' Javadoc is their contract, and
 * {@code ChatStoreContract} in this module's test-jar tests it. One that can be backed up also implements {@link
 * dev.chatlist.application.ChatArchive}, and one that brings clients up to date what {@link
 * dev.chatlist.application.sync} has.
 *
 * <p>The ports define what a list contains, in which order, and what a sequence of events does. Only members see a
 * room: each adapter has to make membership part of its queries. SQL, HTTP and JSON belong in the adapters.
 */
@NullMarked
package dev.chatlist.application;

import org.jspecify.annotations.NullMarked;
