@NullMarked
package dev.chatlist.bootstrap;

import org.jspecify.annotations.NullMarked;
