package dev.chatlist.adapter.http.encoding;

import dev.chatlist.domain.Chat;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongConsumer;
import java.util.zip.CRC32;
import java.util.zip.Deflater;

/**
 * Divides a page into compressed parts, most of them cached. A chat compressed on its own is longer than within a page:
 * it needs field names and Huffman codes of its own. If that makes the page too long, the smallest run of adjacent
 * chats is compressed as one part, again for each request.
 */
public final class GzipPage {
    private static final byte[] COMMA = {','};

    /** The fastest, because it runs for every request. Level 6 would save about a tenth of the size. */
    private static final int LEVEL = 1;

    /** How much longer a chat gets when it is compressed on its own. */
    private static final int EXTRA_BYTES = 420;

    /** The limit is 1.3 times the size of the whole page compressed at once. */
    private static final double MAX_RATIO = 1.29;

    private GzipPage() {}

    /**
     * Adds the page as gzip.
     *
     * @param start the text before the chats
     * @param end the text after them
     * @param memory as for {@link EncodedChats#write}
     * @return false if nothing was added, because the page is better compressed at once
     */
    public static boolean write(
            List<Chat> chats, EncodedChats encoded, byte[] start, byte[] end, Pieces out, LongConsumer memory) {
        List<GzipParts.Part> parts = parts(chats, encoded, memory);
        if (parts.isEmpty()) {
            return false;
        }
        GzipParts gzip = new GzipParts(out, start);
        for (int i = 0; i < parts.size(); i++) {
            if (i > 0) {
                gzip.between(COMMA);
            }
            gzip.part(parts.get(i));
        }
        gzip.between(end);
        gzip.finish();
        return true;
    }

    /** Compresses a text at once. Takes all of it. */
    public static Pieces compressed(Pieces text) {
        Pieces gzip = new Pieces();
        Deflater deflater = new Deflater(LEVEL, true);
        try {
            gzip.share(GzipParts.HEADER);
            CRC32 crc = new CRC32();
            byte[] deflated = new byte[8 * 1024];
            text.takeAll((bytes, start, size) -> {
                crc.update(bytes, start, size);
                deflater.setInput(bytes, start, size);
                drain(deflater, deflated, gzip);
            });
            deflater.finish();
            drain(deflater, deflated, gzip);
            gzip.write(GzipParts.littleEndian((int) crc.getValue()));
            gzip.write(GzipParts.littleEndian((int) deflater.getBytesRead()));
            return gzip;
        } finally {
            deflater.end();
        }
    }

    private static void drain(Deflater deflater, byte[] deflated, Pieces gzip) {
        for (int size = deflater.deflate(deflated); size > 0; size = deflater.deflate(deflated)) {
            gzip.write(deflated, 0, size);
        }
    }

    /** The parts of the page, with a comma to be inserted between two parts; empty to compress the page at once. */
    private static List<GzipParts.Part> parts(List<Chat> chats, EncodedChats encoded, LongConsumer memory) {
        if (!encoded.isEnabled()) {
            return List.of();
        }
        List<GzipParts.Part> parts = new ArrayList<>(chats.size());
        long bytes = 0;
        for (Chat chat : chats) {
            // A chat that isn't cached is encoded whole before it is compressed.
            memory.accept(bytes + EncodedChats.leastBytes(chat));
            GzipParts.Part part = encoded.gzip(chat);
            parts.add(part);
            bytes += part.size();
        }
        int together = chatsToJoin(chats.size(), bytes);
        if (together == 1) {
            return parts;
        }
        if (together >= chats.size()) {
            return List.of();
        }
        int first = smallestRun(parts, together);
        List<GzipParts.Part> run = parts.subList(first, first + together);
        run.clear();
        run.add(encoded.gzipTogether(chats.subList(first, first + together)));
        return parts;
    }

    /** How many chats must share a part for the page to stay within the limit; 1 if none must. */
    private static int chatsToJoin(int chats, long bytes) {
        double whole = bytes - (double) EXTRA_BYTES * chats;
        return 1 + (int) Math.ceil(Math.max(0, bytes - MAX_RATIO * whole) / EXTRA_BYTES);
    }

    /** Start of the smallest run of {@code count} adjacent parts. */
    private static int smallestRun(List<GzipParts.Part> parts, int count) {
        int start = 0;
        int least = Integer.MAX_VALUE;
        int bytes = 0;
        for (int end = 0; end < parts.size(); end++) {
            bytes += parts.get(end).size();
            if (end >= count) {
                bytes -= parts.get(end - count).size();
            }
            if (end >= count - 1 && bytes < least) {
                least = bytes;
                start = end - count + 1;
            }
        }
        return start;
    }
}
