package dev.chatlist.adapter.http;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.undertow.server.DefaultResponseListener;
import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.HeaderMap;
import io.undertow.util.Headers;
import io.undertow.util.StatusCodes;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The one place where an answer, good or bad, becomes the envelope that clients know. */
final class Responses {
    private static final ObjectMapper JSON = JsonMapper.builder()
            .enable(JsonWriteFeature.COMBINE_UNICODE_SURROGATES_IN_UTF8)
            .build();

    /** A shorter body fits into a packet or two as it is. */
    private static final int LEAST_GZIPPED_BYTES = 1024;

    private static final Set<String> COMPRESSIBLE = Set.of(ChatListHttpServer.MY_CHATS, ChatListHttpServer.MY_ROOMS);

    private static final byte[] LIST_START = JsonBytes.ascii("{\"msg\":\"ok\",\"code\":0,\"data\":[");
    private static final byte[] COMMA = {','};
    private static final byte[] LIST_END = JsonBytes.ascii("]}");

    private Responses() {}

    /** @param data null where there is nothing to tell but that all is well */
    static void ok(HttpServerExchange exchange, @Nullable Object data) {
        send(exchange, StatusCodes.OK, new Success("ok", 0, data));
    }

    /** Answers with a list, compressed if the client prefers that and it is worthwhile. */
    static void ok(HttpServerExchange exchange, ResponseBody.Buffers buffers, boolean prefersGzip, Elements elements) {
        ResponseBody body = new ResponseBody(buffers);
        try {
            body.write(LIST_START);
            elements.write(body);
            body.write(LIST_END);
            boolean gzip = prefersGzip && body.length() >= LEAST_GZIPPED_BYTES;
            if (gzip) {
                body = body.gzipped();
            }
            send(exchange, body, gzip);
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory failed", e);
        } finally {
            body.releaseUnlessSent();
        }
    }

    /** Answers with a list whose elements, one or more, were compressed before. */
    static void ok(HttpServerExchange exchange, ResponseBody.Buffers buffers, List<GzipParts.Part> elements) {
        ResponseBody body = new ResponseBody(buffers);
        try {
            GzipParts gzip = new GzipParts(body, LIST_START);
            for (int i = 0; i < elements.size(); i++) {
                if (i > 0) {
                    gzip.between(COMMA);
                }
                gzip.part(elements.get(i));
            }
            gzip.between(LIST_END);
            gzip.finish();
            send(exchange, body, true);
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory failed", e);
        } finally {
            body.releaseUnlessSent();
        }
    }

    private static void send(HttpServerExchange exchange, ResponseBody body, boolean gzip) {
        if (begin(exchange, StatusCodes.OK)) {
            if (gzip) {
                exchange.getResponseHeaders().put(Headers.CONTENT_ENCODING, "gzip");
            }
            body.send(exchange);
        }
    }

    interface Elements {
        /** Writes JSON values with commas between them. */
        void write(OutputStream out) throws IOException;
    }

    /** Answers with what {@link Failure#of} makes of it. */
    static void failed(HttpServerExchange exchange, Throwable cause) {
        Failure failure = Failure.of(cause);
        String msg = String.valueOf(failure.getMessage());
        Object data = exchange.getRequestPath().equals(ChatListHttpServer.MY_ROOMS) ? List.of() : null;
        failure.headers().forEach((name, value) -> exchange.getResponseHeaders().put(name, value));
        send(exchange, failure.status(), new Failed(msg, failure.status(), data, msg));
    }

    /** Whatever the handler throws, and whatever Undertow ends without a body, is answered as a failure. */
    static HttpHandler alwaysEnveloped(HttpHandler next) {
        return exchange -> {
            if (COMPRESSIBLE.contains(exchange.getRequestPath())) {
                exchange.getResponseHeaders().put(Headers.VARY, "Accept-Encoding");
            }
            exchange.addDefaultResponseListener(Responses::completeBareAnswer);
            answeringFailures(next).handleRequest(exchange);
        };
    }

    /** Whatever the handler throws is answered as a failure: for wherever another thread takes over. */
    static HttpHandler answeringFailures(HttpHandler next) {
        return exchange -> {
            try {
                next.handleRequest(exchange);
            } catch (Throwable e) {
                failed(exchange, e);
            }
        };
    }

    /** Undertow ends a request by itself when no worker takes it, when the server is being closed, … */
    private static boolean completeBareAnswer(HttpServerExchange exchange) {
        if (isTooLate(exchange)) {
            return false;
        }
        Throwable cause = exchange.getAttachment(DefaultResponseListener.EXCEPTION);
        boolean busy = exchange.getStatusCode() == StatusCodes.SERVICE_UNAVAILABLE;
        failed(exchange, busy ? Failure.tooBusy() : cause != null ? cause : new IllegalStateException("no answer"));
        return true;
    }

    private static void send(HttpServerExchange exchange, int status, Object envelope) {
        byte[] json = bytes(envelope);
        if (begin(exchange, status)) {
            exchange.getResponseSender().send(ByteBuffer.wrap(json));
        }
    }

    private static boolean begin(HttpServerExchange exchange, int status) {
        if (isTooLate(exchange)) {
            exchange.endExchange();
            return false;
        }
        exchange.setStatusCode(status);
        HeaderMap headers = exchange.getResponseHeaders();
        // Of a success that was never sent.
        headers.remove(Headers.CONTENT_ENCODING);
        headers.remove(Headers.CONTENT_LENGTH);
        headers.put(Headers.CONTENT_TYPE, "application/json")
                .put(Headers.CACHE_CONTROL, "no-store")
                .put(Headers.X_CONTENT_TYPE_OPTIONS, "nosniff");
        return true;
    }

    private static boolean isTooLate(HttpServerExchange exchange) {
        return exchange.isResponseStarted() || !exchange.getConnection().isOpen();
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
