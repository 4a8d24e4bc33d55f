package dev.chatlist.adapter.http;

import dev.chatlist.adapter.http.observation.RequestContext;
import dev.chatlist.adapter.http.observation.RequestObserver;
import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import io.undertow.server.handlers.GracefulShutdownHandler;
import io.undertow.server.handlers.HttpContinueReadHandler;
import io.undertow.util.HeaderMap;
import io.undertow.util.Headers;
import io.undertow.util.Methods;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What every request goes through before the handler of its route, and every answer on its way back: all have the same
 * headers, every failure is answered, and the observers are told how it ended.
 */
final class RequestChain implements HttpHandler {
    private final Map<String, Route> routes;
    private final String hint;
    private final Cors cors;
    private final List<RequestObserver> observers;
    private final GracefulShutdownHandler graceful = new GracefulShutdownHandler(this::handle);
    private final HttpHandler first = new HttpContinueReadHandler(this::answer);

    /**
     * How a path is served.
     *
     * @param methods the names of its methods
     * @param isCompressible whether the answer depends on Accept-Encoding
     * @param failureData the {@code data} of a failure
     */
    record Route(
            List<String> methods,
            HttpHandler handler,
            boolean isCompressible,
            @Nullable Object failureData) {
        static Route ofList(String method, HttpHandler handler, @Nullable Object failureData) {
            return new Route(List.of(method), handler, true, failureData);
        }

        static Route ofGet(HttpHandler handler) {
            return new Route(List.of(Methods.GET_STRING, Methods.HEAD_STRING), handler, false, null);
        }
    }

    /**
     * A chain that ends at these routes.
     *
     * @param routes by path
     * @param hint what to try, for a request to any other path
     */
    RequestChain(Map<String, Route> routes, String hint, Cors cors, List<RequestObserver> observers) {
        this.routes = routes;
        this.hint = hint;
        this.cors = cors;
        this.observers = observers;
    }

    /** Lets running requests end, and refuses new ones. */
    GracefulShutdownHandler graceful() {
        return graceful;
    }

    @Override
    public void handleRequest(HttpServerExchange exchange) throws Exception {
        RequestContext context = RequestContext.begin(exchange);
        if (!observers.isEmpty()) {
            observe(exchange, context);
        }
        context.enter();
        try {
            first.handleRequest(exchange);
        } finally {
            context.leave();
        }
    }

    private void observe(HttpServerExchange exchange, RequestContext context) {
        exchange.addExchangeCompleteListener((ended, next) -> {
            try {
                context.enter();
                String path = ended.getRequestPath();
                String route = routes.containsKey(path) ? path : RequestObserver.NO_ROUTE;
                RequestObserver.Ended request = context.ended(ended, route);
                observers.forEach(observer -> observer.ended(request));
            } finally {
                context.leave();
                next.proceed();
            }
        });
    }

    private void answer(HttpServerExchange exchange) {
        Route route = routes.get(exchange.getRequestPath());
        setHeaders(exchange, route);
        if (route != null && route.failureData != null) {
            exchange.putAttachment(Responses.FAILURE_DATA, route.failureData);
        }
        exchange.addDefaultResponseListener(Responses::failedWithoutBody);
        try {
            cors.mark(exchange);
            RequestCheck.check(exchange);
            if (cors.isPreflight(exchange)) {
                cors.answerPreflight(exchange);
            } else {
                graceful.handleRequest(exchange);
            }
        } catch (Throwable e) {
            Responses.failed(exchange, e);
        }
    }

    private static void setHeaders(HttpServerExchange exchange, @Nullable Route route) {
        HeaderMap headers = exchange.getResponseHeaders();
        if (route != null && route.isCompressible) {
            headers.put(Headers.VARY, "Accept-Encoding");
        }
        headers.put(Headers.CONTENT_TYPE, "application/json")
                .put(Headers.CACHE_CONTROL, "no-store")
                .put(Headers.X_CONTENT_TYPE_OPTIONS, "nosniff");
    }

    private void handle(HttpServerExchange exchange) throws Exception {
        Route route = routes.get(exchange.getRequestPath());
        if (route == null) {
            throw Failure.notFound(hint);
        }
        // HttpString would take "get" for "GET".
        if (!route.methods.contains(exchange.getRequestMethod().toString())) {
            throw Failure.methodNotAllowed(route.methods);
        }
        route.handler.handleRequest(exchange);
    }
}
