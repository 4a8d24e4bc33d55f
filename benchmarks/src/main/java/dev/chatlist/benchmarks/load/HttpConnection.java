package dev.chatlist.benchmarks.load;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.util.Locale;
import jdk.net.ExtendedSocketOptions;

/**
 * A keep-alive connection to a contender. It does little work and allocates little, because the client shares the
 * processors with the contender, and a pause of its collector would count as latency.
 */
public final class HttpConnection implements AutoCloseable {
    private static final int TIMEOUT_MILLIS = 60_000;

    private final Socket socket;
    private final InputStream in;
    private final OutputStream out;
    private final boolean canAcknowledge;
    private final byte[] buffer = new byte[1 << 17];
    private int position;
    private int limit;
    private long bodyBytes;

    public HttpConnection(int port) throws IOException {
        socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setTcpNoDelay(true);
        socket.setSoTimeout(TIMEOUT_MILLIS);
        canAcknowledge = socket.supportedOptions().contains(ExtendedSocketOptions.TCP_QUICKACK);
        in = socket.getInputStream();
        out = socket.getOutputStream();
    }

    public static byte[] myChats(String token, int page, int size, String... headers) {
        return myChats(token, "{\"page\":%d,\"size\":%d}".formatted(page, size), headers);
    }

    public static byte[] myChats(String token, String body, String... headers) {
        return ("POST /my_chats HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer %s\r\n"
                        + "Content-Type: application/json\r\nContent-Length: %d\r\n%s\r\n%s")
                .formatted(token, body.length(), lines(headers), body)
                .getBytes(ISO_8859_1);
    }

    /** A line of a file of requests: a token, and the body after a space. Without a body, the first page of 20. */
    public static byte[] ofLine(String line) {
        String[] parts = line.split(" ", 2);
        return parts.length == 1 ? myChats(parts[0], 1, 20) : myChats(parts[0], parts[1]);
    }

    public static byte[] myRooms(String token) {
        return "GET /my_rooms HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer %s\r\n\r\n"
                .formatted(token)
                .getBytes(ISO_8859_1);
    }

    private static String lines(String... headers) {
        StringBuilder lines = new StringBuilder();
        for (String header : headers) {
            lines.append(header).append("\r\n");
        }
        return lines.toString();
    }

    /**
     * Sends the request, then reads and discards the answer.
     *
     * @throws IOException unless the status is 200
     */
    public void request(byte[] request) throws IOException {
        exchange(request, OutputStream.nullOutputStream());
    }

    /** Like {@link #request}, but returns the body, still compressed if the contender compressed it. */
    public byte[] fetch(byte[] request) throws IOException {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        exchange(request, body);
        return body.toByteArray();
    }

    /** The length of the last body on the wire, without the framing of chunks. */
    public long bodyBytes() {
        return bodyBytes;
    }

    /** Sends the request, and adds the body of the answer. */
    void exchange(byte[] request, OutputStream body) throws IOException {
        out.write(request);
        bodyBytes = 0;
        String status = line();
        long length = -1;
        boolean chunked = false;
        for (String header = line(); !header.isEmpty(); header = line()) {
            String lower = header.toLowerCase(Locale.ROOT);
            if (lower.startsWith("content-length:")) {
                length = Long.parseLong(
                        lower.substring("content-length:".length()).strip());
            } else if (lower.startsWith("transfer-encoding:")) {
                chunked = lower.endsWith("chunked");
            }
        }
        if (chunked) {
            copyChunks(body);
        } else if (length >= 0) {
            copy(length, body);
        } else {
            throw new IOException("the answer has no length: " + status);
        }
        if (!status.startsWith("HTTP/1.1 200")) {
            throw new IOException("the answer is " + status);
        }
    }

    /**
     * Acknowledges the answer at once, where the system offers {@code TCP_QUICKACK}. The kernel would otherwise delay
     * the acknowledgement by up to 40 ms to send it with the next request. BBR, which measures the rate of
     * acknowledgements, takes that for a slow path and holds back the end of a later answer.
     */
    void acknowledge() throws IOException {
        if (canAcknowledge) {
            socket.setOption(ExtendedSocketOptions.TCP_QUICKACK, true);
        }
    }

    private void copyChunks(OutputStream body) throws IOException {
        long length;
        do {
            length = Long.parseLong(line().split(";", 2)[0].strip(), 16);
            copy(length, body);
            line();
        } while (length > 0);
    }

    private void copy(long length, OutputStream body) throws IOException {
        bodyBytes += length;
        for (long missing = length; missing > 0; ) {
            fillIfEmpty();
            int count = (int) Math.min(missing, limit - position);
            body.write(buffer, position, count);
            position += count;
            missing -= count;
        }
    }

    private String line() throws IOException {
        StringBuilder line = new StringBuilder();
        while (true) {
            fillIfEmpty();
            byte b = buffer[position++];
            if (b == '\n') {
                return line.toString();
            }
            if (b != '\r') {
                line.append((char) b);
            }
        }
    }

    private void fillIfEmpty() throws IOException {
        if (position == limit) {
            position = 0;
            limit = in.read(buffer);
            if (limit < 0) {
                limit = 0;
                throw new EOFException("the connection was closed in the middle of an answer");
            }
        }
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
