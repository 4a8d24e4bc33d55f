/**
 * Stores chats in an SQLite file. {@code schema.sql} has the tables; triggers there give a room a new version when its
 * chat changes, and a view there builds a chat.
 */
@NullMarked
package com.example.chat.adapter.sqlite;

import org.jspecify.annotations.NullMarked;
