package dev.chatlist.adapter.http;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.chatlist.adapter.http.observation.RequestContext;
import io.undertow.server.Connectors;
import io.undertow.server.DefaultResponseListener;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.AttachmentKey;
import io.undertow.util.Headers;
import io.undertow.util.StatusCodes;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** Sends every answer that isn't a list: failures, and {@code ok} without data. */
final class Responses {
    /** The {@code data} of a failure; null if the route sets none. */
    static final AttachmentKey<Object> FAILURE_DATA = AttachmentKey.create(Object.class);

    private static final ObjectMapper JSON = JsonMapper.builder()
            .enable(JsonWriteFeature.COMBINE_UNICODE_SURROGATES_IN_UTF8)
            .build();

    private Responses() {}

    static void ok(HttpServerExchange exchange, String msg) {
        send(exchange, StatusCodes.OK, new Success(msg, 0, null));
    }

    /** Answers with {@link Failure#of} the cause. */
    static void failed(HttpServerExchange exchange, Throwable cause) {
        RequestContext context = RequestContext.of(exchange);
        Failure failure = Failure.of(cause, context.id());
        context.refuse(failure.refused());
        if (!exchange.isPersistent() && !exchange.isRequestComplete()) {
            // The rest of the request isn't needed. Undertow would stop reading from the socket, and the client might
            // see a reset instead of the answer.
            Connectors.terminateRequest(exchange);
        }
        String msg = String.valueOf(failure.getMessage());
        failure.headers().forEach((name, value) -> exchange.getResponseHeaders().put(name, value));
        send(exchange, failure.status(), new Failed(msg, failure.status(), exchange.getAttachment(FAILURE_DATA), msg));
    }

    /**
     * Sends a body when Undertow ends a request without one, for example because no worker takes it or the server is
     * closing.
     *
     * @return whether there is a body now
     */
    static boolean failedWithoutBody(HttpServerExchange exchange) {
        if (isTooLate(exchange)) {
            return false;
        }
        Throwable cause = exchange.getAttachment(DefaultResponseListener.EXCEPTION);
        boolean isStopping = exchange.getStatusCode() == StatusCodes.SERVICE_UNAVAILABLE;
        failed(
                exchange,
                isStopping ? Failure.stopping() : cause != null ? cause : new IllegalStateException("no answer"));
        return true;
    }

    private static void send(HttpServerExchange exchange, int status, Object envelope) {
        byte[] json = bytes(envelope);
        if (isTooLate(exchange)) {
            exchange.endExchange();
            return;
        }
        exchange.setStatusCode(status);
        // They may describe a list that failed before it was sent.
        exchange.getResponseHeaders().remove(Headers.CONTENT_ENCODING);
        exchange.getResponseHeaders().remove(Headers.CONTENT_LENGTH);
        exchange.getResponseSender().send(ByteBuffer.wrap(json));
    }

    /** Whether another answer has begun or the client has left. */
    static boolean isTooLate(HttpServerExchange exchange) {
        if (!exchange.getConnection().isOpen()) {
            RequestContext.of(exchange).cutOff(RequestContext.CLIENT_LEFT, 0, null);
            return true;
        }
        return exchange.isResponseStarted();
    }

    private static byte[] bytes(Object envelope) {
        try {
            return JSON.writeValueAsBytes(envelope);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("records of texts and numbers are always JSON", e);
        }
    }

    private record Success(String msg, int code, @Nullable Object data) {}

    /** @param message the same as msg: deployed JavaScript clients read it on any status but 200 */
    private record Failed(String msg, int code, @Nullable Object data, String message) {}
}
