@NullMarked
package dev.chatlist.adapter.http;

import org.jspecify.annotations.NullMarked;
