/**
 * Users, rooms, messages, the chats that combine them, and the events that change them. All types are immutable values
 * that check themselves in the constructor. They depend on nothing but annotations.
 *
 * <p>Every text is valid Unicode without U+0000, so every value can be stored and sent. Every time is in nanoseconds
 * since the epoch, as in the API. Add fields and rules about valid values here; storing, sending and listing belong in
 * the other modules.
 */
@NullMarked
package dev.chatlist.domain;

import org.jspecify.annotations.NullMarked;
