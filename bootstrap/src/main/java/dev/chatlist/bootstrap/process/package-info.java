/**
 * What a command has to do with the process that it runs in: the signals that stop it, the locale and time zone that it
 * was started in, and the failure that ends it. Nothing here knows what any command does.
 */
@NullMarked
package dev.chatlist.bootstrap.process;

import org.jspecify.annotations.NullMarked;
