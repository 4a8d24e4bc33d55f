package dev.chatlist.adapter.http;

import dev.chatlist.adapter.http.auth.TokenVerifier;
import dev.chatlist.application.ListMyChats;
import dev.chatlist.application.ListMyRoomIds;
import io.undertow.Undertow;
import io.undertow.UndertowOptions;
import io.undertow.server.HttpHandler;
import io.undertow.server.handlers.GracefulShutdownHandler;
import io.undertow.server.handlers.HttpContinueReadHandler;
import io.undertow.util.HttpString;
import io.undertow.util.Methods;
import java.net.InetSocketAddress;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The API on a socket, from {@link #start} to {@link #close}. */
public final class ChatListHttpServer implements AutoCloseable {
    static final String MY_CHATS = "/my_chats";
    static final String MY_ROOMS = "/my_rooms";

    private static final Logger LOG = LoggerFactory.getLogger(ChatListHttpServer.class);
    private static final int GRACE_MILLIS = 20_000;

    private final Workers workers;
    private final GracefulShutdownHandler graceful;
    private final Undertow undertow;
    private int port;

    /**
     * Listens when it returns.
     *
     * @param databaseProbe asks whether the database answers; throws
     *     {@link dev.chatlist.application.StorageUnavailableException} if it doesn't
     * @throws IllegalStateException if the address can't be listened on
     */
    public static ChatListHttpServer start(
            HttpSettings settings,
            TokenVerifier tokens,
            ListMyChats listMyChats,
            ListMyRoomIds listMyRoomIds,
            Runnable databaseProbe) {
        Workers workers = new Workers(settings);
        BearerAuthentication bearer = new BearerAuthentication(tokens);
        ResponseBody.Buffers buffers = new ResponseBody.Buffers();
        MyChatsHandler myChats = new MyChatsHandler(listMyChats, settings, workers, buffers);
        MyRoomsHandler myRooms = new MyRoomsHandler(listMyRoomIds, buffers);
        HttpHandler routes = oneOf(Map.of(
                MY_CHATS,
                post(workers.running(exchange -> myChats.handle(exchange, bearer.caller(exchange)))),
                MY_ROOMS,
                get(workers.running(exchange -> myRooms.handle(exchange, bearer.caller(exchange)))),
                "/livez",
                get(exchange -> Responses.ok(exchange, null)),
                "/readyz",
                get(workers.running(exchange -> {
                    databaseProbe.run();
                    Responses.ok(exchange, null);
                }))));
        GracefulShutdownHandler graceful = new GracefulShutdownHandler(routes);
        HttpHandler chain = new HttpContinueReadHandler(
                Responses.alwaysEnveloped(new CorsHandler(settings.corsOrigins(), graceful)));
        return new ChatListHttpServer(workers, graceful, undertow(settings, chain)).listen(settings);
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
                // Room for a token of 100 KB to arrive, and to be refused in words.
                .setServerOption(UndertowOptions.MAX_HEADER_SIZE, 256 * 1024)
                // A refused body is read away to its end: so its sender gets to see why, and what is left of it can't
                // be taken for the next request, as it is where Undertow's own limit cuts it off.
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

    private static HttpHandler oneOf(Map<String, Route> routes) {
        return exchange -> {
            Route route = routes.get(exchange.getRequestPath());
            if (route == null) {
                throw Failure.notFound();
            }
            if (!exchange.getRequestMethod().equals(route.method)) {
                throw Failure.methodNotAllowed(route.method);
            }
            route.handler.handleRequest(exchange);
        };
    }

    private static Route get(HttpHandler handler) {
        return new Route(Methods.GET, handler);
    }

    private static Route post(HttpHandler handler) {
        return new Route(Methods.POST, handler);
    }

    /** The port that is listened on, also where the settings said 0. */
    public int port() {
        return port;
    }

    /** Refuses new requests with 503, waits for those under way, 20 seconds at most, then stops. */
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

    private record Route(HttpString method, HttpHandler handler) {}
}
