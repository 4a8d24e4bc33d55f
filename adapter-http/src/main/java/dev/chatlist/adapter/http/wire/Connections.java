package dev.chatlist.adapter.http.wire;

import static java.util.Comparator.comparingLong;

import io.undertow.server.HttpServerExchange;
import io.undertow.server.protocol.http.HttpOpenListener;
import io.undertow.server.protocol.http.HttpServerConnection;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.xnio.ChannelListener;
import org.xnio.StreamConnection;

/**
 * The open connections. When there are as many as allowed, a new one takes the place of those that have waited longest
 * for their client. So whoever opens connections and is silent keeps nobody out. When their requests take too much
 * memory, the largest that haven't arrived yet are closed.
 */
final class Connections implements ChannelListener<StreamConnection>, Connection.Memory {
    private static final long USUAL_BYTES = 4096;

    private static final long NANOS_WHEN_CLOSING = TimeUnit.SECONDS.toNanos(1);

    /** Closing a few at a time makes it rarer that all have to be looked at. */
    private static final int FRACTION_CLOSED = 64;

    private final HttpOpenListener next;
    private final Limits limits;
    private final int max;
    private final Refusal.Answers refusals;
    private final ConcurrentMap<StreamConnection, Connection> open = new ConcurrentHashMap<>();
    private final AtomicLong held = new AtomicLong();

    /**
     * What connections hold that were closed lately. Their memory is needed until their threads have looked at all
     * connections once.
     */
    private final AtomicLong closed = new AtomicLong();

    private long closedEarlier;
    private volatile long receiveNanos;

    /** What is compared must not change meanwhile. */
    private record Waiting(StreamConnection channel, Connection connection, long since, long held) {}

    Connections(HttpOpenListener next, Limits limits, Refusal.Answers refusals) {
        this.next = next;
        this.limits = limits;
        this.refusals = refusals;
        max = OpenFiles.connections(limits.connections());
        receiveNanos = limits.receiveTimeout().toNanos();
    }

    int count() {
        return open.size();
    }

    int max() {
        return max;
    }

    @Override
    public void handleEvent(StreamConnection channel) {
        Connection connection = new Connection(channel, refusals, this, limits.bodyBytes());
        if (open.size() >= max && !closeSomeThatWait()) {
            connection.refuse();
            return;
        }
        channel.getSourceChannel()
                .setConduit(new RequestSource(channel.getSourceChannel().getConduit(), connection));
        channel.getSinkChannel()
                .setConduit(new ResponseSink(channel.getSinkChannel().getConduit(), connection));
        open.put(channel, connection);
        channel.setCloseListener(closing -> {
            open.remove(closing);
            closed.addAndGet(connection.release());
        });
        next.handleEvent(channel);
    }

    /** @return whether there was any */
    private synchronized boolean closeSomeThatWait() {
        List<Waiting> longest = waiting(comparingLong(Waiting::since))
                .limit(1 + max / FRACTION_CLOSED)
                .toList();
        longest.forEach(this::closeIfWaiting);
        return !longest.isEmpty();
    }

    @Override
    public boolean take(long more, long heldThen) {
        long all = held.addAndGet(more);
        if (all - closed.get() > limits.requestBytes()) {
            closeSomeThatHold();
        }
        // Usual requests find room when longer ones don't any more.
        return all <= limits.requestBytes() * (heldThen <= USUAL_BYTES ? 3 : 2);
    }

    @Override
    public void giveBack(long bytes) {
        held.addAndGet(-bytes);
    }

    /** The largest requests that are still incomplete give way, so that usual ones find room. */
    private synchronized void closeSomeThatHold() {
        long enough = limits.requestBytes() - limits.requestBytes() / 4;
        for (Waiting waiting : waiting(comparingLong(Waiting::held).reversed()).toList()) {
            if (held.get() - closed.get() <= enough) {
                return;
            }
            closeIfWaiting(waiting);
        }
    }

    private Stream<Waiting> waiting(Comparator<Waiting> order) {
        return open.entrySet().stream()
                .filter(entry -> entry.getValue().isWaiting())
                .map(entry -> new Waiting(
                        entry.getKey(),
                        entry.getValue(),
                        entry.getValue().since(),
                        entry.getValue().held()))
                .sorted(order);
    }

    private void closeIfWaiting(Waiting waiting) {
        StreamConnection channel = waiting.channel;
        Connection connection = waiting.connection;
        if (!open.remove(channel, connection)) {
            return;
        }
        closed.addAndGet(connection.release());
        inIoThread(channel, () -> {
            if (connection.isWaiting()) {
                connection.close();
            } else {
                // The request is complete meanwhile.
                add(channel, connection);
            }
        });
    }

    private void add(StreamConnection channel, Connection connection) {
        open.put(channel, connection);
        if (!channel.isOpen()) {
            open.remove(channel);
        }
    }

    /** A handler is about to begin with this request. Returns false if the connection had to be closed instead. */
    boolean begin(HttpServerExchange exchange) {
        Connection connection = open.get(((HttpServerConnection) exchange.getConnection()).getChannel());
        return connection == null || connection.begin(exchange);
    }

    /** Cuts off the requests that should be complete by now. To be called a few times a second. */
    void cutOffLate() {
        held.addAndGet(-closedEarlier);
        closedEarlier = closed.addAndGet(-closedEarlier);
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
