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
    /** The fastest, because it runs for every request. Level 6 would save about a tenth of the size. */
    private static final int LEVEL = 1;

    /** How much longer a chat gets when it is compressed on its own. */
    private static final int EXTRA_BYTES = 420;

    /** What {@code member_count} takes between two parts, uncompressed. */
    private static final int COUNT_BYTES = 20;

    /** The longest text after the chats that isn't compressed, because it is short beside a page in parts. */
    private static final int MAX_STORED_BYTES = 512;

    /** The limit is 1.3 times the size of the whole page compressed at once. */
    private static final double MAX_RATIO = 1.29;

    private GzipPage() {}

    /**
     * Adds the page as gzip.
     *
     * @param memory as for {@link EncodedChats#write}
     * @return false if nothing was added, because the page is better compressed at once
     */
    public static boolean write(ChatsText text, EncodedChats encoded, Pieces out, LongConsumer memory) {
        List<Run> runs = runs(text, encoded, memory);
        if (runs.isEmpty()) {
            return false;
        }
        GzipParts gzip = new GzipParts(out, text.before(0));
        for (Run run : runs) {
            if (run.first > 0) {
                gzip.between(text.closing(run.first - 1), text.before(run.first));
            }
            gzip.part(run.part);
        }
        gzip.between(text.closing(text.chats().size() - 1), text.end());
        gzip.finish();
        return true;
    }

    /** Adjacent chats, most often one, as one part. */
    private record Run(int first, GzipParts.Part part) {}

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

    /** The parts of the page; empty to compress the page at once. */
    private static List<Run> runs(ChatsText text, EncodedChats encoded, LongConsumer memory) {
        List<Chat> chats = text.chats();
        long cacheable = chats.stream().filter(Chat::isWhole).count();
        if (!encoded.isEnabled() || cacheable < chats.size() / 2 || text.end().length > MAX_STORED_BYTES) {
            return List.of();
        }
        List<Run> runs = new ArrayList<>(chats.size());
        long bytes = text.isCounted() ? (long) COUNT_BYTES * chats.size() : 0;
        for (int i = 0; i < chats.size(); i++) {
            // A chat that isn't cached is encoded whole before it is compressed.
            memory.accept(bytes + ChatsText.leastBytes(chats.get(i)));
            GzipParts.Part part = encoded.gzip(text, i);
            runs.add(new Run(i, part));
            bytes += part.size();
        }
        int together = chatsToJoin(chats.size(), bytes, text.isCounted() ? EXTRA_BYTES + COUNT_BYTES : EXTRA_BYTES);
        if (together == 1) {
            return runs;
        }
        if (together >= chats.size()) {
            return List.of();
        }
        int first = smallestRun(runs, together);
        GzipParts.Part joined = encoded.gzipTogether(text, first, first + together);
        List<Run> replaced = runs.subList(first, first + together);
        replaced.clear();
        replaced.add(new Run(first, joined));
        return runs;
    }

    /** How many chats must share a part for the page to stay within the limit; 1 if none must. */
    private static int chatsToJoin(int chats, long bytes, int extra) {
        double whole = bytes - (double) extra * chats;
        return 1 + (int) Math.ceil(Math.max(0, bytes - MAX_RATIO * whole) / extra);
    }

    /** Start of the smallest run of {@code count} adjacent chats. */
    private static int smallestRun(List<Run> runs, int count) {
        int start = 0;
        int least = Integer.MAX_VALUE;
        int bytes = 0;
        for (int end = 0; end < runs.size(); end++) {
            bytes += runs.get(end).part.size();
            if (end >= count) {
                bytes -= runs.get(end - count).part.size();
            }
            if (end >= count - 1 && bytes < least) {
                least = bytes;
                start = end - count + 1;
            }
        }
        return start;
    }
}
