/**
 * For whoever writes an adapter of their own: {@link dev.chatlist.application.contract.ChatStoreContract} is what the
 * Javadoc of the two output ports says, as tests. Extend it, hand it your ports, and run it in your CI.
 *
 * <p>{@link dev.chatlist.application.contract.InMemoryChatStore} is the simplest store that keeps the contract: the
 * measure for the others, and a fast stand-in for tests of what is built on the ports.
 */
@NullMarked
package dev.chatlist.application.contract;

import org.jspecify.annotations.NullMarked;
