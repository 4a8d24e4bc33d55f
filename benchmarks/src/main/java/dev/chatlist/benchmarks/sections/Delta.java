package dev.chatlist.benchmarks.sections;

import static java.util.Objects.requireNonNull;

import dev.chatlist.benchmarks.contenders.Contender;
import dev.chatlist.benchmarks.contenders.Contenders;
import dev.chatlist.benchmarks.load.ClosedLoop;
import dev.chatlist.benchmarks.load.EveryUser;
import dev.chatlist.benchmarks.load.HttpConnection;
import dev.chatlist.benchmarks.load.MessageInsert;
import dev.chatlist.benchmarks.load.ServiceMetrics;
import dev.chatlist.benchmarks.load.SyncClient;
import dev.chatlist.benchmarks.process.Service;
import dev.chatlist.benchmarks.report.Progress;
import dev.chatlist.benchmarks.report.Table;
import dev.chatlist.benchmarks.report.Target;
import dev.chatlist.benchmarks.world.StatementLog;
import dev.chatlist.benchmarks.world.World;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.stream.Stream;

/** What does it cost to ask what has changed? */
final class Delta {
    private static final int SIZE = 20;

    /** Users with changed rooms. All changes together are fewer than the feed returns one by one. */
    private static final int CHANGED_USERS = 400;

    /** Requests that are counted, as far as there are as many users. */
    private static final int COUNTED = 1_000;

    private static final int COUNTED_SECONDS = 3;
    private static final int MAX_WARM_UP_SECONDS = 10;

    private final Bench bench;
    private final Service chatlist;

    /** What an instance does for one request, if one client asks, and if 32 clients ask. */
    private record Counts(double chats, double statements, double statementsTogether) {}

    static String measure(Bench bench) throws Exception {
        Progress.log("delta");
        Service chatlist = bench.contenders().warmService(Contender.CHATLIST);
        try {
            return new Delta(bench, chatlist).report();
        } finally {
            bench.database().reset();
        }
    }

    private Delta(Bench bench, Service chatlist) {
        this.bench = bench;
        this.chatlist = chatlist;
    }

    private String report() throws Exception {
        List<String> users = bench.world().usersIn(SIZE, CHANGED_USERS);
        Map<String, String> before = states(users);
        post(users);
        // Also brings the service's memory up to date.
        bench.contenders().requestFirstPages();
        Path unchanged = requests("delta-unchanged.txt", states(bench.world().userIds()), "");
        MaxRate page = new MaxRate("a plain page", chatlist, bench.tokens().file());
        MaxRate nothing = new MaxRate("a delta with nothing new", chatlist, unchanged);
        MaxRate rooms = new MaxRate("a delta of 20 rooms", chatlist, requests("delta-rooms.txt", before, ""));
        MaxRate excerpts = new MaxRate(
                "a delta of 20 rooms, `members_limit` 3",
                chatlist,
                requests("delta-excerpts.txt", before, ",\"members_limit\":3"));
        try (Service constant = bench.contenders().constantBytes("constant-delta", (int) bytes(unchanged))) {
            MaxRate bound = new MaxRate("constant bytes, as many as that", constant, unchanged);
            List<MaxRate> all = List.of(page, nothing, bound, rooms, excerpts);
            // Plain pages are warm.
            warmUp(List.of(nothing, bound, rooms, excerpts));
            MaxRate.interleave(bench, all);
            Map<MaxRate, Counts> counts = counts(List.of(page, nothing, rooms, excerpts));
            return table(all, page, counts)
                    + method(users.size())
                    + Target.atLeast(8, "nothing new ÷ a plain page", nothing.ratio(page))
                    + Target.atMost(0, "chats loaded if nothing is new", requireNonNull(counts.get(nothing)).chats);
        }
    }

    private void warmUp(List<MaxRate> all) throws IOException, InterruptedException {
        int seconds = Math.min(MAX_WARM_UP_SECONDS, bench.plan().warmUpSeconds());
        for (MaxRate one : all) {
            bench.contenders().closedLoop().run(one.service(), seconds, one.requests());
        }
    }

    private Table table(List<MaxRate> all, MaxRate page, Map<MaxRate, Counts> counts) throws IOException {
        Table table = new Table(
                "`POST /my_chats`",
                "requests/s",
                "rounds",
                "processor time",
                "÷ a plain page",
                "bytes",
                "chats",
                "statements",
                "of 32 at once");
        for (MaxRate one : all) {
            Counts counted = counts.getOrDefault(one, new Counts(0, 0, 0));
            one.addTo(
                    table,
                    Table.number(one.ratio(page)),
                    Table.bytes(bytes(one.requests())),
                    Table.number(counted.chats),
                    Table.number(counted.statements),
                    Table.number(counted.statementsTogether));
        }
        return table;
    }

