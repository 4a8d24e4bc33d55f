package dev.chatlist.adapter.http;

import dev.chatlist.adapter.http.auth.BearerAuthentication;
import dev.chatlist.adapter.http.auth.TokenVerifier;
import dev.chatlist.application.ListMyChats;
import dev.chatlist.application.ListMyRoomIds;
import io.undertow.Undertow;
import io.undertow.UndertowOptions;
import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import io.undertow.server.handlers.GracefulShutdownHandler;
import io.undertow.server.handlers.HttpContinueReadHandler;
import io.undertow.util.HeaderMap;
import io.undertow.util.Headers;
import io.undertow.util.HttpString;
import io.undertow.util.Methods;
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

    private final Workers workers;
    private final GracefulShutdownHandler graceful;
    private final Undertow undertow;
    private int port;

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
                "/my_chats", Route.ofList(Methods.POST, chats, null),
                "/my_rooms", Route.ofList(Methods.GET, rooms, List.of()),
                "/livez", Route.ofProbe(Responses::ok),
                "/readyz", Route.ofProbe(ready));
        GracefulShutdownHandler graceful = new GracefulShutdownHandler(exchange -> handle(exchange, routes));
        HttpHandler handlers =
                settings.corsOrigins().isEmpty() ? graceful : new CorsHandler(settings.corsOrigins(), graceful);
        HttpHandler chain = new HttpContinueReadHandler(
                exchange -> answer(exchange, routes.get(exchange.getRequestPath()), handlers));
        return new ChatListHttpServer(workers, graceful, undertow(settings, chain)).listen(settings);
    }

    /** The outermost handler: every answer has these headers, and every failure is answered. */
    private static void answer(HttpServerExchange exchange, @Nullable Route route, HttpHandler next) {
        setHeaders(exchange, route);
        if (route != null && route.failureData != null) {
            exchange.putAttachment(Responses.FAILURE_DATA, route.failureData);
        }
        exchange.addDefaultResponseListener(Responses::failedWithoutBody);
        try {
            next.handleRequest(exchange);
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
        if (!exchange.getRequestMethod().equals(route.method)) {
            throw Failure.methodNotAllowed(route.method);
        }
        route.handler.handleRequest(exchange);
    }

    private ChatListHttpServer(Workers workers, GracefulShutdownHandler graceful, Undertow undertow) {
        this.workers = workers;
        this.graceful = graceful;
        this.undertow = undertow;
    }

    private static Undertow undertow(HttpSettings settings, HttpHandler chain) {
        return Undertow.builder()
                .addHttpListener(settings.port(), settings.host(), chain)
                .setWorkerThreads(1)
                // A token of 100 KB is read, so that it can be refused with a message.
                .setServerOption(UndertowOptions.MAX_HEADER_SIZE, 256 * 1024)
                // A refused body is read to its end: its sender then sees the refusal, and no rest of the body is taken
                // for the next request. Undertow's own limit would cut the body off.
                .setServerOption(UndertowOptions.MAX_ENTITY_SIZE, -1L)
                .setServerOption(UndertowOptions.REQUEST_PARSE_TIMEOUT, 10_000)
                .setServerOption(UndertowOptions.NO_REQUEST_TIMEOUT, 60_000)
                .setServerOption(UndertowOptions.IDLE_TIMEOUT, 60_000)
                .setServerOption(UndertowOptions.ALWAYS_SET_KEEP_ALIVE, false)
                .setServerOption(UndertowOptions.SHUTDOWN_TIMEOUT, 1_000)
                .build();
    }

    private ChatListHttpServer listen(HttpSettings settings) {
        try {
            undertow.start();
            port = ((InetSocketAddress) undertow.getListenerInfo().get(0).getAddress()).getPort();
            return this;
        } catch (RuntimeException e) {
            undertow.stop();
            workers.close();
            throw new IllegalStateException("can't listen on %s:%d".formatted(settings.host(), settings.port()), e);
        }
    }

    /** The actual port, even if the settings say 0. */
    public int port() {
        return port;
    }

    /** Answers new requests with 503, waits up to 20 seconds for running ones, then stops. */
    @Override
    public void close() {
        graceful.shutdown();
        try {
            if (!graceful.awaitShutdown(GRACE_MILLIS)) {
                LOG.warn("stopping with requests still under way after {} ms", GRACE_MILLIS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        undertow.stop();
        workers.close();
    }

    /**
     * How a path is served.
     *
     * @param isCompressible whether the answer depends on Accept-Encoding
     * @param failureData the {@code data} of a failure
     */
    private record Route(
            HttpString method,
            HttpHandler handler,
            boolean isCompressible,
            @Nullable Object failureData) {
        static Route ofList(HttpString method, HttpHandler handler, @Nullable Object failureData) {
            return new Route(method, handler, true, failureData);
        }

        static Route ofProbe(HttpHandler handler) {
            return new Route(Methods.GET, handler, false, null);
        }
    }
}
