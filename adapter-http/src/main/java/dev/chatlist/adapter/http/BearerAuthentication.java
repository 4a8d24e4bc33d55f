package dev.chatlist.adapter.http;

import dev.chatlist.adapter.http.auth.TokenVerifier;
import dev.chatlist.domain.UserId;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.HeaderValues;
import io.undertow.util.Headers;

/** Learns who calls from the token, and from nothing else. */
record BearerAuthentication(TokenVerifier tokens) {
    private static final String SCHEME = "Bearer ";

    /**
     * @throws Failure (401) if there isn't exactly one header with a token
     * @throws dev.chatlist.adapter.http.auth.InvalidTokenException if the token isn't accepted
     */
    UserId caller(HttpServerExchange exchange) {
        HeaderValues headers = exchange.getRequestHeaders().get(Headers.AUTHORIZATION);
        if (headers == null) {
            throw Failure.noToken();
        }
        if (headers.size() > 1) {
            throw Failure.invalidToken(false);
        }
        String header = headers.getFirst();
        if (!header.regionMatches(true, 0, SCHEME, 0, SCHEME.length())) {
            throw Failure.noToken();
        }
        return tokens.verify(header.substring(SCHEME.length()).strip());
    }
}
