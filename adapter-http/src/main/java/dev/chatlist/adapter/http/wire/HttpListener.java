package dev.chatlist.adapter.http.wire;

import dev.chatlist.adapter.http.observation.RequestObserver;
import io.undertow.UndertowOptions;
import io.undertow.server.DefaultByteBufferPool;
import io.undertow.server.HttpHandler;
import io.undertow.server.protocol.http.HttpOpenListener;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.xnio.ChannelListeners;
import org.xnio.IoUtils;
import org.xnio.OptionMap;
import org.xnio.Options;
import org.xnio.StreamConnection;
import org.xnio.Xnio;
import org.xnio.XnioWorker;
import org.xnio.channels.AcceptingChannel;

/**
 * Serves HTTP on a port. This is what {@link io.undertow.Undertow} does too, but here connections are counted, and what
 * is read and written can be seen.
 */
public final class HttpListener implements AutoCloseable {
    /** What Undertow takes by default: large enough for most requests and answers, less than 16 KiB with TLS. */
    private static final int BUFFER_BYTES = 16 * 1024 - 20;

    private static final int BUFFERS_PER_THREAD = 4;
    private static final int BACKLOG = 1000;

    /** An idle connection may be kept this long. */
    private static final int IDLE_MILLIS = 60_000;

    /** Connections beyond the limit that may be open for the moment in which others are closed for them. */
    private static final int MORE_CONNECTIONS = 32;

    private static final long STOP_MILLIS = 1_000;

    private final XnioWorker worker;
    private final HttpOpenListener http;
    private final Connections connections;
    private @Nullable AcceptingChannel<StreamConnection> acceptor;

    /**
     * Starts listening.
     *
     * @param headersForOrigin the header fields, each with its line end, of an answer to a request of this origin that
     *     no handler sees
     * @param observers are told of requests that no handler sees
     * @throws IOException if it can't listen on the address
     */
    public static HttpListener start(
            InetSocketAddress address,
            Limits limits,
            Function<@Nullable String, String> headersForOrigin,
            List<RequestObserver> observers,
            HttpHandler root)
            throws IOException {
        Refusal.Answers refusals = new Refusal.Answers(headersForOrigin, observers);
        HttpListener listener = new HttpListener(limits, refusals, root);
        try {
            listener.listen(address, limits.receiveTimeout());
            return listener;
        } catch (IOException | RuntimeException e) {
            listener.close();
            throw e;
        }
    }

    private HttpListener(Limits limits, Refusal.Answers refusals, HttpHandler root) throws IOException {
        worker = Xnio.getInstance(HttpListener.class.getClassLoader())
                .createWorker(OptionMap.builder()
                        .set(
                                Options.WORKER_IO_THREADS,
                                Math.max(Runtime.getRuntime().availableProcessors(), 2))
                        .set(Options.WORKER_TASK_CORE_THREADS, 1)
                        .set(Options.WORKER_TASK_MAX_THREADS, 1)
                        .getMap());
        http = new HttpOpenListener(
                new DefaultByteBufferPool(true, BUFFER_BYTES, -1, BUFFERS_PER_THREAD),
                options(limits.receiveTimeout()));
        connections = new Connections(http, limits, refusals);
        http.setRootHandler(exchange -> {
            if (connections.begin(exchange)) {
                root.handleRequest(exchange);
            }
        });
    }

    private static OptionMap options(Duration receiveTimeout) {
        return OptionMap.builder()
                .set(UndertowOptions.MAX_HEADER_SIZE, Connection.MAX_HEAD_BYTES)
                // Undertow would cut off a refused body. Connection limits it.
                .set(UndertowOptions.MAX_ENTITY_SIZE, -1L)
                // Connections cuts off earlier, with an answer. This is for a head that arrived with the request
                // before.
                .set(UndertowOptions.REQUEST_PARSE_TIMEOUT, (int) receiveTimeout.toMillis() + 1_000)
                .set(UndertowOptions.NO_REQUEST_TIMEOUT, IDLE_MILLIS)
                .set(UndertowOptions.ALWAYS_SET_KEEP_ALIVE, false)
                .getMap();
    }

    private void listen(InetSocketAddress address, Duration receiveTimeout) throws IOException {
        int highWater = connections.max() + MORE_CONNECTIONS;
        OptionMap options = OptionMap.builder()
                .set(Options.TCP_NODELAY, true)
                .set(Options.REUSE_ADDRESSES, true)
                .set(Options.BACKLOG, BACKLOG)
                .set(Options.CONNECTION_HIGH_WATER, highWater)
                .set(Options.CONNECTION_LOW_WATER, highWater)
                .getMap();
        acceptor = worker.createStreamConnectionServer(
                address, ChannelListeners.openListenerAdapter(connections), options);
        acceptor.resumeAccepts();
        long interval = Math.min(250, Math.max(10, receiveTimeout.toMillis() / 4));
        worker.getIoThread().executeAtInterval(connections::cutOffLate, interval, TimeUnit.MILLISECONDS);
    }

    /** The actual port, even if 0 was asked for. */
    public int port() {
        return acceptor == null
                ? 0
                : acceptor.getLocalAddress(InetSocketAddress.class).getPort();
    }

    /** How many connections are open. */
    public int connections() {
        return connections.count();
    }

    /** From now on, requests must be complete within a second. */
    public void hurry() {
        connections.hurry();
    }

    /** Closes the port and all connections. A second call does nothing. */
    @Override
    public void close() {
        if (worker.isShutdown()) {
            return;
        }
        IoUtils.safeClose(acceptor);
        http.closeConnections();
        worker.shutdown();
        try {
            if (!worker.awaitTermination(STOP_MILLIS, TimeUnit.MILLISECONDS)) {
                worker.shutdownNow();
            }
        } catch (InterruptedException e) {
            worker.shutdownNow();
            Thread.currentThread().interrupt();
        }
    }
}
