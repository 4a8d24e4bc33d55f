/**
 * The API over HTTP. {@link dev.chatlist.adapter.http.ChatListHttpServer} holds the way of a request on one screen;
 * what clients see of a chat is {@code ChatJson}, of a failure {@code Failure}, and both leave through
 * {@code Responses}. The contract is {@code docs/openapi.yaml}, which the tests hold against the running server.
 *
 * <p>Undertow's IO threads never block: whatever may, runs on {@code Workers}. What chats there are, and who may see
 * them, is decided behind the use cases, not here.
 */
@NullMarked
package dev.chatlist.adapter.http;

import org.jspecify.annotations.NullMarked;
