package dev.chatlist.adapter.http;

import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.HeaderMap;
import io.undertow.util.Headers;
import io.undertow.util.HttpString;
import io.undertow.util.Methods;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Lets web pages of the configured origins call the API: it answers their preflight requests without a token, and marks
 * every answer as readable by them, failures included. A page must send the token itself, so a listed origin
 * reads only data that its own tokens give access to.
 */
final class CorsHandler implements HttpHandler {
    private static final HttpString ALLOW_ORIGIN = new HttpString("Access-Control-Allow-Origin");
    private static final HttpString ALLOW_METHODS = new HttpString("Access-Control-Allow-Methods");
    private static final HttpString ALLOW_HEADERS = new HttpString("Access-Control-Allow-Headers");
    private static final HttpString EXPOSE_HEADERS = new HttpString("Access-Control-Expose-Headers");
    private static final HttpString MAX_AGE = new HttpString("Access-Control-Max-Age");
    private static final HttpString REQUEST_METHOD = new HttpString("Access-Control-Request-Method");

    private final Set<String> origins;
    private final HttpHandler next;

    CorsHandler(Set<String> origins, HttpHandler next) {
        this.origins = origins;
        this.next = next;
    }

    @Override
    public void handleRequest(HttpServerExchange exchange) throws Exception {
        HeaderMap answer = exchange.getResponseHeaders();
        String origin = exchange.getRequestHeaders().getFirst(Headers.ORIGIN);
        boolean everyOrigin = origins.contains("*");
        if (!everyOrigin) {
            String others = answer.getFirst(Headers.VARY);
            answer.put(Headers.VARY, others == null ? "Origin" : "Origin, " + others);
        }
        if (!everyOrigin && (origin == null || !origins.contains(origin))) {
            next.handleRequest(exchange);
            return;
        }
        answer.put(ALLOW_ORIGIN, everyOrigin ? "*" : origin);
        if (isPreflight(exchange, origin)) {
            answer.put(ALLOW_METHODS, "GET, POST");
            answer.put(ALLOW_HEADERS, "Authorization, Content-Type");
            answer.put(MAX_AGE, "3600");
            Responses.ok(exchange);
        } else {
            answer.put(EXPOSE_HEADERS, "WWW-Authenticate, Retry-After");
            next.handleRequest(exchange);
        }
    }

    private static boolean isPreflight(HttpServerExchange exchange, @Nullable String origin) {
        return origin != null
                && exchange.getRequestMethod().equals(Methods.OPTIONS)
                && exchange.getRequestHeaders().contains(REQUEST_METHOD);
    }
}
