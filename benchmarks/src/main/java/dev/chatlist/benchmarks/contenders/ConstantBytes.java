package dev.chatlist.benchmarks.contenders;

import io.undertow.Undertow;
import io.undertow.util.Headers;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** The upper bound: Undertow reads the request and answers from the IO thread, always with the same bytes. */
public final class ConstantBytes {
    /** Arguments: port, number of bytes. */
    public static void main(String... args) {
        int port = Integer.parseInt(args[0]);
        byte[] text = "x".repeat(Integer.parseInt(args[1])).getBytes(StandardCharsets.US_ASCII);
        ByteBuffer bytes = ByteBuffer.allocateDirect(text.length).put(text).flip();
        Undertow.builder()
                .addHttpListener(
                        port,
                        "127.0.0.1",
                        exchange -> exchange.getRequestReceiver().receiveFullBytes((received, body) -> {
                            received.getResponseHeaders().put(Headers.CONTENT_TYPE, "application/json");
                            received.getResponseSender().send(bytes.duplicate());
                        }))
                .build()
                .start();
    }

    private ConstantBytes() {}
}
