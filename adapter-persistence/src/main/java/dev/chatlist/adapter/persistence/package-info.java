@NullMarked
package dev.chatlist.adapter.persistence;

import org.jspecify.annotations.NullMarked;
