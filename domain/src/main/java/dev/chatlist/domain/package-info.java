/**
 * What the product talks about: rooms, their members and messages, the chat that a list shows, and the events that
 * change them. Values only, each valid from its constructor on, with no dependency but annotations.
 *
 * <p>Every text is valid Unicode without U+0000, so that any value can be stored and sent; every time is a whole
 * number of nanoseconds since the epoch, as on the wire. A rule about what a room, user or message <em>is</em>
 * belongs here; how they are stored, sent or listed does not.
 */
@NullMarked
package dev.chatlist.domain;

import org.jspecify.annotations.NullMarked;
