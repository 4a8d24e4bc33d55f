package dev.chatlist.adapter.http.wire;

import static java.util.Comparator.comparingLong;

import io.undertow.server.HttpServerExchange;
import io.undertow.server.protocol.http.HttpOpenListener;
import io.undertow.server.protocol.http.HttpServerConnection;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.xnio.ChannelListener;
import org.xnio.StreamConnection;

/**
 * The open connections. When there are as many as allowed, a new one takes the place of those that have waited longest
 * for their client. So whoever opens connections and is silent keeps nobody out.
 */
final class Connections implements ChannelListener<StreamConnection> {
    private static final long NANOS_WHEN_CLOSING = TimeUnit.SECONDS.toNanos(1);

    /** Closing a few at a time makes it rarer that all have to be looked at. */
    private static final int FRACTION_CLOSED = 64;

    private final HttpOpenListener next;
    private final int max;
    private final Function<@Nullable String, String> headersForOrigin;
    private final ConcurrentMap<StreamConnection, Connection> open = new ConcurrentHashMap<>();
    private volatile long receiveNanos;

    /** @param headersForOrigin the header fields of an answer to a request of this origin */
    Connections(
            HttpOpenListener next, int max, long receiveNanos, Function<@Nullable String, String> headersForOrigin) {
        this.next = next;
        this.max = max;
        this.receiveNanos = receiveNanos;
        this.headersForOrigin = headersForOrigin;
    }

    @Override
    public void handleEvent(StreamConnection channel) {
        Connection connection = new Connection(channel, headersForOrigin);
        if (open.size() >= max && !closeSomeThatWait()) {
            connection.refuse();
            return;
        }
        channel.getSourceChannel()
                .setConduit(new RequestSource(channel.getSourceChannel().getConduit(), connection));
        channel.getSinkChannel()
                .setConduit(new ResponseSink(channel.getSinkChannel().getConduit(), connection));
        open.put(channel, connection);
        channel.setCloseListener(open::remove);
        next.handleEvent(channel);
    }

    /** @return whether there was any */
    private synchronized boolean closeSomeThatWait() {
        record Waiting(StreamConnection channel, long since) {}
        List<Waiting> longest = open.entrySet().stream()
                .filter(entry -> entry.getValue().isWaiting())
                .map(entry -> new Waiting(entry.getKey(), entry.getValue().since()))
                .sorted(comparingLong(Waiting::since))
                .limit(1 + max / FRACTION_CLOSED)
                .toList();
        longest.forEach(waiting -> closeIfWaiting(waiting.channel));
        return !longest.isEmpty();
    }

    private void closeIfWaiting(StreamConnection channel) {
        Connection connection = open.remove(channel);
        if (connection == null) {
            return;
        }
        inIoThread(channel, () -> {
            if (connection.isWaiting()) {
                connection.close();
            } else {
                // A request has arrived meanwhile.
                open.put(channel, connection);
            }
        });
    }

    /** A handler begins with this request. */
    void begin(HttpServerExchange exchange) {
        Connection connection = open.get(((HttpServerConnection) exchange.getConnection()).getChannel());
        if (connection != null) {
            connection.begin(exchange);
        }
    }

    /** Cuts off the requests that should be complete by now. */
    void cutOffLate() {
        open.forEach((channel, connection) -> {
            if (connection.isLate(receiveNanos)) {
                inIoThread(channel, () -> {
                    if (connection.isLate(receiveNanos)) {
                        connection.cutOff();
                    }
                });
            }
        });
    }

    /** From now on, incomplete requests are cut off after a second. */
    void hurry() {
        receiveNanos = Math.min(receiveNanos, NANOS_WHEN_CLOSING);
    }

    private static void inIoThread(StreamConnection channel, Runnable task) {
        try {
            channel.getIoThread().execute(task);
        } catch (RejectedExecutionException e) {
            // The server stops and closes all connections.
        }
    }
}
