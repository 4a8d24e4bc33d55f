package dev.chatlist.adapter.http.observation;

import io.undertow.server.HttpServerExchange;
import io.undertow.util.AttachmentKey;
import io.undertow.util.HttpString;
import io.undertow.util.Methods;
import java.util.HexFormat;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.MDC;

/**
 * What is known of a request beside its content. The request's id is the client's {@code X-Request-Id} or a new one; it
 * is in the answer and in every line that is logged for the request, together with the id of the client's trace
 * (W3C {@code traceparent}) if there is one.
 */
public final class RequestContext {
    /** The header field of the request's id. */
    public static final HttpString REQUEST_ID = new HttpString("X-Request-Id");

    /** The status, for observers, of a request whose client left before it had the whole answer. */
    public static final int CLIENT_LEFT = 499;

    private static final AttachmentKey<RequestContext> KEY = AttachmentKey.create(RequestContext.class);
    private static final HttpString TRACE_PARENT = new HttpString("traceparent");

    /** Version 00 has 55 characters. Later ones may add more at the end. */
    private static final Pattern TRACE = Pattern.compile(
            "(?!ff|00.{54})[0-9a-f]{2}-((?!0{32})[0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}(-.*)?");

    /** A client may send any word, and each would be a time series of its own. */
    private static final Set<HttpString> KNOWN_METHODS = Set.of(
            Methods.GET, Methods.HEAD, Methods.POST, Methods.PUT, Methods.PATCH, Methods.DELETE, Methods.OPTIONS);

    private static final int MAX_ID_LENGTH = 128;
    private static final String ID_KEY = "request_id";
    private static final String TRACE_KEY = "trace_id";

    private final String id;
    private final @Nullable String trace;
    private final long begun = System.nanoTime();

    /** The nanoseconds until the latest part of the answer was sent; 0 if there is none. */
    private volatile long nanosToAnswer;

    private volatile @Nullable Refused refused;
    private volatile int cutOffWith;
    private volatile long bytesInstead;

    private RequestContext(String id, @Nullable String trace) {
        this.id = id;
        this.trace = trace;
    }

    /** Gives the request a context, and its answer the id. */
    public static RequestContext begin(HttpServerExchange exchange) {
        String given = exchange.getRequestHeaders().getFirst(REQUEST_ID);
        String id = isId(given)
                ? given
                : HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextLong());
        RequestContext context =
                new RequestContext(id, traceOf(exchange.getRequestHeaders().getFirst(TRACE_PARENT)));
        exchange.putAttachment(KEY, context);
        exchange.getResponseHeaders().put(REQUEST_ID, id);
        return context;
    }

    /** Returns the context that {@link #begin} gave the request. */
    public static RequestContext of(HttpServerExchange exchange) {
        return exchange.getAttachment(KEY);
    }

    /** Whether it is 1 to 128 visible ASCII characters. */
    private static boolean isId(@Nullable String id) {
        return id != null
                && !id.isEmpty()
                && id.length() <= MAX_ID_LENGTH
                && id.chars().allMatch(c -> c > ' ' && c <= '~');
    }

    private static @Nullable String traceOf(@Nullable String parent) {
        Matcher matcher = TRACE.matcher(parent == null ? "" : parent);
        return matcher.matches() ? matcher.group(1) : null;
    }

    public String id() {
        return id;
    }

    /** What this thread logs from now on belongs to the request. */
    public void enter() {
        MDC.put(ID_KEY, id);
        if (trace != null) {
            MDC.put(TRACE_KEY, trace);
        }
    }

    /** What this thread logs from now on belongs to no request. */
    public void leave() {
        MDC.remove(ID_KEY);
        if (trace != null) {
            MDC.remove(TRACE_KEY);
        }
    }

    /** Notes that some of the answer is about to be sent. A request that was closed before its handler has no context. */
    public static void answering(HttpServerExchange exchange) {
        RequestContext context = of(exchange);
        if (context != null) {
            context.nanosToAnswer = System.nanoTime() - context.begun;
        }
    }

    /** Notes why the request is refused. */
    public void refuse(@Nullable Refused reason) {
        refused = reason;
    }

    /**
     * Notes that the connection is closed with this status before the handler's answer is complete. The first note counts.
     *
     * @param bytes the length of a body that is sent instead of the handler's
     */
    public void cutOff(int status, long bytes, @Nullable Refused reason) {
        if (cutOffWith == 0) {
            cutOffWith = status;
            bytesInstead = bytes;
            refused = reason;
        }
    }

    /** Describes how the request ended that this context belongs to. */
    public RequestObserver.Ended ended(HttpServerExchange exchange, String route) {
        boolean isAnswered = cutOffWith == 0 && isComplete(exchange);
        return new RequestObserver.Ended(
                route,
                KNOWN_METHODS.contains(exchange.getRequestMethod())
                        ? exchange.getRequestMethod().toString()
                        : RequestObserver.NO_ROUTE,
                cutOffWith != 0 ? cutOffWith : isAnswered ? exchange.getStatusCode() : CLIENT_LEFT,
                exchange.getResponseBytesSent() + bytesInstead,
                // An exchange ends later than its answer if the rest of the request is awaited.
                isAnswered && nanosToAnswer != 0 ? nanosToAnswer : System.nanoTime() - begun,
                refused);
    }

    private static boolean isComplete(HttpServerExchange exchange) {
        return exchange.getRequestMethod().equals(Methods.HEAD)
                || exchange.getResponseBytesSent() >= exchange.getResponseContentLength();
    }
}
