package dev.chatlist.adapter.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.chatlist.adapter.http.encoding.RandomChats;
import dev.chatlist.domain.Chat;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.zip.Deflater;
import org.junit.jupiter.api.Test;

/**
 * The answers to {@code {"page", "size"}} have the bytes that they had before there were other requests.
 *
 * <p>{@code plain-answers.txt} was written by the code of that time. Its first line is the hash of a compressed text, by
 * the zlib of that time. Each further line is of one page: the hashes of the body, of the body compressed from cached
 * parts, and of the body compressed without a cache.
 */
class PlainAnswersTest {
    private static final int PAGES = 80;
    private static final int MAX_CHATS = 20;
    private static final int MAX_MEMBERS = 24;
    private static final int HASH_BYTES = 8;

    @Test
    void answersAreWhatTheyWere() throws Exception {
        List<String> recorded = recorded();
        List<String> answers = answers();
        assertEquals(firstHashes(recorded), firstHashes(answers));
        assumeTrue(recorded.get(0).equals(zlib()), "another zlib, which compresses differently");
        assertEquals(recorded, answers);
    }

    private static List<String> recorded() throws IOException {
        try (var file = PlainAnswersTest.class.getResourceAsStream("plain-answers.txt")) {
            return new String(file.readAllBytes(), UTF_8).lines().toList();
        }
    }

    private static List<String> firstHashes(List<String> lines) {
        return lines.stream().skip(1).map(line -> line.split(" ", 2)[0]).toList();
    }

    private static List<String> answers() throws Exception {
        List<String> lines = new ArrayList<>();
        lines.add(zlib());
        try (TestApi cached = new TestApi();
                TestApi uncached =
                        new TestApi(TestApi.settings(Duration.ofSeconds(20), HttpSettings.DEFAULT_RESPONSE_BYTES))) {
            for (int seed = 0; seed < PAGES; seed++) {
                List<Chat> page = page(seed);
                cached.listMyChats = (caller, request) -> page;
                uncached.listMyChats = (caller, request) -> page;
                String body = hash(answer(cached, "identity"));
                assertEquals(body, hash(answer(cached, "identity")), "from the cache");
                assertEquals(body, hash(answer(uncached, "identity")), "without a cache");
                String gzip = hash(answer(cached, "gzip"));
                assertEquals(gzip, hash(answer(cached, "gzip")), "from the cache");
                lines.add(body + ' ' + gzip + ' ' + hash(answer(uncached, "gzip")));
            }
        }
        return lines;
    }

    /** Chats of few members, of many, or of any number; with awkward texts or not. */
    private static List<Chat> page(int seed) {
        Random random = new Random(seed);
        RandomChats chats = new RandomChats(seed, random.nextBoolean());
        int most = seed % 3 == 0 ? 4 : MAX_MEMBERS;
        int least = seed % 3 == 1 ? most / 2 : 0;
        List<Chat> page = new ArrayList<>();
        for (int left = random.nextInt(MAX_CHATS); left > 0; left--) {
            page.addAll(chats.chats(1, least + random.nextInt(most - least)));
        }
        return page;
    }

    private static byte[] answer(TestApi api, String encoding) throws Exception {
        HttpRequest.Builder request = api.request("/my_chats").header("Accept-Encoding", encoding);
        return api.bytes(request.POST(BodyPublishers.ofString("{\"page\":1,\"size\":200}")))
                .body();
    }

    /** Differs between versions of zlib, as compressed answers do. */
    private static String zlib() throws NoSuchAlgorithmException {
        byte[] random = new byte[10_000];
        new Random(1).nextBytes(random);
        byte[] text = HexFormat.of().formatHex(random).getBytes(UTF_8);
        byte[] compressed = new byte[2 * text.length];
        int end = 0;
        for (int level : new int[] {1, 6}) {
            Deflater deflater = new Deflater(level, true);
            deflater.setInput(text);
            deflater.finish();
            end += deflater.deflate(compressed, end, compressed.length - end);
            deflater.end();
        }
        return hash(compressed);
    }

    private static String hash(byte[] bytes) throws NoSuchAlgorithmException {
        byte[] hash = MessageDigest.getInstance("SHA-256").digest(bytes);
        return HexFormat.of().formatHex(hash, 0, HASH_BYTES);
    }
}
