/**
 * Writes events to the tables. {@link dev.chatlist.adapter.persistence.journal.SqlJournal} records in a {@code
 * Transaction} of its own or of the caller. {@code EventStatements} has one statement for each kind of event; {@code
 * EventWriter} applies a batch of any size in a handful of statements, the large ones by {@code COPY}. {@code
 * TableWriters} has the columns of each table; a new column is added there. Only the four tables of events are written
 * here: triggers derive the rest.
 */
@NullMarked
package dev.chatlist.adapter.persistence.journal;

import org.jspecify.annotations.NullMarked;
