/**
 * What is compared: Chatlist, its alternatives, and how each is started, checked against Chatlist's answers and
 * warmed up. Every contender is a JVM of its own, with the same flags, and serves the same database.
 */
@NullMarked
package dev.chatlist.benchmarks.contenders;

import org.jspecify.annotations.NullMarked;