    private String method(int users) {
        return """

                Medians of %d interleaved rounds of %d s, each after a lead-in of %d s. The deltas of 20 rooms are those of \
                %d users who are in 20 rooms each, all of them with a new message; other requests are those of all users. \
                Processor time is that of the service for one request, without the database's. Chats are those that the \
                service takes from memory or the database for one request, by its own count (`chatlist_chats_total`). \
                Statements are those in the server's log for one request, if requests come one by one, and if 32 clients \
                ask at once.

                """.formatted(bench.plan().rounds(), bench.plan().roundSeconds(), Contenders.LEAD_IN_SECONDS, users);
    }

    /** What each of these users has seen. */
    private Map<String, String> states(List<String> users) throws InterruptedException, ExecutionException {
        Map<String, String> states = new ConcurrentHashMap<>();
        EveryUser.call(chatlist, users, (user, connection) -> {
            SyncClient client = new SyncClient(connection, bench.tokens().of(user), 0);
            client.begin(1);
            states.put(user, client.state());
        });
        return states;
    }

    /** One message for each room of these users, but not for the big room. */
    private void post(List<String> users) throws SQLException {
        World world = bench.world();
        Set<String> readers = Set.copyOf(users);
        try (Connection connection = bench.database().connect();
                MessageInsert insert = new MessageInsert(connection)) {
            for (int room = 1; room < world.roomIds().size(); room++) {
                List<String> members = Arrays.stream(world.members(room))
                        .mapToObj(world.userIds()::get)
                        .toList();
                if (members.stream().anyMatch(readers::contains)) {
                    insert.post(world.roomIds().get(room), members.get(0));
                }
            }
        }
    }

    private Path requests(String file, Map<String, String> states, String more) throws IOException {
        return Files.write(
                bench.directory().resolve(file),
                states.entrySet().stream()
                        .map(user -> "%s {\"since\":\"%s\",\"size\":%d%s}"
                                .formatted(bench.tokens().of(user.getKey()), user.getValue(), SIZE, more))
                        .toList());
    }

    /** The mean length of an answer. */
    private double bytes(Path requests) throws IOException {
        List<byte[]> some = some(requests);
        long bytes = 0;
        try (HttpConnection connection = new HttpConnection(chatlist.port())) {
            for (byte[] request : some) {
                connection.request(request);
                bytes += connection.bodyBytes();
            }
        }
        return (double) bytes / some.size();
    }

    private static List<byte[]> some(Path requests) throws IOException {
        try (Stream<String> lines = Files.lines(requests)) {
            return lines.limit(COUNTED).map(HttpConnection::ofLine).toList();
        }
    }

    /** Counts with an instance of its own, as counting takes time. */
    private Map<MaxRate, Counts> counts(List<MaxRate> kinds) throws Exception {
        Progress.log("  counting");
        int port = Service.freePort();
        Map<MaxRate, Counts> counts = new HashMap<>();
        try (Service counted = bench.contenders()
                        .anotherChatlist("chatlist-counted", "--management-port", String.valueOf(port));
                StatementLog log = new StatementLog(bench.database())) {
            ServiceMetrics metrics = new ServiceMetrics(port);
            for (MaxRate kind : kinds) {
                counts.put(kind, counts(kind.requests(), counted, metrics, log));
            }
        }
        return counts;
    }

    private Counts counts(Path requests, Service counted, ServiceMetrics metrics, StatementLog log) throws Exception {
        List<byte[]> some = some(requests);
        double chats = 0;
        double statements = 0;
        try (HttpConnection connection = new HttpConnection(counted.port())) {
            // The second time, the lists and chats are in memory.
            for (int turn = 0; turn < 2; turn++) {
                log.count();
                double before = turn == 0 ? 0 : metrics.sum("chatlist_chats_total");
                for (byte[] request : some) {
                    connection.request(request);
                }
                chats = metrics.sum("chatlist_chats_total") - before;
                statements = log.count();
            }
        }
        Path lines = Files.write(
                bench.directory().resolve("delta-counted.txt"),
                Files.readAllLines(requests).subList(0, some.size()));
        ClosedLoop.Rate together = bench.contenders().closedLoop().run(counted, COUNTED_SECONDS, lines);
        double requestsTogether = together.requestsPerSecond() * COUNTED_SECONDS;
        return new Counts(chats / some.size(), statements / some.size(), log.count() / requestsTogether);
    }
}
