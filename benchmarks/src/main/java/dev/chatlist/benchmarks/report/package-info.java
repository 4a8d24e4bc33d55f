/**
 * The output: samples and their medians, Markdown tables, targets with their verdicts, the report file, and progress on
 * the terminal. It is independent of Chatlist.
 */
@NullMarked
package dev.chatlist.benchmarks.report;

import org.jspecify.annotations.NullMarked;
