/**
 * The invented world that {@code chatlist demo} serves. {@link dev.chatlist.bootstrap.demo.DemoWorld} turns text files,
 * which lie in the resources of this package, into chat events. To change what Ada sees first, edit {@code rooms.txt}.
 *
 * <p>The world is the same on every machine: all randomness comes from one seeded
 * {@link dev.chatlist.bootstrap.demo.Draws}. Nothing here knows a database or the API.
 */
@NullMarked
package dev.chatlist.bootstrap.demo;

import org.jspecify.annotations.NullMarked;
