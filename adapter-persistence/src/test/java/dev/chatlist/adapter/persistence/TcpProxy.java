package dev.chatlist.adapter.persistence;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * A network between a client and a server that a test can break: it forwards connections to a port, until it is told
 * to stall them, to drop them, to let through little, or to forward new ones to another server.
 */
public final class TcpProxy implements AutoCloseable {
    private final ServerSocket listener;
    private final List<Link> links = new CopyOnWriteArrayList<>();
    private volatile int target;
    private volatile boolean refuses;
    private volatile boolean stallsNew;

    /** @param target the port on this machine to forward connections to */
    public TcpProxy(int target) throws IOException {
        this.target = target;
        listener = new ServerSocket(0, 200, InetAddress.getLoopbackAddress());
        start(this::accept);
    }

    public int port() {
        return listener.getLocalPort();
    }

    /** Forwards new connections to another port, as a name or an address that has moved does. Old ones stay. */
    public void pointTo(int port) {
        target = port;
    }

    /** Nothing is forwarded on the connections of now, and nobody is told. */
    public void stall() {
        links.forEach(link -> link.stalled = true);
    }

    /** New connections are accepted, and nothing is forwarded on them. */
    public void stallNew(boolean stalls) {
        stallsNew = stalls;
    }

    /** New connections are reset. */
    public void refuseNew(boolean refuses) {
        this.refuses = refuses;
    }

    /** Forwards again what {@link #stall} and {@link #dribble} have held back. */
    public void resume() {
        links.forEach(link -> {
            link.bytesPerSecond = 0;
            link.stalled = false;
        });
    }

    /** The connections of now get so few bytes of the server's answers. */
    public void dribble(int bytesPerSecond) {
        links.forEach(link -> link.bytesPerSecond = bytesPerSecond);
    }

    /** Resets the connections of now. */
    public void drop() {
        List<Link> dropped = new ArrayList<>(links);
        dropped.forEach(Link::reset);
        links.removeAll(dropped);
    }

    /** How many connections are open. */
    public int connections() {
        return links.size();
    }

    private void accept() {
        try {
            while (true) {
                Socket client = listener.accept();
                if (refuses) {
                    resetOf(client);
                    continue;
                }
                try {
                    links.add(new Link(client, new Socket(InetAddress.getLoopbackAddress(), target)));
                } catch (IOException e) {
                    resetOf(client);
                }
            }
        } catch (IOException e) {
            // Closed.
        }
    }

    private static void start(Runnable work) {
        Thread thread = new Thread(work, "proxy");
        thread.setDaemon(true);
        thread.start();
    }

    private static void resetOf(Socket socket) {
        try {
            socket.setSoLinger(true, 0);
            socket.close();
        } catch (IOException e) {
            // Closed already.
        }
    }

    @Override
    public void close() throws IOException {
        listener.close();
        drop();
    }

    private final class Link {
        private static final long PAUSE_MILLIS = 5;

        private final Socket client;
        private final Socket server;
        private volatile boolean stalled = stallsNew;
        private volatile int bytesPerSecond;
        private volatile boolean closed;

        Link(Socket client, Socket server) throws IOException {
            this.client = client;
            this.server = server;
            client.setTcpNoDelay(true);
            server.setTcpNoDelay(true);
            start(() -> forward(client, server, false));
            start(() -> forward(server, client, true));
        }

        private void forward(Socket from, Socket to, boolean isAnswer) {
            byte[] buffer = new byte[8192];
            try (InputStream in = from.getInputStream();
                    OutputStream out = to.getOutputStream()) {
                for (int length = in.read(buffer); length >= 0; length = in.read(buffer)) {
                    for (int sent = 0; sent < length; ) {
                        int part = isAnswer ? awaitTurn(length - sent) : awaitTurn() ? length - sent : 0;
                        out.write(buffer, sent, part);
                        sent += part;
                    }
                }
            } catch (IOException e) {
                // One side has ended; so does the other, unless nothing may pass.
            } finally {
                endWhenForwarding();
            }
        }

        /** A stalled network doesn't pass on the end of a connection either. */
        private void endWhenForwarding() {
            try {
                awaitTurn();
            } catch (IOException e) {
                // Reset already.
            }
            links.remove(this);
            reset();
        }

        /** Returns how many of so many bytes may pass now. */
        private int awaitTurn(int length) throws IOException {
            awaitTurn();
            int rate = bytesPerSecond;
            if (rate == 0) {
                return length;
            }
            sleep(1000 / rate);
            return awaitTurn() ? 1 : 0;
        }

        private boolean awaitTurn() throws IOException {
            while (stalled) {
                sleep(PAUSE_MILLIS);
            }
            return true;
        }

        private void sleep(long millis) throws IOException {
            if (closed) {
                throw new IOException("reset");
            }
            try {
                Thread.sleep(millis);
            } catch (InterruptedException e) {
                throw new IOException(e);
            }
        }

        void reset() {
            closed = true;
            resetOf(client);
            resetOf(server);
        }
    }
}
