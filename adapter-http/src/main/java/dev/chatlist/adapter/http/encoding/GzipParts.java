package dev.chatlist.adapter.http.encoding;

import java.util.Arrays;
import java.util.zip.CRC32;
import java.util.zip.Deflater;

/**
 * One gzip stream (RFC 1952) joined from parts that were compressed separately. A part is a run of deflate blocks (RFC
 * 1951) without references to earlier bytes. It ends, on a byte boundary, with the first byte of a stored block. The
 * text between two parts is the content of that block, at a cost of four bytes. The checksum of the stream is computed
 * from the checksums of the parts.
 */
final class GzipParts {
    private static final int LEVEL = 6;
    private static final int POLYNOMIAL = 0xEDB88320;
    static final byte[] HEADER = {0x1f, (byte) 0x8b, 8, 0, 0, 0, 0, 0, 0, (byte) 0xff};
    private static final byte[] STORED_BLOCK = {0};
    private static final byte[] LAST_BLOCK = {3, 0};
    /** A sync flush ends with an empty stored block; these bytes are its length and the complement. */
    private static final int EMPTY_LENGTH_BYTES = 4;

    private static final ThreadLocal<Deflater> DEFLATER = ThreadLocal.withInitial(() -> new Deflater(LEVEL, true));

    private final Pieces out;
    private int crc;
    private long length;

    /** A compressed text. */
    static final class Part {
        private final byte[] blocks;
        private final int length;
        private final int crc;
        /**
         * Appending the text multiplies the checksum before it by this: x to the power of the number of bits in the
         * text.
         */
        private final int shift;

        private Part(byte[] blocks, int length, int crc) {
            this.blocks = blocks;
            this.length = length;
            this.crc = crc;
            shift = power(8L * length);
        }

        static Part of(byte[] text) {
            Deflater deflater = DEFLATER.get();
            deflater.reset();
            deflater.setInput(text);
            byte[] blocks = new byte[text.length + text.length / 1000 + 64];
            int compressed = deflater.deflate(blocks, 0, blocks.length, Deflater.SYNC_FLUSH);
            if (compressed == blocks.length) {
                throw new IllegalStateException("zlib's output exceeds its documented bound");
            }
            CRC32 crc = new CRC32();
            crc.update(text);
            return new Part(Arrays.copyOf(blocks, compressed - EMPTY_LENGTH_BYTES), text.length, (int) crc.getValue());
        }

        int size() {
            return blocks.length;
        }
    }

    /** @param start the text before the first part */
    GzipParts(Pieces out, byte[] start) {
        this.out = out;
        out.share(HEADER);
        out.share(STORED_BLOCK);
        between(start);
    }

    /** Appends a part. Between two parts there is exactly one call of {@link #between}. */
    void part(Part part) {
        out.share(part.blocks);
        crc = times(crc, part.shift) ^ part.crc;
        length += part.length;
    }

    /** Appends a short text uncompressed, in one or more pieces. */
    void between(byte[]... pieces) {
        int size = 0;
        for (byte[] bytes : pieces) {
            size += bytes.length;
        }
        out.write(littleEndian(size | (~size << 16)));
        for (byte[] bytes : pieces) {
            out.share(bytes);
            for (byte b : bytes) {
                crc = ~timesX(~crc ^ (b & 0xff), 8);
            }
        }
        length += size;
    }

    void finish() {
        out.share(LAST_BLOCK);
        out.write(littleEndian(crc));
        out.write(littleEndian((int) length));
    }

    static byte[] littleEndian(int value) {
        return new byte[] {(byte) value, (byte) (value >> 8), (byte) (value >> 16), (byte) (value >> 24)};
    }

    /** x to a power, modulo the polynomial of CRC-32. The highest bit of a polynomial is its lowest power. */
    private static int power(long exponent) {
        int result = 1 << 31;
        int square = 1 << 30;
        for (long left = exponent; left != 0; left >>= 1) {
            if ((left & 1) != 0) {
                result = times(result, square);
            }
            square = times(square, square);
        }
        return result;
    }

    private static int times(int a, int b) {
        int product = 0;
        int shifted = b;
        for (int bit = 31; bit >= 0; bit--) {
            product ^= shifted & -((a >>> bit) & 1);
            shifted = timesX(shifted, 1);
        }
        return product;
    }

    private static int timesX(int a, int times) {
        int product = a;
        for (int i = 0; i < times; i++) {
            product = (product >>> 1) ^ (POLYNOMIAL & -(product & 1));
        }
        return product;
    }
}
