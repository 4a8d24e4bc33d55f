/**
 * The load: HTTP clients in a closed loop (as fast as possible) and in an open loop (at a fixed rate), the tokens they
 * send, and writers that post messages. Clients must use little CPU, since they share the processors with the service
 * that they measure.
 */
@NullMarked
package dev.chatlist.benchmarks.load;

import org.jspecify.annotations.NullMarked;
