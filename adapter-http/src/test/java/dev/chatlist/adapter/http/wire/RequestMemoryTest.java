package dev.chatlist.adapter.http.wire;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.undertow.server.HttpHandler;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Requests that haven't arrived can't fill the memory, although they need no token. */
@Timeout(30)
class RequestMemoryTest {
    private static final int ONE = 100_000;
    private static final Limits LIMITS = new Limits(1000, ONE, 10L * ONE, Duration.ofSeconds(20));
    private static final HttpHandler OK =
            exchange -> exchange.getResponseSender().send("ok");

    private final List<Socket> sockets = new ArrayList<>();

    @AfterEach
    void closeSockets() throws IOException {
        for (Socket socket : sockets) {
            socket.close();
        }
    }

    @Test
    void longHeadsGiveWay() throws Exception {
        assertThatMostAreClosed("GET / HTTP/1.1\r\nHost: x\r\nX: " + "a".repeat(ONE));
    }

    @Test
    void longBodiesGiveWay() throws Exception {
        assertThatMostAreClosed("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\na".formatted(ONE));
    }

    private void assertThatMostAreClosed(String incomplete) throws Exception {
        try (HttpListener listener = HttpListener.start(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), LIMITS, origin -> "", List.of(), OK)) {
            Socket idle = connect(listener);
            assertAnswered(idle);
            List<Socket> incompletes = new ArrayList<>();
            for (int i = 0; i < 50; i++) {
                Socket socket = connect(listener);
                incompletes.add(socket);
                send(socket, incomplete);
                // The server has read it when it has answered a later request.
                assertAnswered(connect(listener));
            }
            int open = 0;
            for (Socket socket : incompletes) {
                open += isOpen(socket) ? 1 : 0;
            }
            assertTrue(open <= 10, "open: " + open);
            assertAnswered(idle);
        }
    }

    private Socket connect(HttpListener listener) throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), listener.port());
        socket.setSoTimeout(10_000);
        sockets.add(socket);
        return socket;
    }

    private static void send(Socket socket, String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(US_ASCII));
    }

    private static void assertAnswered(Socket socket) throws IOException {
        send(socket, "GET / HTTP/1.1\r\nHost: x\r\n\r\n");
        byte[] status = socket.getInputStream().readNBytes(12);
        assertEquals("HTTP/1.1 200", new String(status, US_ASCII));
        byte[] rest = new byte[1000];
        assertTrue(socket.getInputStream().read(rest) > 0);
    }

    private static boolean isOpen(Socket socket) throws IOException {
        socket.setSoTimeout(20);
        try {
            while (socket.getInputStream().read() >= 0) {
                // An answer that needed no body.
            }
            return false;
        } catch (SocketException e) {
            return false;
        } catch (SocketTimeoutException e) {
            return true;
        }
    }
}
