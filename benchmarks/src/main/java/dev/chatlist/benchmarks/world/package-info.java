/**
 * The data of the benchmarks: a world of users, rooms and messages, generated from a seed, and the PostgreSQL server
 * that holds it. A change to the generator affects every figure in the report; the world is then loaded again
 * automatically.
 */
@NullMarked
package dev.chatlist.benchmarks.world;

import org.jspecify.annotations.NullMarked;
