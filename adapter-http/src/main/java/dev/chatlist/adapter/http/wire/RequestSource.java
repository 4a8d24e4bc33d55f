package dev.chatlist.adapter.http.wire;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import org.jspecify.annotations.Nullable;
import org.xnio.IoUtils;
import org.xnio.channels.StreamSinkChannel;
import org.xnio.conduits.AbstractStreamSourceConduit;
import org.xnio.conduits.ConduitReadableByteChannel;
import org.xnio.conduits.StreamSourceConduit;

/** Reads requests from the socket, and tells the connection what it has read. */
final class RequestSource extends AbstractStreamSourceConduit<StreamSourceConduit> {
    private static final int DISCARDED_AT_ONCE = 16 * 1024;

    private final Connection connection;
    private @Nullable ByteBuffer discarded;

    RequestSource(StreamSourceConduit socket, Connection connection) {
        super(socket);
        this.connection = connection;
    }

    @Override
    public int read(ByteBuffer target) throws IOException {
        if (connection.isClosing()) {
            return discard();
        }
        connection.reading();
        int start = target.position();
        int count = next.read(target);
        if (count >= 2 && connection.isIdle() && isLineEnd(target, start)) {
            // An empty line before a request doesn't count (RFC 9112, 2.2), but Undertow's parser refuses it.
            target.limit(target.position()).position(start + 2);
            count -= 2;
            ByteBuffer request = target.slice();
            target.position(start).limit(target.capacity());
            target.put(request);
        }
        if (count > 0) {
            connection.received(target, start);
        }
        return count;
    }

    private static boolean isLineEnd(ByteBuffer bytes, int start) {
        return bytes.get(start) == '\r' && bytes.get(start + 1) == '\n';
    }

    /**
     * Returns 0 until the client has closed the connection. Undertow waits for that after the last answer, for a limited
     * time, but it would give up at the first byte. Then the connection would be reset, and the client might not see
     * the answer.
     */
    private int discard() throws IOException {
        if (discarded == null) {
            discarded = ByteBuffer.allocate(DISCARDED_AT_ONCE);
        }
        int count;
        do {
            count = next.read(discarded.clear());
            connection.count(Math.max(0, count));
        } while (count > 0);
        return count;
    }

    @Override
    public long read(ByteBuffer[] targets, int start, int length) throws IOException {
        for (int i = start; i < start + length; i++) {
            if (targets[i].hasRemaining()) {
                return read(targets[i]);
            }
        }
        return 0;
    }

    @Override
    public long transferTo(long position, long count, FileChannel target) throws IOException {
        return target.transferFrom(new ConduitReadableByteChannel(this), position, count);
    }

    @Override
    public long transferTo(long count, ByteBuffer buffer, StreamSinkChannel target) throws IOException {
        return IoUtils.transfer(new ConduitReadableByteChannel(this), count, buffer, target);
    }
}
