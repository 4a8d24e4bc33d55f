package dev.chatlist.adapter.http;

import static java.util.Objects.requireNonNull;

import dev.chatlist.adapter.http.RequestChain.Route;
import dev.chatlist.adapter.http.auth.BearerAuthentication;
import dev.chatlist.adapter.http.auth.TokenVerifier;
import dev.chatlist.adapter.http.encoding.EncodedChats;
import dev.chatlist.adapter.http.observation.RequestObserver;
import dev.chatlist.adapter.http.wire.HttpListener;
import dev.chatlist.adapter.http.wire.Limits;
import dev.chatlist.application.ListMyChats;
import dev.chatlist.application.ListMyRoomIds;
import dev.chatlist.application.sync.SyncMyChats;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.undertow.server.HttpHandler;
import io.undertow.util.Headers;
import io.undertow.util.Methods;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.Timer;
import java.util.TimerTask;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The API on a socket, until {@link #close}. As a meter binder, it measures what is held and waits. */
public final class ChatListHttpServer implements MeterBinder, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ChatListHttpServer.class);
    private static final int GRACE_MILLIS = 20_000;

    /** All requests that arrive may together be this part of the heap long. */
    private static final int HEAP_PER_REQUEST_BYTES = 32;

    /** More probes than this at a time come from no monitor. */
    private static final int MAX_QUEUED_PROBES = 1000;

    private static final Duration PROBE_TIMEOUT = Duration.ofMillis(800);
    private static final long LATE_MILLIS = 20;
    private static final int MAX_MANAGEMENT_CONNECTIONS = 100;
    private static final int MAX_MANAGEMENT_BODY_BYTES = 1024;
    private static final Route LIVE = Route.ofGet(exchange -> Responses.ok(exchange, "ok"));

    private final HttpSettings settings;
    private final Memory memory;
    private final Workers workers;
    private final Workers probes;
    private final SlowReaders slowReaders = new SlowReaders();
    private final BearerAuthentication bearer;
    private final EncodedChats encoded;
    private final Supplier<String> databaseProbe;
    private final Timer timer;
    private final AtomicBoolean isDraining = new AtomicBoolean();
    private final AtomicBoolean isClosed = new AtomicBoolean();
    private final RequestChain chain;
    private final HttpListener listener;
    private @Nullable HttpListener management;

    /**
     * Starts listening.
     *
     * @param databaseProbe returns the message of {@code /readyz}; throws {@link
     *     dev.chatlist.application.StorageUnavailableException} if the database can't serve requests
     * @param files what to serve beside the API, by path
     * @param observers are told of every request that ended
     * @throws IllegalStateException if it can't listen on the address
     */
    public ChatListHttpServer(
            HttpSettings settings,
            TokenVerifier tokens,
            ListMyChats listMyChats,
            SyncMyChats syncMyChats,
            ListMyRoomIds listMyRoomIds,
            Supplier<String> databaseProbe,
            Map<String, StaticFile> files,
            List<RequestObserver> observers) {
        this.settings = settings;
        this.databaseProbe = databaseProbe;
        memory = new Memory(settings.responseBytes(), settings.maxConcurrentRequests());
        workers = new Workers(
                "chatlist-http-worker-",
                settings.maxConcurrentRequests(),
                settings.maxQueuedRequests(),
                settings.requestTimeout(),
                memory);
        probes = new Workers("chatlist-http-probe-", 1, MAX_QUEUED_PROBES, PROBE_TIMEOUT, memory);
        bearer = new BearerAuthentication(tokens);
        encoded = new EncodedChats(settings.encodedCacheBytes());
        MyChatsHandler myChats =
                new MyChatsHandler(listMyChats, syncMyChats, bearer, settings, workers, slowReaders, encoded);
        MyRoomsHandler myRooms = new MyRoomsHandler(listMyRoomIds, bearer, workers, slowReaders);
        Map<String, Route> routes = StaticFile.routes(files, slowReaders);
        routes.putAll(Map.of(
                "/my_chats", Route.ofList(Methods.POST_STRING, myChats::handle, null),
                "/my_rooms", Route.ofList(Methods.GET_STRING, myRooms::handle, List.of()),
                "/livez", LIVE,
                "/readyz", ready()));
        Cors cors = new Cors(settings.corsOrigins());
        chain = new RequestChain(routes, "POST /my_chats or GET /my_rooms", cors, observers);
        listener = listen(
                settings.host(),
                settings.port(),
                new Limits(
                        settings.maxConnections(),
                        settings.maxBodyBytes(),
                        Runtime.getRuntime().maxMemory() / HEAP_PER_REQUEST_BYTES,
                        settings.receiveTimeout()),
                cors,
                chain,
                observers);
        timer = new Timer("chatlist-http-timer", true);
        every(Duration.ofMillis(LATE_MILLIS), () -> List.of(workers, probes).forEach(Workers::answerLate));
        every(SlowReaders.INTERVAL, slowReaders::look);
    }

    private Route ready() {
        return Route.ofGet(exchange -> probes.run(exchange, unused -> {
            unused.release();
            if (isDraining.get()) {
                throw Failure.stopping();
            }
            String msg = databaseProbe.get();
            return sent -> Responses.ok(sent, msg);
        }));
    }

    private static HttpListener listen(
            String host, int port, Limits limits, Cors cors, HttpHandler handler, List<RequestObserver> observers) {
        try {
            return HttpListener.start(new InetSocketAddress(host, port), limits, cors::lines, observers, handler);
        } catch (IOException | RuntimeException e) {
            throw HttpSettings.cannotListen(host, port, e);
        }
    }

    /**
     * Also serves what operators need, on an address of its own: {@code /metrics}, {@code /version}, {@code /livez} and
     * {@code /readyz}. It needs no token, so the address must not be one that everybody can reach.
     *
     * @param version the text of {@code /version}
     * @param metrics makes the text of {@code /metrics}, in Prometheus' format; must not block
     * @throws IllegalStateException if it can't listen on the address
     */
    public void serveManagement(String host, int port, String version, Supplier<String> metrics) {
        HttpHandler scrape = exchange -> {
            exchange.getResponseHeaders().put(Headers.CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8");
            exchange.getResponseSender().send(metrics.get());
        };
        Map<String, Route> routes = Map.of(
                "/metrics", Route.ofGet(scrape),
                "/version", Route.ofGet(exchange -> Responses.ok(exchange, version)),
                "/livez", LIVE,
                "/readyz", ready());
        Limits limits = new Limits(
                MAX_MANAGEMENT_CONNECTIONS,
                MAX_MANAGEMENT_BODY_BYTES,
                MAX_MANAGEMENT_CONNECTIONS * MAX_MANAGEMENT_BODY_BYTES,
                settings.receiveTimeout());
        Cors none = new Cors(Set.of());
        String hint = "/metrics, /version, /livez or /readyz";
        management = listen(host, port, limits, none, new RequestChain(routes, hint, none, List.of()), List.of());
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        Gauge.builder("chatlist.requests.queued", workers, Workers::queued)
                .description("Requests that wait for a thread.")
                .register(registry);
        Gauge.builder("chatlist.requests.unanswered", workers, Workers::unanswered)
                .description("Requests that have no answer yet, those that wait included.")
                .register(registry);
        Gauge.builder("chatlist.answers.memory", memory, Memory::used)
                .description("What answers take until clients have read them. The limit is --response-memory.")
                .baseUnit("bytes")
                .register(registry);
        Gauge.builder("chatlist.connections.open", listener, HttpListener::connections)
                .description("Connections that are open.")
                .register(registry);
        encoded.bindTo(registry);
        bearer.bindTo(registry);
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

    /** The actual port, even if the settings say 0. */
    public int port() {
        return listener.port();
    }

    /** The actual port of the management address, which must be served. */
    public int managementPort() {
        return requireNonNull(management, "not served").port();
    }

    /** Fails {@code /readyz} from now on, and returns after that time. Serves all other requests as before. */
    public void drain(Duration time) {
        isDraining.set(true);
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
        chain.graceful().shutdown();
        listener.hurry();
        try {
            every(SlowReaders.INTERVAL_WHEN_CLOSING, slowReaders::look);
            if (!chain.graceful().awaitShutdown(GRACE_MILLIS)) {
                LOG.warn("stopping with requests still under way after {} ms", GRACE_MILLIS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        listener.close();
        if (management != null) {
            management.close();
        }
        workers.close();
        probes.close();
        timer.cancel();
    }
}
