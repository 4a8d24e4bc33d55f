package dev.chatlist.benchmarks.sections;

import dev.chatlist.benchmarks.contenders.Contender;
import dev.chatlist.benchmarks.load.FirstPages;
import dev.chatlist.benchmarks.load.HttpConnection;
import dev.chatlist.benchmarks.process.Command;
import dev.chatlist.benchmarks.process.Service;
import dev.chatlist.benchmarks.report.Progress;
import dev.chatlist.benchmarks.report.Samples;
import dev.chatlist.benchmarks.report.Table;
import dev.chatlist.benchmarks.report.Target;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;

/** Are compressed pages fast and short, and can every decoder read them? */
final class Gzip {
    private static final int USERS = 200;
    private static final String ACCEPT = "Accept-Encoding: gzip";

    private final Bench bench;
    private final Service chatlist;
    private final Service compressing;

    static String measure(Bench bench) throws Exception {
        Progress.log("gzip");
        Service chatlist = bench.contenders().warmService(Contender.CHATLIST);
        try (Service compressing = bench.contenders().anotherChatlist("chatlist-gzip")) {
            FirstPages.request(compressing, bench.tokens(), FirstPages.PLAIN, ACCEPT);
            return new Gzip(bench, chatlist, compressing).report();
        }
    }

    /** Two instances, because the cache doesn't hold both the plain and the compressed bytes of all chats. */
    private Gzip(Bench bench, Service chatlist, Service compressing) {
        this.bench = bench;
        this.chatlist = chatlist;
        this.compressing = compressing;
    }

    private String report() throws Exception {
        Table table = new Table("compressed pages", "");
        if (!isCompressed()) {
            table.row("`Accept-Encoding: gzip`", "ignored");
            return table + "\n" + Target.atLeast(0.8, "rate ÷ uncompressed rate", 0);
        }
        Samples plain = new Samples();
        Samples compressed = new Samples();
        for (int round = 0; round <= bench.plan().rounds(); round++) {
            double one = bench.contenders()
                    .closedLoop()
                    .run(chatlist, bench.plan().roundSeconds())
                    .requestsPerSecond();
            double other = bench.contenders()
                    .closedLoop()
                    .runCompressed(compressing, bench.plan().roundSeconds())
                    .requestsPerSecond();
            // Round 0 is the warm-up.
            if (round > 0) {
                plain.add(one);
                compressed.add(other);
            }
        }
        double length = lengthRatio();
        table.row("requests/s", Table.number(compressed.median()));
        table.row("requests/s, uncompressed", Table.number(plain.median()));
        table.row("length ÷ whole page compressed", Table.number(length));
        decoders().forEach((name, verdict) -> table.row("decoded by " + name, verdict));
        return table
                + """

                Medians of %d interleaved rounds of %d s. Two instances, because the cache of each holds one form of the \
                pages. Lengths of %d users' pages, compared with zlib at level 6.

                """.formatted(bench.plan().rounds(), bench.plan().roundSeconds(), USERS)
                + Target.atLeast(0.8, "rate ÷ uncompressed rate", compressed.medianRatio(plain))
                + Target.atMost(1.3, "length ÷ whole page compressed", length);
    }

    private boolean isCompressed() throws IOException {
        byte[] answer = page(bench.world().heavyUser(), ACCEPT);
        return answer[0] == (byte) 0x1f && answer[1] == (byte) 0x8b;
    }

    private byte[] page(String user, String... headers) throws IOException {
        try (HttpConnection connection = new HttpConnection(chatlist.port())) {
            return connection.fetch(HttpConnection.myChats(bench.tokens().of(user), 1, 20, headers));
        }
    }

    private double lengthRatio() throws IOException {
        double sent = 0;
        double whole = 0;
        for (String user : bench.world().userIds().subList(0, USERS)) {
            sent += page(user, ACCEPT).length;
            ByteArrayOutputStream compressed = new ByteArrayOutputStream();
            try (OutputStream gzip = new GZIPOutputStream(compressed)) {
                gzip.write(page(user));
            }
            whole += compressed.size();
        }
        return sent / whole;
    }

    /** Each decoder's verdict: does it give the bytes of the uncompressed page? */
    private Map<String, String> decoders() throws Exception {
        String user = bench.world().heavyUser();
        byte[] plain = page(user);
        byte[] compressed = page(user, ACCEPT);
        Map<String, String> verdicts = new LinkedHashMap<>();
        byte[] decoded = new GZIPInputStream(new ByteArrayInputStream(compressed)).readAllBytes();
        verdicts.put("Java", verdict(decoded, plain));
        verdicts.put("gzip", decode(compressed, plain, "gzip", "-dc"));
        verdicts.put(
                "zlib, in Python",
                decode(
                        compressed,
                        plain,
                        "python3",
                        "-c",
                        "import sys, zlib; sys.stdout.buffer.write(zlib.decompress(sys.stdin.buffer.read(), 31))"));
        verdicts.put(
                "Node",
                decode(
                        compressed,
                        plain,
                        "node",
                        "-e",
                        "process.stdout.write(require('zlib').gunzipSync(require('fs').readFileSync(0)))"));
        verdicts.put("curl", decode(new byte[0], plain, curl(user)));
        return verdicts;
    }

    private String[] curl(String user) {
        return new String[] {
            "curl",
            "--silent",
            "--compressed",
            "--header",
            "Authorization: Bearer " + bench.tokens().of(user),
            "--json",
            "{\"page\":1,\"size\":20}",
            "http://127.0.0.1:%d/my_chats".formatted(chatlist.port())
        };
    }

    private static String decode(byte[] compressed, byte[] plain, String... command) throws Exception {
        if (!Command.exists(command[0])) {
            return "not installed here";
        }
        Path in = Files.createTempFile("page", ".gz");
        Path out = Files.createTempFile("page", ".json");
        Files.write(in, compressed);
        int status = new ProcessBuilder(command)
                .redirectInput(in.toFile())
                .redirectOutput(out.toFile())
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start()
                .waitFor();
        String verdict = status == 0 ? verdict(Files.readAllBytes(out), plain) : "failed with " + status;
        Files.delete(in);
        Files.delete(out);
        return verdict;
    }

    private static String verdict(byte[] decoded, byte[] plain) {
        return Arrays.equals(decoded, plain) ? "yes" : "differs";
    }
}
