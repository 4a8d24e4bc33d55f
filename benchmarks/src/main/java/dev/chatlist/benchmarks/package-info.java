/**
 * The command line of the benchmarks: {@link dev.chatlist.benchmarks.Benchmark} parses the options, runs the sections
 * and writes the report. Chatlist is measured from outside, over HTTP, as its clients see it. The benchmarks use only
 * two parts of Chatlist's code: its migrations, for the schema, and the embedded server.
 */
@NullMarked
package dev.chatlist.benchmarks;

import org.jspecify.annotations.NullMarked;
