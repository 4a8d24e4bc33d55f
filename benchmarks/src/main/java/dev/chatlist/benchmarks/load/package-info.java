/**
 * The load: HTTP clients in a closed loop (as fast as possible) and in an open loop (at a fixed rate), the tokens
 * they send, and writers that post messages. A client should cost the machine as little as possible, since it shares
 * the processors with the service that it measures.
 */
@NullMarked
package dev.chatlist.benchmarks.load;

import org.jspecify.annotations.NullMarked;
