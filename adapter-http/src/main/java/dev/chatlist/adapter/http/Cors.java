package dev.chatlist.adapter.http;

import io.undertow.server.HttpServerExchange;
import io.undertow.util.HeaderMap;
import io.undertow.util.Headers;
import io.undertow.util.HttpString;
import io.undertow.util.Methods;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Lets web pages of the configured origins call the API: it answers their preflight requests without a token, and marks
 * every answer as readable by them, failures included. A page must send the token itself, so a listed origin
 * reads only data that its own tokens give access to.
 */
final class Cors {
    private static final HttpString ALLOW_ORIGIN = new HttpString("Access-Control-Allow-Origin");
    private static final HttpString ALLOW_METHODS = new HttpString("Access-Control-Allow-Methods");
    private static final HttpString ALLOW_HEADERS = new HttpString("Access-Control-Allow-Headers");
    private static final HttpString EXPOSE_HEADERS = new HttpString("Access-Control-Expose-Headers");
    private static final HttpString MAX_AGE = new HttpString("Access-Control-Max-Age");
    private static final HttpString REQUEST_METHOD = new HttpString("Access-Control-Request-Method");
    private static final String EXPOSED = "WWW-Authenticate, Retry-After, X-Request-Id";

    private final Set<String> origins;
    private final boolean isForEveryOrigin;

    Cors(Set<String> origins) {
        this.origins = origins;
        isForEveryOrigin = origins.contains("*");
    }

    /** Marks the answer as readable, if the request's origin is configured. */
    void mark(HttpServerExchange exchange) {
        if (origins.isEmpty()) {
            return;
        }
        HeaderMap answer = exchange.getResponseHeaders();
        if (!isForEveryOrigin) {
            String others = answer.getFirst(Headers.VARY);
            answer.put(Headers.VARY, others == null ? "Origin" : "Origin, " + others);
        }
        String origin = exchange.getRequestHeaders().getFirst(Headers.ORIGIN);
        if (isAllowed(origin)) {
            answer.put(ALLOW_ORIGIN, isForEveryOrigin ? "*" : String.valueOf(origin));
            answer.put(EXPOSE_HEADERS, EXPOSED);
        }
    }

    /** Undoes {@link #mark}, for what no other origin may read. */
    static void unmark(HttpServerExchange exchange) {
        exchange.getResponseHeaders().remove(ALLOW_ORIGIN);
        exchange.getResponseHeaders().remove(EXPOSE_HEADERS);
    }

    private boolean isAllowed(@Nullable String origin) {
        return isForEveryOrigin || (origin != null && origins.contains(origin));
    }

    boolean isPreflight(HttpServerExchange exchange) {
        if (origins.isEmpty() || !exchange.getRequestMethod().toString().equals(Methods.OPTIONS_STRING)) {
            return false;
        }
        String origin = exchange.getRequestHeaders().getFirst(Headers.ORIGIN);
        return origin != null
                && isAllowed(origin)
                && exchange.getRequestHeaders().contains(REQUEST_METHOD);
    }

    void answerPreflight(HttpServerExchange exchange) {
        HeaderMap answer = exchange.getResponseHeaders();
        answer.remove(EXPOSE_HEADERS);
        answer.put(ALLOW_METHODS, "GET, POST");
        answer.put(ALLOW_HEADERS, "Authorization, Content-Type, X-Request-Id, traceparent");
        answer.put(MAX_AGE, "3600");
        Responses.ok(exchange, "ok");
    }

    /** What {@link #mark} adds to an answer, as lines. */
    String lines(@Nullable String origin) {
        Map<HttpString, String> headers = Map.of();
        if (isForEveryOrigin) {
            headers = Map.of(ALLOW_ORIGIN, "*", EXPOSE_HEADERS, EXPOSED);
        } else if (origin != null && origins.contains(origin)) {
            headers = Map.of(ALLOW_ORIGIN, origin, EXPOSE_HEADERS, EXPOSED, Headers.VARY, "Origin");
        } else if (!origins.isEmpty()) {
            headers = Map.of(Headers.VARY, "Origin");
        }
        StringBuilder lines = new StringBuilder();
        headers.forEach(
                (name, value) -> lines.append(name).append(": ").append(value).append("\r\n"));
        return lines.toString();
    }
}
