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
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Timer;
import java.util.TimerTask;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The API on a socket, from {@link #start} to {@link #close}. */
public final class ChatListHttpServer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ChatListHttpServer.class);
    private static final int GRACE_MILLIS = 20_000;

    /** All requests that arrive may together be this part of the heap long. */
    private static final int HEAP_PER_REQUEST_BYTES = 32;

    /** More probes than this at a time come from no monitor. */
    private static final int MAX_QUEUED_PROBES = 1000;

    private static final Duration PROBE_TIMEOUT = Duration.ofMillis(800);
    private static final long LATE_MILLIS = 20;

    private final List<Workers> workers;
    private final SlowReaders slowReaders;
    private final Timer timer = new Timer("chatlist-http-timer", true);
    private final AtomicBoolean draining;
    private final AtomicBoolean isClosed = new AtomicBoolean();
    private final GracefulShutdownHandler graceful;
    private final HttpListener listener;

    /**
     * Starts listening.
     *
     * @param databaseProbe returns the message of {@code /readyz}; throws {@link
     *     dev.chatlist.application.StorageUnavailableException} if the database can't serve requests
     * @throws IllegalStateException if it can't listen on the address
     */
    public static ChatListHttpServer start(
            HttpSettings settings,
            TokenVerifier tokens,
            ListMyChats listMyChats,
            ListMyRoomIds listMyRoomIds,
            Supplier<String> databaseProbe) {
        Memory memory = new Memory(settings.responseBytes(), settings.maxConcurrentRequests());
        Workers workers = new Workers(
                "chatlist-http-worker-",
                settings.maxConcurrentRequests(),
                settings.maxQueuedRequests(),
                settings.requestTimeout(),
                memory);
        Workers probes = new Workers("chatlist-http-probe-", 1, MAX_QUEUED_PROBES, PROBE_TIMEOUT, memory);
        SlowReaders slowReaders = new SlowReaders();
        BearerAuthentication bearer = new BearerAuthentication(tokens);
        MyChatsHandler myChats = new MyChatsHandler(listMyChats, bearer, settings, workers, slowReaders);
        MyRoomsHandler myRooms = new MyRoomsHandler(listMyRoomIds, bearer, workers, slowReaders);
        AtomicBoolean draining = new AtomicBoolean();
        HttpHandler ready = exchange -> probes.run(exchange, unused -> {
            unused.release();
            if (draining.get()) {
                throw Failure.tooBusy();
            }
            String msg = databaseProbe.get();
            return sent -> Responses.ok(sent, msg);
        });
        Map<String, Route> routes = Map.of(
                "/my_chats", Route.ofList(Methods.POST_STRING, myChats::handle, null),
                "/my_rooms", Route.ofList(Methods.GET_STRING, myRooms::handle, List.of()),
                "/livez", Route.ofProbe(exchange -> Responses.ok(exchange, "ok")),
                "/readyz", Route.ofProbe(ready));
        GracefulShutdownHandler graceful = new GracefulShutdownHandler(exchange -> handle(exchange, routes));
        Cors cors = new Cors(settings.corsOrigins());
        HttpHandler chain = new HttpContinueReadHandler(
                exchange -> answer(exchange, routes.get(exchange.getRequestPath()), cors, graceful));
        List<Workers> threads = List.of(workers, probes);
        return new ChatListHttpServer(threads, slowReaders, draining, graceful, listen(settings, cors, chain, threads));
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

    private ChatListHttpServer(
            List<Workers> workers,
            SlowReaders slowReaders,
            AtomicBoolean draining,
            GracefulShutdownHandler graceful,
            HttpListener listener) {
        this.workers = workers;
        this.slowReaders = slowReaders;
        this.draining = draining;
        every(Duration.ofMillis(LATE_MILLIS), () -> workers.forEach(Workers::answerLate));
        every(SlowReaders.INTERVAL, slowReaders::look);
        this.graceful = graceful;
        this.listener = listener;
    }

    private void every(Duration interval, Runnable task) {
        TimerTask repeated = new TimerTask() {
            @Override
            public void run() {
                try {
                    task.run();
                } catch (RuntimeException e) {
                    // It would end the timer.
                    LOG.error("a task of the timer failed", e);
                }
            }
        };
        timer.schedule(repeated, interval.toMillis(), interval.toMillis());
    }

    private static HttpListener listen(HttpSettings settings, Cors cors, HttpHandler chain, List<Workers> workers) {
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
            workers.forEach(Workers::close);
            throw settings.cannotListen(e);
        }
    }

    /** The actual port, even if the settings say 0. */
    public int port() {
        return listener.port();
    }

    /** Fails {@code /readyz} from now on, and returns after that time. Serves all other requests as before. */
    public void drain(Duration time) {
        draining.set(true);
        try {
            Thread.sleep(time.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Answers new requests with 503, waits up to 20 seconds for running ones, then stops. */
    @Override
    public void close() {
        if (isClosed.getAndSet(true)) {
            return;
        }
        graceful.shutdown();
        listener.hurry();
        try {
            every(SlowReaders.INTERVAL_WHEN_CLOSING, slowReaders::look);
            if (!graceful.awaitShutdown(GRACE_MILLIS)) {
                LOG.warn("stopping with requests still under way after {} ms", GRACE_MILLIS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        listener.close();
        workers.forEach(Workers::close);
        timer.cancel();
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
