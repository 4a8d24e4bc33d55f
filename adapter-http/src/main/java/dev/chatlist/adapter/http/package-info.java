/**
 * The API over HTTP: routes, requests, answers and failures. {@link dev.chatlist.adapter.http.ChatListHttpServer} shows
 * the routes and the chain of handlers; {@code ChatJson} defines a chat as clients see it, {@code Failure} a failure.
 * The contract is {@code docs/openapi.yaml}, and the tests check the running server against it.
 *
 * <p>Undertow's IO threads must not block: anything that may block runs on {@code Workers}. Which chats a caller may
 * see is decided behind the use cases, not here.
 */
@NullMarked
package dev.chatlist.adapter.http;

import org.jspecify.annotations.NullMarked;
