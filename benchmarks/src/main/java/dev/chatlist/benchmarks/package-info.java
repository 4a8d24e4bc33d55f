/**
 * What Chatlist's speed is, and what it is compared with. {@link dev.chatlist.benchmarks.Benchmark} reads like a table
 * of contents: a {@code World} of chats in a PostgreSQL, {@code Contender}s that serve it, each a process of its own,
 * load from further processes, and a section of the report for each question. Nothing here knows Chatlist's code but
 * for its schema and the server it comes with: it is measured over HTTP, as its clients see it.
 */
@NullMarked
package dev.chatlist.benchmarks;

import org.jspecify.annotations.NullMarked;
