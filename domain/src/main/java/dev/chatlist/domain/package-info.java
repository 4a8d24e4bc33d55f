/**
 * The values of a chat list. A room has members and messages; a chat is a room as a list shows it, with its creator,
 * its members and its latest message; a chat event records a change to a user, a room, a membership or a message. All
 * types are immutable, validate themselves in their constructors, and depend on nothing but the JSpecify annotations.
 *
 * <p>Every text is valid Unicode without U+0000, so every value can be stored and sent. Times are nanoseconds since the
 * Unix epoch, as in the API. Add fields, and rules about valid values, here; storing, sending and listing belong in the
 * other modules. To add a field, follow the list in {@code docs/architecture.md}, which names every file that it
 * touches.
 */
@NullMarked
package dev.chatlist.domain;

import org.jspecify.annotations.NullMarked;
