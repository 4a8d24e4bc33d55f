package dev.chatlist.adapter.http;

import io.undertow.server.HttpServerExchange;

/** What a worker has made of a request. The connection's IO thread sends it. */
interface Answer {
    /** Begins to send. Doesn't block. */
    void send(HttpServerExchange exchange);

    /** Gives up what the answer holds, because it isn't sent. */
    default void drop() {}
}
