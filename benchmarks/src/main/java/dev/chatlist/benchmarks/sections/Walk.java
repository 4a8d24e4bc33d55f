package dev.chatlist.benchmarks.sections;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.chatlist.benchmarks.load.HttpConnection;
import dev.chatlist.benchmarks.load.SyncClient;
import dev.chatlist.benchmarks.process.Service;
import dev.chatlist.benchmarks.report.Progress;
import dev.chatlist.benchmarks.report.Samples;
import dev.chatlist.benchmarks.report.Table;
import dev.chatlist.benchmarks.report.Target;
import dev.chatlist.benchmarks.world.StatementLog;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** How long does a walk through very many rooms take, and does a late page take longer than the first? */
final class Walk {
    private static final int SMALL_PAGE = 20;
    private static final int MAX_LARGE_PAGE = 1_000;
    private static final int MEMBERS = 3;
    private static final int WARM_UP = 3;
    private static final int WALKS = 20;

    /** Late pages are measured with their neighbours. */
    private static final int NEIGHBOURS = 10;

    private static final ObjectMapper JSON = new ObjectMapper();

    private final Bench bench;
    private final SyncClient client;

    /** A way through the whole list: all durations in microseconds. */
    private record Way(
            String title, int size, boolean isByNumber, Samples whole, Samples first, Samples middle, Samples last) {
        Way(String title, int size, boolean isByNumber) {
            this(title, size, isByNumber, new Samples(), new Samples(), new Samples(), new Samples());
        }

        void add(List<Double> pages) {
            int count = pages.size();
            int neighbours = Math.min(NEIGHBOURS, Math.max(1, count / 4));
            whole.add(pages.stream().mapToDouble(Double::doubleValue).sum());
            first.add(pages.get(0));
            int from = (count - neighbours) / 2;
            pages.subList(from, from + neighbours).forEach(middle::add);
            // The last page of all may be short.
            pages.subList(count - 1 - neighbours, count - 1).forEach(last::add);
        }

        int pages(int rooms) {
            return (rooms + size - 1) / size;
        }

        double lastToFirst() {
            return last.median() / first.median();
        }

        void addTo(Table table) {
            table.row(
                    title,
                    Table.micros(whole.median()),
                    Table.micros(first.median()),
                    Table.micros(middle.median()),
                    Table.micros(last.median()),
                    Table.number(lastToFirst()));
        }
    }

    static String measure(Bench bench) throws Exception {
        Progress.log("walk");
        try (Service chatlist = bench.contenders()
                        .anotherChatlist("chatlist-walk", "--max-page-size", String.valueOf(MAX_LARGE_PAGE));
                HttpConnection connection = new HttpConnection(chatlist.port())) {
            String token = bench.tokens().of(bench.world().heavyUser());
            return new Walk(bench, new SyncClient(connection, token, MEMBERS)).report();
        }
    }

    private Walk(Bench bench, SyncClient client) {
        this.bench = bench;
        this.client = client;
    }

    private String report() throws Exception {
        Way small = new Way("a walk, pages of %d".formatted(SMALL_PAGE), SMALL_PAGE, false);
        // A small world has a few large pages, too.
        int largePage = Math.min(MAX_LARGE_PAGE, bench.world().scale().heavyUserRooms() / 5);
        Way large = new Way("a walk, pages of " + Table.number(largePage), largePage, false);
        Way byNumber = new Way("pages of %d by number".formatted(SMALL_PAGE), SMALL_PAGE, true);
        Way cold = new Way("the first walk, nothing in memory", SMALL_PAGE, false);
        cold.add(pages(cold, true));
        List<Way> ways = List.of(small, large, byNumber);
        for (int turn = -WARM_UP; turn < WALKS; turn++) {
            for (Way way : ways) {
                List<Double> pages = pages(way, false);
                if (turn >= 0) {
                    way.add(pages);
                }
            }
        }
        Table table = new Table(
                "one request at a time, `members_limit` %d".formatted(MEMBERS),
                "whole list",
                "first page",
                "in the middle",
                "at the end",
                "end ÷ first");
        List.of(small, byNumber, large, cold).forEach(way -> way.addTo(table));
        double statements = statements(small);
        int rooms = client.count();
        return table
                + """

                The user is in %s rooms, so the walk has %,d pages of %d. Medians of %d walks, interleaved, on one \
                connection, each request until the last byte of its answer, and for the columns in the middle and at the \
                end of %d pages of each walk. A page of the walk takes %s statements. The first walk came right after the \
                start of the service, and had each room exactly once.

                """.formatted(
                                Table.number(rooms),
                                small.pages(rooms),
                                SMALL_PAGE,
                                WALKS,
                                NEIGHBOURS,
                                Table.number(statements))
                + Target.atMost(1.5, "a page of %d at the end ÷ the first".formatted(SMALL_PAGE), small.lastToFirst())
                + Target.atMost(1.5, "the walk ÷ the same pages by number", small.whole.medianRatio(byNumber.whole));
    }

    /** Returns the durations of the pages. */
    private List<Double> pages(Way way, boolean isVerified) throws IOException {
        List<Double> micros = new ArrayList<>();
        Set<String> rooms = new HashSet<>();
        int listed = 0;
        do {
            if (way.isByNumber) {
                client.page(micros.size() + 1, way.size);
            } else if (micros.isEmpty()) {
                client.begin(way.size);
            } else {
                client.goOn(way.size);
            }
            micros.add(client.micros());
            if (isVerified) {
                for (JsonNode chat : JSON.readTree(client.body()).required("data")) {
                    rooms.add(chat.required("room_id").asText());
                    listed++;
                }
            }
        } while (way.isByNumber ? micros.size() * way.size < client.count() : client.hasMore());
        if (isVerified && (rooms.size() != client.count() || listed != client.count())) {
            throw new IOException("the walk listed %d rooms, %d different ones, and the user is in %d"
                    .formatted(listed, rooms.size(), client.count()));
        }
        return micros;
    }

    private double statements(Way way) throws Exception {
        try (StatementLog log = new StatementLog(bench.database())) {
            int pages = pages(way, false).size();
            return (double) log.count() / pages;
        }
    }
}
