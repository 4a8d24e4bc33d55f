/**
 * For authors of adapters. {@link dev.chatlist.application.contract.ChatStoreContract} tests the promises that
 * the ports for reading and writing make in their Javadoc. {@link
 * dev.chatlist.application.contract.ChatExcerptContract}, {@link dev.chatlist.application.contract.ChatSyncContract} and
 * {@link dev.chatlist.application.contract.RandomSyncContract} test those about excerpts, walks and deltas, {@link
 * dev.chatlist.application.contract.ChatArchiveContract} those of the archive. Extend them, give them your ports, and run
 * them in your build.
 *
 * <p>{@link dev.chatlist.application.contract.SyncClient} is a client that keeps a copy of a user's list, for tests of
 * whatever answers its requests.
 *
 * <p>{@link dev.chatlist.application.contract.InMemoryChatStore} is the simplest store that keeps the contract: a model
 * for other stores, and a fast replacement for one in tests of code that uses the ports.
 *
 * <p>{@link dev.chatlist.application.contract.ArchitectureRules} has the rules of Chatlist's own architecture, for the
 * packages of any program.
 */
@NullMarked
package dev.chatlist.application.contract;

import org.jspecify.annotations.NullMarked;
