package dev.chatlist.adapter.http;

import java.io.IOException;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.zip.CRC32;
import java.util.zip.Deflater;

/**
 * One gzip stream (RFC 1952) put together from parts that were compressed before, each by itself. A part is deflate
 * blocks (RFC 1951) that refer to nothing before them and end, on a byte, with the first byte of a stored block: what
 * stands between two parts is that block's content, and costs four bytes more than it has. The checksum of the whole
 * is computed from those of the parts.
 */
final class GzipParts {
    private static final int LEVEL = 6;
    private static final int POLYNOMIAL = 0xEDB88320;
    static final byte[] HEADER = {0x1f, (byte) 0x8b, 8, 0, 0, 0, 0, 0, 0, (byte) 0xff};
    private static final byte[] STORED_BLOCK = {0};
    private static final byte[] LAST_BLOCK = {3, 0};
    /** A sync flush ends with an empty stored block: of that, the length and its complement. */
    private static final int EMPTY_LENGTH_BYTES = 4;

    private static final ThreadLocal<Deflater> DEFLATER = ThreadLocal.withInitial(() -> new Deflater(LEVEL, true));

    private final OutputStream out;
    private int crc;
    private long length;

    /** A text, compressed. */
    static final class Part {
        private final byte[] blocks;
        private final int length;
        private final int crc;
        /** What appending the text does to the checksum of what stands before it: x to the power of its bits. */
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
                throw new IllegalStateException("zlib took more than it takes at most");
            }
            CRC32 crc = new CRC32();
            crc.update(text);
            return new Part(Arrays.copyOf(blocks, compressed - EMPTY_LENGTH_BYTES), text.length, (int) crc.getValue());
        }

        int size() {
            return blocks.length;
        }
    }

    /** @param start what stands before the first part */
    GzipParts(OutputStream out, byte[] start) throws IOException {
        this.out = out;
        out.write(HEADER);
        out.write(STORED_BLOCK);
        between(start);
    }

    /** Appends a part; parts and what is between them take turns. */
    void part(Part part) throws IOException {
        out.write(part.blocks);
        crc = times(crc, part.shift) ^ part.crc;
        length += part.length;
    }

    /** Appends a few bytes as they are. */
    void between(byte[] bytes) throws IOException {
        out.write(littleEndian(bytes.length | (~bytes.length << 16)));
        out.write(bytes);
        length += bytes.length;
        for (byte b : bytes) {
            crc = ~timesX(~crc ^ (b & 0xff), 8);
        }
    }

    void finish() throws IOException {
        out.write(LAST_BLOCK);
        out.write(littleEndian(crc));
        out.write(littleEndian((int) length));
    }

    static byte[] littleEndian(int value) {
        return new byte[] {(byte) value, (byte) (value >> 8), (byte) (value >> 16), (byte) (value >> 24)};
    }

    /** x to a power, modulo the polynomial of CRC-32; polynomials stand with their lowest power in the highest bit. */
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
