/**
 * The use cases and the two ports to storage. Callers use {@link dev.chatlist.application.ListMyChats},
 * {@link dev.chatlist.application.ListMyRoomIds} and {@link dev.chatlist.application.RecordChatEvents}. A storage
 * adapter implements {@link dev.chatlist.application.ChatDirectory} and {@link dev.chatlist.application.ChatJournal};
 * their Javadoc is the contract, and {@code ChatStoreContract} in the test-jar tests it.
 *
 * <p>Rules about the content of a list and the effect of a sequence of events belong here. SQL, HTTP and JSON belong in
 * the adapters.
 */
@NullMarked
package dev.chatlist.application;

import org.jspecify.annotations.NullMarked;
