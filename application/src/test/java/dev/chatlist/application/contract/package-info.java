/**
 * For authors of adapters. {@link dev.chatlist.application.contract.ChatStoreContract} tests the promises that the two
 * output ports make in their Javadoc: extend it, give it your ports, and run it in your build.
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
