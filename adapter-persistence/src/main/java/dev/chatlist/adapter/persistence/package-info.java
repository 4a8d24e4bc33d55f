/**
 * The output ports on PostgreSQL, and the only package of this module that other programs use, besides {@code
 * embedded}. {@link dev.chatlist.adapter.persistence.Database} opens a database, brings its tables up to date and
 * hands out a {@link dev.chatlist.application.ChatDirectory} and a {@link dev.chatlist.application.ChatJournal}.
 *
 * <p>How to connect (pool, time limits, migrations) is decided here; the tables are in {@code migration/}, the
 * statements in {@code sql}, the cache in {@code memory}. What leaves the module is a domain value or a {@link
 * dev.chatlist.application.StorageUnavailableException}.
 */
@NullMarked
package dev.chatlist.adapter.persistence;

import org.jspecify.annotations.NullMarked;
