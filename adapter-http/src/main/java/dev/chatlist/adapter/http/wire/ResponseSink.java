package dev.chatlist.adapter.http.wire;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;
import org.xnio.conduits.AbstractStreamSinkConduit;
import org.xnio.conduits.StreamSinkConduit;

/**
 * Writes answers to the socket. Undertow answers a request that it can't parse, or that has no valid Host, before any
 * handler and without a body; what is sent instead has one.
 */
final class ResponseSink extends AbstractStreamSinkConduit<StreamSinkConduit> {
    /** Where the status is in {@code HTTP/1.1 400 }. */
    private static final int STATUS = 9;

    private final Connection connection;
    private @Nullable ByteBuffer refusal;

    ResponseSink(StreamSinkConduit socket, Connection connection) {
        super(socket);
        this.connection = connection;
    }

    @Override
    public int write(ByteBuffer source) throws IOException {
        return isReplaced(source) ? (int) refuse(source) : next.write(source);
    }

    @Override
    public long write(ByteBuffer[] sources, int start, int length) throws IOException {
        return length > 0 && isReplaced(sources[start])
                ? refuse(sources, start, length)
                : next.write(sources, start, length);
    }

    @Override
    public int writeFinal(ByteBuffer source) throws IOException {
        return isReplaced(source) ? (int) refuseFinally(source) : next.writeFinal(source);
    }

    @Override
    public long writeFinal(ByteBuffer[] sources, int start, int length) throws IOException {
        if (length == 0 || !isReplaced(sources[start])) {
            return next.writeFinal(sources, start, length);
        }
        long written = refuse(sources, start, length);
        if (written > 0) {
            next.terminateWrites();
        }
        return written;
    }

    /** Notes that something is about to be sent. Returns whether a refusal is sent instead. */
    private boolean isReplaced(ByteBuffer source) {
        connection.answering();
        if (refusal == null && connection.isUnhandled() && isBadRequest(source)) {
            refusal = connection.refusalOfUndertow();
        }
        return refusal != null;
    }

    private static boolean isBadRequest(ByteBuffer source) {
        int status = source.position() + STATUS;
        return source.limit() > status + 3
                && source.get(status) == '4'
                && source.get(status + 1) == '0'
                && source.get(status + 2) == '0';
    }

    private long refuseFinally(ByteBuffer source) throws IOException {
        long written = refuse(source);
        if (written > 0) {
            next.terminateWrites();
        }
        return written;
    }

    /** Takes the sources when the refusal is written, and nothing before. */
    private long refuse(ByteBuffer[] sources, int start, int length) throws IOException {
        long taken = 0;
        for (int i = start; i < start + length; i++) {
            taken += refuse(sources[i]);
        }
        return taken;
    }

    private long refuse(ByteBuffer source) throws IOException {
        ByteBuffer answer = refusal;
        if (answer != null && answer.hasRemaining()) {
            next.write(answer);
            if (answer.hasRemaining()) {
                return 0;
            }
        }
        int taken = source.remaining();
        source.position(source.limit());
        return taken;
    }
}
