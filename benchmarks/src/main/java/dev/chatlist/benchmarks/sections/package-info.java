/**
 * The sections of the report. Each asks one question, measures its contenders in turn, and returns Markdown: a
 * table, a note on the method, and the targets. {@link dev.chatlist.benchmarks.sections.Section} lists them in order.
 */
@NullMarked
package dev.chatlist.benchmarks.sections;

import org.jspecify.annotations.NullMarked;
