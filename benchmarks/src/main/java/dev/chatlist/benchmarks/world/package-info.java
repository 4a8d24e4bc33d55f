/**
 * The data that is measured: a world of users, rooms and messages, generated from a seed, and the PostgreSQL server
 * that holds it. A change of the generator changes every figure of the report; the database then loads the world
 * again by itself.
 */
@NullMarked
package dev.chatlist.benchmarks.world;

import org.jspecify.annotations.NullMarked;
