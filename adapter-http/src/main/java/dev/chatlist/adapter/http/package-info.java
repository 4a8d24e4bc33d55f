/**
 * The API over HTTP, and files for browsers: routes, requests, answers and failures. {@link
 * dev.chatlist.adapter.http.ChatListHttpServer} lists the routes and puts the chain of handlers together, {@code
 * ChatJson} defines the JSON of a chat, and {@code Failure} has a factory for each answer other than 200 and turns
 * exceptions into one of them. The contract is {@code docs/openapi.yaml}, and the tests check the running server
 * against it.
 *
 * <p>Undertow's IO threads must not block: anything that may block runs on {@code Workers}. This package doesn't decide
 * which chats a caller may see: it passes the caller's id to the use cases, which return only what that caller may see.
 */
@NullMarked
package dev.chatlist.adapter.http;

import org.jspecify.annotations.NullMarked;
