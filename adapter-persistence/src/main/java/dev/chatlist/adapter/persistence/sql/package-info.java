/** Reads and writes the tables of the chat list. */
@NullMarked
package dev.chatlist.adapter.persistence.sql;

import org.jspecify.annotations.NullMarked;
