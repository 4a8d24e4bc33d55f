/**
 * The invented world that {@code chatlist demo} serves. {@link dev.chatlist.bootstrap.demo.DemoWorld} turns the text
 * files in this package's resources into chat events. The demo signs in as Ada; to change what she sees first, edit
 * {@code rooms.txt}.
 *
 * <p>The world is the same on every machine: all randomness comes from one seeded
 * {@link dev.chatlist.bootstrap.demo.Draws}. Nothing here depends on a database or on the API.
 */
@NullMarked
package dev.chatlist.bootstrap.demo;

import org.jspecify.annotations.NullMarked;
