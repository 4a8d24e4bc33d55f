package dev.chatlist.benchmarks.sections;

import dev.chatlist.benchmarks.contenders.Contender;
import dev.chatlist.benchmarks.contenders.Contenders;
import dev.chatlist.benchmarks.load.FirstPages;
import dev.chatlist.benchmarks.load.HttpConnection;
import dev.chatlist.benchmarks.load.OpenLoop;
import dev.chatlist.benchmarks.load.OpenLoop.Latencies;
import dev.chatlist.benchmarks.process.Service;
import dev.chatlist.benchmarks.report.Progress;
import dev.chatlist.benchmarks.report.Table;
import dev.chatlist.benchmarks.report.Target;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** How much faster and shorter are pages that show a few members of each room? */
final class Excerpts {
    private static final String THREE_MEMBERS = "{\"page\":1,\"size\":20,\"members_limit\":3}";
    private static final String GZIP = "Accept-Encoding: gzip";

    /** Their pages are measured in bytes. */
    private static final int USERS = 200;

    private static final int MAX_LATENCY_SECONDS = 20;

    private final Bench bench;
    private final Page whole;
    private final Page excerpts;
    private final MaxRate bound;

    private record Page(String body, MaxRate rate) {
        double meanBytes(Bench bench, String... headers) throws IOException {
            long bytes = 0;
            try (HttpConnection connection = new HttpConnection(rate.service().port())) {
                for (String user : bench.world().userIds().subList(0, USERS)) {
                    connection.request(HttpConnection.myChats(bench.tokens().of(user), body, headers));
                    bytes += connection.bodyBytes();
                }
            }
            return (double) bytes / USERS;
        }

        Latencies latencies(int seconds) throws IOException, InterruptedException {
            double half = rate.rate().median() / 2;
            Progress.log("excerpts: %s at %s/s for %d s".formatted(rate.title(), Table.number(half), seconds));
            return OpenLoop.measure(rate.service(), rate.requests(), half, seconds);
        }
    }

    static String measure(Bench bench) throws Exception {
        Progress.log("excerpts");
        Contenders contenders = bench.contenders();
        Service plain = contenders.warmService(Contender.CHATLIST);
        // Messages of other sections have changed some pages.
        contenders.requestFirstPages();
        Path requests = Files.write(
                bench.directory().resolve("excerpts.txt"),
                bench.tokens().users().stream()
                        .map(user -> bench.tokens().of(user) + " " + THREE_MEMBERS)
                        .toList());
        try (Service limited = contenders.anotherChatlist("chatlist-excerpts")) {
            FirstPages.request(limited, bench.tokens(), THREE_MEMBERS);
            contenders.closedLoop().run(limited, bench.plan().warmUpSeconds(), requests);
            Page whole = new Page(
                    FirstPages.PLAIN,
                    new MaxRate("all members", plain, bench.tokens().file()));
            Page excerpts = new Page(THREE_MEMBERS, new MaxRate("`members_limit` 3", limited, requests));
            double bytes = excerpts.meanBytes(bench);
            try (Service constant = contenders.constantBytes("constant-excerpts", (int) bytes)) {
                MaxRate bound = new MaxRate("constant bytes, as many as that", constant, requests);
                MaxRate.interleave(bench, List.of(whole.rate, excerpts.rate, bound));
                return new Excerpts(bench, whole, excerpts, bound).report(bytes);
            }
        }
    }

    /** Two instances, because both kinds of pages of all users don't fit into the cache of one. */
    private Excerpts(Bench bench, Page whole, Page excerpts, MaxRate bound) {
        this.bench = bench;
        this.whole = whole;
        this.excerpts = excerpts;
        this.bound = bound;
    }

    private String report(double excerptBytes) throws Exception {
        int seconds = Math.min(MAX_LATENCY_SECONDS, bench.plan().latencySeconds());
        Table table = new Table("pages of 20", "requests/s", "rounds", "processor time", "bytes", "gzip", "p50", "p99");
        for (Page page : List.of(whole, excerpts)) {
            Latencies latencies = page.latencies(seconds);
            page.rate.addTo(
                    table,
                    Table.bytes(page.meanBytes(bench)),
                    Table.bytes(page.meanBytes(bench, GZIP)),
                    Table.micros(latencies.p50()),
                    Table.micros(latencies.p99()));
        }
        bound.addTo(table, Table.bytes(excerptBytes), "", "", "");
        return table
                + """

                Medians of %d interleaved rounds of %d s, each after a lead-in of %d s. Two instances, because both kinds \
                of pages of all users don't fit into the cache of one. Processor time is that of the service for one \
                request, without the database's. Constant bytes are sent by Undertow, without a token or a database. \
                Bytes are the means of %d users' pages. Latency is that at half of the row's rate for %d s, from the \
                time at which a request was due.

                """.formatted(
                        bench.plan().rounds(), bench.plan().roundSeconds(), Contenders.LEAD_IN_SECONDS, USERS, seconds)
                + Target.atLeast(2.5, "`members_limit` 3 ÷ all members", excerpts.rate.ratio(whole.rate))
                + Target.atMost(80, "KB of a page", excerptBytes / 1e3);
    }
}
