/**
 * Child processes: commands that run to completion, and services that listen on a port. Each is stopped when the
 * benchmark ends or is interrupted.
 */
@NullMarked
package dev.chatlist.benchmarks.process;

import org.jspecify.annotations.NullMarked;
