package dev.chatlist.bootstrap.events;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import org.apache.commons.compress.compressors.gzip.GzipCompressorInputStream;
import org.jspecify.annotations.Nullable;

/** Unpacks a gzip with any number of members. Returns all bytes before a fault in the gzip, and then fails. */
final class GzipInput extends InputStream {
    private final GzipCompressorInputStream gzip;
    private @Nullable IOException failure;

    /** Returns the bytes, unpacked if they are a gzip. */
    static InputStream unpacked(InputStream bytes) throws IOException {
        BufferedInputStream in = new BufferedInputStream(bytes, 1 << 16);
        in.mark(2);
        boolean gzip = in.read() == 0x1F && in.read() == 0x8B;
        in.reset();
        return gzip ? new GzipInput(in) : in;
    }

    private GzipInput(InputStream packed) throws IOException {
        try {
            gzip = GzipCompressorInputStream.builder()
                    .setInputStream(packed)
                    .setDecompressConcatenated(true)
                    .get();
        } catch (EOFException e) {
            throw cutOff();
        }
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    /**
     * At a fault, the library throws although it has just written bytes into the buffer. Returns those bytes, and
     * throws on the next call.
     */
    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
        if (failure != null) {
            throw failure;
        }
        long before = gzip.getBytesRead();
        try {
            return gzip.read(buffer, offset, length);
        } catch (IOException e) {
            failure = e instanceof EOFException ? cutOff() : e;
            int unpacked = (int) (gzip.getBytesRead() - before);
            if (unpacked == 0) {
                throw failure;
            }
            return unpacked;
        }
    }

    @Override
    public void close() throws IOException {
        gzip.close();
    }

    /** The library's own exception has no message. */
    private static IOException cutOff() {
        return new EOFException("the gzip ends too early");
    }
}
