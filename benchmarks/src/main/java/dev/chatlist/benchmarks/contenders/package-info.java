/**
 * The services that are compared, Chatlist and its alternatives: how each is started and warmed up, and how the
 * alternatives' answers are checked against Chatlist's. Every contender runs in its own JVM, with the same flags, and
 * serves the same database.
 */
@NullMarked
package dev.chatlist.benchmarks.contenders;

import org.jspecify.annotations.NullMarked;
