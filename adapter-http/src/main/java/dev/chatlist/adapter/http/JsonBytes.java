package dev.chatlist.adapter.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.OutputStream;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/** JSON in the making, as UTF-8 in an array that grows. By hand, because it is the work of every cold page. */
final class JsonBytes {
    /** What stands for an ASCII character in a string, where that isn't the character itself. */
    private static final byte[][] ESCAPES = escapes();

    private static final byte[] EMPTY = ascii("\"\"");

    private static final VarHandle EIGHT_BYTES =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.nativeOrder());
    /** 1 in each of eight bytes. */
    private static final long EACH = 0x0101010101010101L;

    private byte[] bytes = new byte[2048];
    private int length;
    private final int[] gaps = new int[2];
    private int gapCount;

    private static byte[][] escapes() {
        byte[][] escapes = new byte[128][];
        for (int c = 0; c < ' '; c++) {
            escapes[c] = ascii("\\u%04X".formatted(c));
        }
        String named = "\"\"\\\\\bb\tt\nn\ff\rr";
        for (int i = 0; i < named.length(); i += 2) {
            escapes[named.charAt(i)] = ascii("\\" + named.charAt(i + 1));
        }
        return escapes;
    }

    static byte[] ascii(String text) {
        return text.getBytes(ISO_8859_1);
    }

    byte[] copy() {
        return Arrays.copyOf(bytes, length);
    }

    void clear() {
        length = 0;
        gapCount = 0;
    }

    /** Notes that something is to be put in here later. */
    JsonBytes gap() {
        gaps[gapCount++] = length;
        return this;
    }

    /** Where the gap is, counted from 0. */
    int gap(int number) {
        return gaps[number];
    }

    void writeTo(OutputStream out) throws IOException {
        out.write(bytes, 0, length);
    }

    /** Takes the bytes as they are. */
    JsonBytes raw(byte[] json) {
        reserve(json.length);
        System.arraycopy(json, 0, bytes, length, json.length);
        length += json.length;
        return this;
    }

    JsonBytes raw(char ascii) {
        reserve(1);
        bytes[length++] = (byte) ascii;
        return this;
    }

    JsonBytes number(long value) {
        return raw(ascii(Long.toString(value)));
    }

    /** A string in quotation marks. In UTF-8 no byte below 128 is part of another character, so bytes are looked at. */
    JsonBytes text(String text) {
        // Most of a profile's texts.
        if (text.isEmpty()) {
            return raw(EMPTY);
        }
        byte[] utf8 = text.getBytes(UTF_8);
        raw('"');
        reserve(utf8.length);
        int done = 0;
        for (int i = nextEscape(utf8, 0); i < utf8.length; i = nextEscape(utf8, i + 1)) {
            append(utf8, done, i);
            raw(ESCAPES[utf8[i]]);
            done = i + 1;
        }
        append(utf8, done, utf8.length);
        return raw('"');
    }

    /** Skips what stands for itself, eight bytes at a time. */
    private static int nextEscape(byte[] utf8, int start) {
        int i = start;
        while (i <= utf8.length - Long.BYTES && !mayHoldEscape((long) EIGHT_BYTES.get(utf8, i))) {
            i += Long.BYTES;
        }
        while (i < utf8.length && (utf8[i] < 0 || ESCAPES[utf8[i]] == null)) {
            i++;
        }
        return i;
    }

    /** In each byte, the highest bit tells: of those below the space, and of those that the quotes and \\ leave 0. */
    private static boolean mayHoldEscape(long bytes) {
        long control = bytes - EACH * ' ';
        long quote = (bytes ^ EACH * '"') - EACH;
        long backslash = (bytes ^ EACH * '\\') - EACH;
        return ((control | quote | backslash) & ~bytes & 0x8080808080808080L) != 0;
    }

    private void append(byte[] from, int start, int end) {
        reserve(end - start);
        System.arraycopy(from, start, bytes, length, end - start);
        length += end - start;
    }

    private void reserve(int more) {
        if (bytes.length - length < more) {
            bytes = Arrays.copyOf(bytes, Math.max(2 * bytes.length, length + more));
        }
    }
}
