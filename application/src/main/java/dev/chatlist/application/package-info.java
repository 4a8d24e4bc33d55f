/**
 * The use cases, and the two ports that they need from storage. {@link dev.chatlist.application.ListMyChats},
 * {@link dev.chatlist.application.ListMyRoomIds} and {@link dev.chatlist.application.RecordChatEvents} are what
 * callers see; {@link dev.chatlist.application.ChatDirectory} and {@link dev.chatlist.application.ChatJournal} are
 * what an adapter implements, and their Javadoc is its contract (the suite in {@code contract}, in the test-jar,
 * checks it).
 *
 * <p>Nothing here knows of SQL, HTTP or JSON. What a list holds and what a sequence of events means is decided here.
 */
@NullMarked
package dev.chatlist.application;

import org.jspecify.annotations.NullMarked;
