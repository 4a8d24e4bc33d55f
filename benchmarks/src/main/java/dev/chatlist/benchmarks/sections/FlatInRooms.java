package dev.chatlist.benchmarks.sections;

import dev.chatlist.benchmarks.contenders.Contender;
import dev.chatlist.benchmarks.load.HttpConnection;
import dev.chatlist.benchmarks.process.Service;
import dev.chatlist.benchmarks.report.Progress;
import dev.chatlist.benchmarks.report.Samples;
import dev.chatlist.benchmarks.report.Table;
import dev.chatlist.benchmarks.report.Target;
import dev.chatlist.benchmarks.world.World;
import java.util.List;

/** Does a page take longer for a user in very many rooms, the first page or one in the middle? */
final class FlatInRooms {
    private static final int LIGHT_ROOMS = 20;
    private static final int LIGHT_USERS = 20;
    private static final int PAGE_SIZE = 20;
    private static final int WARM_UP = 100;
    private static final int REQUESTS = 400;

    /** Requests of one kind, with their durations and the lengths of the answers. */
    private record Kind(String title, List<byte[]> requests, Samples micros, Samples bytes) {
        Kind(String title, List<byte[]> requests) {
            this(title, requests, new Samples(), new Samples());
        }

        void request(HttpConnection connection, int turn) throws Exception {
            byte[] request = requests.get(turn % requests.size());
            long start = System.nanoTime();
            connection.request(request);
            if (turn >= WARM_UP) {
                micros.add((System.nanoTime() - start) / 1e3);
                bytes.add((double) connection.bodyBytes());
            }
        }
    }

    static String measure(Bench bench) throws Exception {
        World world = bench.world();
        String heavyToken = bench.tokens().of(world.heavyUser());
        List<String> lightTokens = world.usersIn(LIGHT_ROOMS, LIGHT_USERS).stream()
                .map(bench.tokens()::of)
                .toList();
        int heavyRooms = world.scale().heavyUserRooms();
        int middle = heavyRooms / 2 / PAGE_SIZE;
        Table table =
                new Table("one request at a time", "bytes", "median", "÷ page 1 of %d rooms".formatted(LIGHT_ROOMS));
        List<Kind> chatlist = measure(bench, Contender.CHATLIST, lightTokens, heavyToken, middle, table);
        measure(bench, Contender.POSTGRES_JSON, lightTokens, heavyToken, middle, table);

        Kind fewIds =
                new Kind("", lightTokens.stream().map(HttpConnection::myRooms).toList());
        Kind manyIds = new Kind("", List.of(HttpConnection.myRooms(heavyToken)));
        interleave(bench.contenders().service(Contender.CHATLIST), List.of(fewIds, manyIds));
        double perRoom = (manyIds.micros.median() - fewIds.micros.median()) / (heavyRooms - LIGHT_ROOMS);
        return table
                + """

                Medians of %d requests of each kind, interleaved, on one connection, until the last byte of the answer. \
                `GET /my_rooms` takes %s for %d rooms and %s for %s.

                """.formatted(
                                REQUESTS,
                                Table.micros(fewIds.micros.median()),
                                LIGHT_ROOMS,
                                Table.micros(manyIds.micros.median()),
                                Table.number(heavyRooms))
                + Target.atMost(2, "page 1 of many rooms ÷ page 1 of few", ratio(chatlist.get(1), chatlist.get(0)))
                + Target.atMost(
                        2,
                        "page %d of many rooms ÷ page 1 of few".formatted(middle),
                        ratio(chatlist.get(2), chatlist.get(0)))
                + Target.atMost(1, "`/my_rooms`, µs per additional room", perRoom);
    }

    private static List<Kind> measure(
            Bench bench, Contender contender, List<String> lightTokens, String heavyToken, int middle, Table table)
            throws Exception {
        String rooms = Table.number(bench.world().scale().heavyUserRooms());
        Kind few = new Kind(
                "page 1 of %d rooms".formatted(LIGHT_ROOMS),
                lightTokens.stream()
                        .map(token -> HttpConnection.myChats(token, 1, PAGE_SIZE))
                        .toList());
        Kind first = new Kind("page 1 of " + rooms, List.of(HttpConnection.myChats(heavyToken, 1, PAGE_SIZE)));
        Kind late = new Kind(
                "page %d of %s".formatted(middle, rooms),
                List.of(HttpConnection.myChats(heavyToken, middle, PAGE_SIZE)));
        List<Kind> kinds = List.of(few, first, late);
        Progress.log("rooms: " + contender.title());
        interleave(bench.contenders().service(contender), kinds);
        for (Kind kind : kinds) {
            table.row(
                    contender.title() + ": " + kind.title,
                    Table.bytes(kind.bytes.median()),
                    Table.micros(kind.micros.median()),
                    Table.number(ratio(kind, few)));
        }
        return kinds;
    }

    private static void interleave(Service service, List<Kind> kinds) throws Exception {
        try (HttpConnection connection = new HttpConnection(service.port())) {
            for (int turn = 0; turn < WARM_UP + REQUESTS; turn++) {
                for (Kind kind : kinds) {
                    kind.request(connection, turn);
                }
            }
        }
    }

    private static double ratio(Kind kind, Kind other) {
        return kind.micros.median() / other.micros.median();
    }

    private FlatInRooms() {}
}
