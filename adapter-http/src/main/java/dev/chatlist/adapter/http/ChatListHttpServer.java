package dev.chatlist.adapter.http;

import dev.chatlist.adapter.http.auth.BearerAuthentication;
import dev.chatlist.adapter.http.auth.TokenVerifier;
import dev.chatlist.adapter.http.wire.HttpListener;
import dev.chatlist.adapter.http.wire.Limits;
import dev.chatlist.application.ListMyChats;
import dev.chatlist.application.ListMyRoomIds;
import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import io.undertow.server.handlers.GracefulShutdownHandler;
import io.undertow.server.handlers.HttpContinueReadHandler;
import io.undertow.util.HeaderMap;
import io.undertow.util.Headers;
import io.undertow.util.Methods;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The API on a socket, from {@link #start} to {@link #close}. */
public final class ChatListHttpServer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ChatListHttpServer.class);
    private static final int GRACE_MILLIS = 20_000;

    /** All requests that arrive may together be this part of the heap long. */
    private static final int HEAP_PER_REQUEST_BYTES = 32;

    private final Workers workers;
    private final GracefulShutdownHandler graceful;
    private final HttpListener listener;

    /**
     * Starts listening.
     *
     * @param databaseProbe throws {@link dev.chatlist.application.StorageUnavailableException} if the database doesn't
     *     answer
     * @throws IllegalStateException if it can't listen on the address
     */
    public static ChatListHttpServer start(
            HttpSettings settings,
            TokenVerifier tokens,
            ListMyChats listMyChats,
            ListMyRoomIds listMyRoomIds,
            Runnable databaseProbe) {
        Workers workers = new Workers(settings);
        BearerAuthentication bearer = new BearerAuthentication(tokens);
        ListResponse.Buffers buffers = new ListResponse.Buffers();
        MyChatsHandler myChats = new MyChatsHandler(listMyChats, settings, workers, buffers);
        MyRoomsHandler myRooms = new MyRoomsHandler(listMyRoomIds, buffers);
        HttpHandler chats = workers.running(bearer.authenticating(myChats::handle));
        HttpHandler rooms = workers.running(bearer.authenticating(myRooms::handle));
        HttpHandler ready = workers.running(exchange -> {
            databaseProbe.run();
            Responses.ok(exchange);
        });
        Map<String, Route> routes = Map.of(
                "/my_chats", Route.ofList(Methods.POST_STRING, chats, null),
                "/my_rooms", Route.ofList(Methods.GET_STRING, rooms, List.of()),
                "/livez", Route.ofProbe(Responses::ok),
                "/readyz", Route.ofProbe(ready));
        GracefulShutdownHandler graceful = new GracefulShutdownHandler(exchange -> handle(exchange, routes));
        Cors cors = new Cors(settings.corsOrigins());
        HttpHandler chain = new HttpContinueReadHandler(
                exchange -> answer(exchange, routes.get(exchange.getRequestPath()), cors, graceful));
        return new ChatListHttpServer(workers, graceful, listen(settings, cors, chain, workers));
    }

    /** The outermost handler: every answer has these headers, and every failure is answered. */
    private static void answer(HttpServerExchange exchange, @Nullable Route route, Cors cors, HttpHandler next) {
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
                next.handleRequest(exchange);
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

    private static void handle(HttpServerExchange exchange, Map<String, Route> routes) throws Exception {
        Route route = routes.get(exchange.getRequestPath());
        if (route == null) {
            throw Failure.notFound();
        }
        // HttpString would take "get" for "GET".
        if (!route.methods.contains(exchange.getRequestMethod().toString())) {
            throw Failure.methodNotAllowed(route.methods);
        }
        route.handler.handleRequest(exchange);
    }

    private ChatListHttpServer(Workers workers, GracefulShutdownHandler graceful, HttpListener listener) {
        this.workers = workers;
        this.graceful = graceful;
        this.listener = listener;
    }

    private static HttpListener listen(HttpSettings settings, Cors cors, HttpHandler chain, Workers workers) {
        try {
            return HttpListener.start(
                    new InetSocketAddress(settings.host(), settings.port()),
                    new Limits(
                            settings.maxConnections(),
                            settings.maxBodyBytes(),
                            Runtime.getRuntime().maxMemory() / HEAP_PER_REQUEST_BYTES,
                            settings.receiveTimeout()),
                    cors::lines,
                    chain);
        } catch (IOException | RuntimeException e) {
            workers.close();
            throw new IllegalStateException("can't listen on %s:%d".formatted(settings.host(), settings.port()), e);
        }
    }

    /** The actual port, even if the settings say 0. */
    public int port() {
        return listener.port();
    }

    /** Answers new requests with 503, waits up to 20 seconds for running ones, then stops. */
    @Override
    public void close() {
        graceful.shutdown();
        listener.hurry();
        try {
            if (!graceful.awaitShutdown(GRACE_MILLIS)) {
                LOG.warn("stopping with requests still under way after {} ms", GRACE_MILLIS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        listener.close();
        workers.close();
    }

    /**
     * How a path is served.
     *
     * @param methods the names of its methods
     * @param isCompressible whether the answer depends on Accept-Encoding
     * @param failureData the {@code data} of a failure
     */
    private record Route(
            List<String> methods,
            HttpHandler handler,
            boolean isCompressible,
            @Nullable Object failureData) {
        static Route ofList(String method, HttpHandler handler, @Nullable Object failureData) {
            return new Route(List.of(method), handler, true, failureData);
        }

        static Route ofProbe(HttpHandler handler) {
            return new Route(List.of(Methods.GET_STRING, Methods.HEAD_STRING), handler, false, null);
        }
    }
}
