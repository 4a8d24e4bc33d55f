package dev.chatlist.adapter.http.encoding;

import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Bytes in pieces, put together once and then taken from the front. Shared pieces are references to arrays that never
 * change; everything written to the stream is copied. Not safe for use by several threads at once.
 */
public final class Pieces extends OutputStream {
    /** Stands where a piece was that has been taken. */
    private static final byte[] NOTHING = {};

    private static final int MIN_CHUNK = 1024;
    private static final int MAX_CHUNK = 256 * 1024;

    private byte[][] arrays = new byte[256][];
    private int[] starts = new int[256];
    private int[] ends = new int[256];
    private int count;
    private long length;

    /** Takes what is copied. */
    private byte[] chunk = new byte[MIN_CHUNK];

    private int chunkStart;
    private int chunkEnd;

    /** The first piece that hasn't been taken whole. */
    private int first;

    /** Adds a part of an array that never changes. */
    public void share(byte[] bytes, int start, int end) {
        endChunk();
        add(bytes, start, end);
        length += end - start;
    }

    /** Adds an array that never changes. */
    public void share(byte[] bytes) {
        share(bytes, 0, bytes.length);
    }

    private void add(byte[] bytes, int start, int end) {
        if (count == arrays.length) {
            arrays = Arrays.copyOf(arrays, 2 * count);
            starts = Arrays.copyOf(starts, 2 * count);
            ends = Arrays.copyOf(ends, 2 * count);
        }
        arrays[count] = bytes;
        starts[count] = start;
        ends[count] = end;
        count++;
    }

    private void endChunk() {
        if (chunkEnd > chunkStart) {
            add(chunk, chunkStart, chunkEnd);
            chunkStart = chunkEnd;
        }
    }

    @Override
    public void write(int b) {
        write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes) {
        write(bytes, 0, bytes.length);
    }

    @Override
    public void write(byte[] bytes, int start, int size) {
        int left = size;
        while (left > 0) {
            if (chunkEnd == chunk.length) {
                endChunk();
                chunk = new byte[Math.min(MAX_CHUNK, 2 * chunk.length)];
                chunkStart = 0;
                chunkEnd = 0;
            }
            int fits = Math.min(left, chunk.length - chunkEnd);
            System.arraycopy(bytes, start + size - left, chunk, chunkEnd, fits);
            chunkEnd += fits;
            left -= fits;
        }
        length += size;
    }

    /** How many bytes there are that haven't been taken. */
    public long length() {
        return length;
    }

    /** Copies the first bytes into the buffer, as many as it has room for. They aren't taken yet. */
    public void peek(ByteBuffer buffer) {
        endChunk();
        for (int n = first; n < count && buffer.hasRemaining(); n++) {
            buffer.put(arrays[n], starts[n], Math.min(ends[n] - starts[n], buffer.remaining()));
        }
    }

    /** Takes the first bytes, and lets go of the pieces that they are in. */
    public void take(long bytes) {
        length -= bytes;
        long left = bytes;
        while (left > 0) {
            int size = ends[first] - starts[first];
            if (left < size) {
                starts[first] += (int) left;
                return;
            }
            left -= size;
            arrays[first++] = NOTHING;
        }
    }

    /** Takes all bytes, piece by piece. */
    void takeAll(Taker taker) {
        endChunk();
        for (; first < count; arrays[first++] = NOTHING) {
            taker.take(arrays[first], starts[first], ends[first] - starts[first]);
        }
        length = 0;
    }

    interface Taker {
        void take(byte[] bytes, int start, int size);
    }
}
