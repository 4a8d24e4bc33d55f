package dev.chatlist.bootstrap;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import org.apache.commons.compress.compressors.gzip.GzipCompressorInputStream;
import org.jspecify.annotations.Nullable;

/** What a gzip of any number of members holds, up to the very place where it is cut off or damaged. */
final class GzipInput extends InputStream {
    private final GzipCompressorInputStream gzip;
    private @Nullable IOException failure;

    /** The same bytes, or those that they hold if they are a gzip. */
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

    /** The library fails without a word of the bytes that it had unpacked; they come out first here. */
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

    /** The library's own says nothing more. */
    private static IOException cutOff() {
        return new EOFException("the gzip ends too early");
    }
}
