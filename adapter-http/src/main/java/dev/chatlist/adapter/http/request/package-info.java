/**
 * What {@code POST /my_chats} is asked for. {@code ChatsRequestJson} checks the body; a fault is an {@link
 * dev.chatlist.adapter.http.request.InvalidBodyException}, whose message the client reads. What passes is a {@link
 * dev.chatlist.adapter.http.request.ChatsRequest}.
 */
@NullMarked
package dev.chatlist.adapter.http.request;

import org.jspecify.annotations.NullMarked;
