package dev.chatlist.adapter.http.wire;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.chatlist.adapter.http.observation.Refused;
import dev.chatlist.adapter.http.observation.RequestContext;
import dev.chatlist.adapter.http.observation.RequestObserver;
import dev.chatlist.adapter.http.observation.RequestObserver.Ended;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.HeaderMap;
import io.undertow.util.Headers;
import io.undertow.util.HttpString;
import io.undertow.util.StatusCodes;
import java.nio.ByteBuffer;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A whole answer to a request that no handler sees. The connection is closed after it. */
enum Refusal {
    MALFORMED(StatusCodes.BAD_REQUEST, "the request must be well-formed HTTP/1.1 with one valid Host", null),
    LATE(StatusCodes.REQUEST_TIME_OUT, "the request was not complete in time", Refused.SLOW_REQUEST),
    LONG_HEAD(StatusCodes.REQUEST_HEADER_FIELDS_TOO_LARGE, "the header is too long", null),
    FULL(StatusCodes.SERVICE_UNAVAILABLE, "there are too many connections, try again in a moment", Refused.CONNECTIONS);

    private static final Set<HttpString> KEPT = Set.of(RequestContext.REQUEST_ID, Headers.VARY);

    private static final DateTimeFormatter DATE =
            DateTimeFormatter.ofPattern("EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.ENGLISH);

    private final int status;
    private final String body;
    private final @Nullable Refused reason;

    Refusal(int status, String message, @Nullable Refused reason) {
        this.status = status;
        body = "{\"msg\":\"%s\",\"code\":%s,\"data\":null,\"message\":\"%1$s\"}".formatted(message, status);
        this.reason = reason;
    }

    /**
     * Makes the answers, and tells the observers of them.
     *
     * @param headersForOrigin the header fields, each with its line end, of an answer to a request of this origin
     */
    record Answers(Function<@Nullable String, String> headersForOrigin, List<RequestObserver> observers) {
        /** The answer to a request that no handler has seen. */
        ByteBuffer unseen(Refusal refusal, @Nullable String origin, boolean hasBody) {
            Ended ended = Ended.unseen(refusal.status, refusal.length(hasBody), refusal.reason);
            observers.forEach(observer -> observer.ended(ended));
            return refusal.bytes(headersForOrigin.apply(origin), hasBody);
        }

        /** The answer to a request that a handler has seen. The observers are told when it ends. */
        ByteBuffer seen(Refusal refusal, HttpServerExchange exchange, boolean hasBody) {
            RequestContext.of(exchange).cutOff(refusal.status, refusal.length(hasBody), refusal.reason);
            return refusal.bytes(keptHeaders(exchange.getResponseHeaders()), hasBody);
        }
    }

    private int length(boolean hasBody) {
        return hasBody ? body.length() : 0;
    }

    /**
     * @param headers further header fields, each with its line end
     * @param hasBody false in an answer to HEAD
     */
    private ByteBuffer bytes(String headers, boolean hasBody) {
        String head = """
                HTTP/1.1 %s %s
                Connection: close
                Content-Type: application/json
                Cache-Control: no-store
                X-Content-Type-Options: nosniff
                Date: %s
                Content-Length: %s
                """.formatted(
                status, StatusCodes.getReason(status), DATE.format(ZonedDateTime.now(ZoneOffset.UTC)), body.length());
        String retry = this == FULL ? "Retry-After: 1\r\n" : "";
        String answer = head.replace("\n", "\r\n") + retry + headers + "\r\n" + (hasBody ? body : "");
        return ByteBuffer.wrap(answer.getBytes(UTF_8));
    }

    /** The request's id, and the header fields that browsers need, for an answer that is given instead. */
    private static String keptHeaders(HeaderMap headers) {
        StringBuilder lines = new StringBuilder();
        for (HttpString name : headers.getHeaderNames()) {
            if (name.toString().startsWith("Access-Control-") || KEPT.contains(name)) {
                lines.append(name).append(": ").append(headers.getFirst(name)).append("\r\n");
            }
        }
        return lines.toString();
    }
}
