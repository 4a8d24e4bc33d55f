package dev.chatlist.adapter.http;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.undertow.Undertow;
import io.undertow.server.HttpHandler;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.Random;
import java.util.concurrent.BlockingDeque;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingDeque;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A list answer returns its buffers however it ends. The server has one thread that makes answers. */
@Timeout(60)
class ListResponseTest {
    private static final int MUCH = 40 * ListResponse.Buffers.BYTES;

    private final BlockingDeque<ByteBuffer> free = new LinkedBlockingDeque<>();
    private final ListResponse.Buffers buffers = new ListResponse.Buffers(free);
    private final LinkedBlockingQueue<ListResponse.Elements> answers = new LinkedBlockingQueue<>();
    private final CountDownLatch made = new CountDownLatch(1);
    private Undertow server = Undertow.builder().build();

    @BeforeEach
    void start() {
        HttpHandler answering = exchange -> {
            try {
                ListResponse.send(exchange, buffers, false, answers.take());
                made.countDown();
            } catch (IllegalStateException e) {
                Responses.failed(exchange, e);
            }
        };
        server = Undertow.builder()
                .addHttpListener(0, "127.0.0.1", exchange -> exchange.dispatch(answering))
                .setIoThreads(1)
                .setWorkerThreads(1)
                .build();
        server.start();
    }

    @AfterEach
    void stop() {
        server.stop();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, ListResponse.Buffers.BYTES - 31, ListResponse.Buffers.BYTES, MUCH})
    void anAnswerOfAnyLengthArrivesWhole(int length) throws Exception {
        byte[] bytes = random(length);
        answers.add(out -> out.write(bytes));

        try (Socket client = ask()) {
            assertArrayEquals(bytes, elements(client.getInputStream(), length));
        }
        awaitFree((length + 31 + ListResponse.Buffers.BYTES - 1) / ListResponse.Buffers.BYTES);
    }

    @Test
    void aSlowReaderOccupiesNoThread() throws Exception {
        byte[] bytes = random(MUCH);
        answers.add(out -> out.write(bytes));
        try (Socket slow = ask()) {
            assertTrue(made.await(20, TimeUnit.SECONDS));
            answers.add(out -> out.write('1'));
            try (Socket other = ask()) {
                assertArrayEquals(new byte[] {'1'}, elements(other.getInputStream(), 1));
            }
            assertTrue(free.size() < 40, "the slow reader has read everything");

            assertArrayEquals(bytes, elements(slow.getInputStream(), MUCH));
        }
        awaitFree(42);
    }

    @Test
    void buffersAreReturnedWhenTheReaderDisconnects() throws Exception {
        answers.add(out -> out.write(random(MUCH)));
        try (Socket client = ask()) {
            assertTrue(made.await(20, TimeUnit.SECONDS));
            assertEquals(0, free.size());
            client.setSoLinger(true, 0);
        }
        awaitFree(41);
    }

    @Test
    void buffersAreReturnedWhenWritingTheAnswerFails() throws Exception {
        answers.add(out -> {
            out.write(random(MUCH));
            throw new IllegalStateException("expected by this test");
        });
        try (Socket client = ask()) {
            String head = new String(client.getInputStream().readNBytes(12), US_ASCII);
            assertEquals("HTTP/1.1 500", head);
        }
        awaitFree(41);
    }

    private Socket ask() throws IOException {
        int port = ((InetSocketAddress) server.getListenerInfo().get(0).getAddress()).getPort();
        Socket client = new Socket(InetAddress.getLoopbackAddress(), port);
        client.setSoTimeout(20_000);
        client.getOutputStream().write("GET / HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(US_ASCII));
        return client;
    }

    /** The bytes between the envelope's start and end. */
    private static byte[] elements(InputStream in, int length) throws IOException {
        StringBuilder head = new StringBuilder();
        while (!head.toString().endsWith("\"data\":[")) {
            int next = in.read();
            assertTrue(next >= 0, head::toString);
            head.append((char) next);
        }
        byte[] elements = in.readNBytes(length);
        assertEquals("]}", new String(in.readNBytes(2), US_ASCII));
        return elements;
    }

    private static byte[] random(int length) {
        byte[] bytes = new byte[length];
        new Random(length).nextBytes(bytes);
        return bytes;
    }

    /** Waits for another thread to return the buffers. */
    private void awaitFree(int count) throws InterruptedException {
        for (int i = 0; i < count; i++) {
            assertNotNull(free.poll(20, TimeUnit.SECONDS));
        }
        assertEquals(0, free.size());
    }
}
