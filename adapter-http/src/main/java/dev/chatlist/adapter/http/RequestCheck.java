package dev.chatlist.adapter.http;

import io.undertow.server.Connectors;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.HeaderMap;
import io.undertow.util.HeaderValues;
import io.undertow.util.Headers;
import io.undertow.util.Protocols;
import java.util.regex.Pattern;

/**
 * Refuses what Undertow's parser lets through although nobody can say where such a request ends, before anything is read
 * beyond its head. The connection is closed, because what follows may not be a request.
 */
final class RequestCheck {
    private static final Pattern CLOSE = Pattern.compile("(?i)(^|,)[ \\t]*close[ \\t]*(,|$)");
    private static final String KEEP_ALIVE = "keep-alive";

    private RequestCheck() {}

    /** @throws Failure if the request's version or framing isn't what this server takes */
    static void check(HttpServerExchange exchange) {
        HeaderMap headers = exchange.getRequestHeaders();
        if (!exchange.isHttp11() && !exchange.isHttp10()) {
            exchange.setProtocol(Protocols.HTTP_1_1);
            throw closing(exchange, Failure.versionNotSupported());
        }
        if (headers.contains(Headers.TRANSFER_ENCODING)) {
            throw closing(exchange, Failure.transferEncoding());
        }
        String length = headers.getFirst(Headers.CONTENT_LENGTH);
        if (length != null && !isLength(length)) {
            throw closing(exchange, Failure.badRequest("the Content-Length must be a number below 2^63"));
        }
        HeaderValues connection = headers.get(Headers.CONNECTION);
        if (connection != null) {
            persist(exchange, connection);
        }
    }

    private static Failure closing(HttpServerExchange exchange, Failure failure) {
        exchange.setPersistent(false);
        // Nothing of a body is read, neither by a handler nor by Undertow after the answer.
        Connectors.terminateRequest(exchange);
        return failure;
    }

    /** Undertow has computed the length modulo 2^64. */
    private static boolean isLength(String digits) {
        try {
            return Character.isDigit(digits.charAt(0)) && Long.parseLong(digits) >= 0;
        } catch (NumberFormatException | StringIndexOutOfBoundsException e) {
            return false;
        }
    }

    /** Undertow sees only a {@code close} that stands alone, and doesn't confirm HTTP/1.0's {@code keep-alive}. */
    private static void persist(HttpServerExchange exchange, HeaderValues connection) {
        for (String value : connection) {
            if (!value.equalsIgnoreCase(KEEP_ALIVE) && CLOSE.matcher(value).find()) {
                exchange.setPersistent(false);
            }
        }
        if (exchange.isHttp10() && exchange.isPersistent()) {
            exchange.getResponseHeaders().put(Headers.CONNECTION, KEEP_ALIVE);
        }
    }
}
