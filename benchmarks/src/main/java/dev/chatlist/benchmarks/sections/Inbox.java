package dev.chatlist.benchmarks.sections;

import static java.util.Objects.requireNonNull;

import dev.chatlist.benchmarks.load.HttpConnection;
import dev.chatlist.benchmarks.load.InboxLoop;
import dev.chatlist.benchmarks.load.InboxLoop.Answers;
import dev.chatlist.benchmarks.load.InboxLoop.Kind;
import dev.chatlist.benchmarks.load.OpenLoop;
import dev.chatlist.benchmarks.load.OpenLoop.Latencies;
import dev.chatlist.benchmarks.load.SyncClient;
import dev.chatlist.benchmarks.load.Writers;
import dev.chatlist.benchmarks.process.Service;
import dev.chatlist.benchmarks.report.Progress;
import dev.chatlist.benchmarks.report.Samples;
import dev.chatlist.benchmarks.report.Table;
import dev.chatlist.benchmarks.report.Target;
import dev.chatlist.benchmarks.world.Scale;
import dev.chatlist.benchmarks.world.StatementLog;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Map;

/** The largest inbox: how long do its requests take while everybody writes? */
final class Inbox {
    private static final int MESSAGES_PER_SECOND = 500;
    private static final int BIG_ROOM_ONE_IN = 100;
    private static final int REQUESTS_PER_SECOND = 25;
    private static final int MAX_ROUND_SECONDS = 30;
    private static final int MAX_ROUNDS = 3;
    private static final int COUNTED = 100;

    private final Bench bench;
    private final Service chatlist;
    private final Writers writers;
    private final String token;
    private final Path request;

    /** The rooms that the walk has passed before its pages are measured. */
    private final int passed;

    private final Map<Kind, Answers> answers = new EnumMap<>(Kind.class);
    private final Map<Kind, Samples> p99 = new EnumMap<>(Kind.class);
    private final Samples constantP50 = new Samples();
    private final Samples constantP99 = new Samples();
    private final Samples written = new Samples();

    static String measure(Bench main) throws Exception {
        Progress.log("inbox");
        try (Bench bench = main.largeInbox();
                Service chatlist = bench.contenders().anotherChatlist("chatlist-inbox");
                Writers writers = new Writers(bench.database(), bench.world(), BIG_ROOM_ONE_IN)) {
            String report = new Inbox(bench, chatlist, writers).report();
            bench.database().reset();
            return report;
        }
    }

    private Inbox(Bench bench, Service chatlist, Writers writers) throws IOException {
        this.bench = bench;
        this.chatlist = chatlist;
        this.writers = writers;
        token = bench.tokens().of(bench.world().heavyUser());
        request = Files.writeString(bench.directory().resolve("inbox.txt"), token);
        passed = bench.world().scale().heavyUserRooms() / 5;
    }

    private String report() throws Exception {
        int seconds = Math.min(MAX_ROUND_SECONDS, bench.plan().latencySeconds());
        int rounds = Math.min(MAX_ROUNDS, Math.max(1, bench.plan().latencySeconds() / MAX_ROUND_SECONDS));
        int pageBytes = warmUp();
        try (Service constant = bench.contenders().constantBytes("constant-inbox", pageBytes)) {
            for (int round = 1; round <= rounds; round++) {
                Progress.log("inbox, round %d of %d".formatted(round, rounds));
                round(constant, seconds);
            }
        }
        return report(rounds, seconds, pageBytes, statements());
    }

    /** Loads the inbox and runs the code. Returns the mean length of page 1. */
    private int warmUp() throws Exception {
        try (HttpConnection connection = new HttpConnection(chatlist.port())) {
            SyncClient client = new SyncClient(connection, token, InboxLoop.MEMBERS);
            client.pass(Integer.MAX_VALUE, InboxLoop.PAGE_SIZE);
            Progress.log("  walked through %s rooms".formatted(Table.number(client.count())));
        }
        writers.start(MESSAGES_PER_SECOND);
        Answers pages = InboxLoop.measure(
                        chatlist, token, REQUESTS_PER_SECOND, bench.plan().warmUpSeconds() / 2, passed)
                .get(Kind.FIRST_PAGE);
        writers.stop();
        return (int) requireNonNull(pages).meanBytes();
    }

    /** Constant bytes come right after, and show what the machine and the writers take from every answer. */
    private void round(Service constant, int seconds) throws Exception {
        writers.start(MESSAGES_PER_SECOND);
        InboxLoop.measure(chatlist, token, REQUESTS_PER_SECOND, seconds, passed).forEach((kind, more) -> {
            Progress.log("  %s: p99 %s".formatted(kind.title(), Table.micros(more.p99())));
            p99.computeIfAbsent(kind, any -> new Samples()).add(more.p99());
            answers.merge(kind, more, Answers::and);
        });
        int requests = REQUESTS_PER_SECOND * Kind.values().length;
        Latencies latencies = OpenLoop.measure(constant, request, requests, Math.max(1, seconds / 2));
        constantP50.add(latencies.p50());
        constantP99.add(latencies.p99());
        written.add(writers.stop());
    }

    /** One client of each kind in turn, as often as when its latency is measured, while messages are written. */
    private Map<Kind, Double> statements() throws Exception {
        Map<Kind, Double> statements = new EnumMap<>(Kind.class);
        writers.start(MESSAGES_PER_SECOND);
        try (HttpConnection connection = new HttpConnection(chatlist.port());
                StatementLog log = new StatementLog(bench.database())) {
            for (Kind kind : Kind.values()) {
                SyncClient client = new SyncClient(connection, token, InboxLoop.MEMBERS);
                kind.prepare(client, passed);
                log.count();
                long start = System.nanoTime();
                for (int n = 0; n < COUNTED; n++) {
                    OpenLoop.await(start + n * 1_000_000_000L / REQUESTS_PER_SECOND);
                    kind.ask(client);
                }
                statements.put(kind, (double) log.count() / COUNTED);
            }
        }
        writers.stop();
        return statements;
    }

    private Answers answers(Kind kind) {
        return requireNonNull(answers.get(kind));
    }

    private String report(int rounds, int seconds, int pageBytes, Map<Kind, Double> statements) {
        Table table = new Table(
                "%d requests/s of each kind, `members_limit` %d".formatted(REQUESTS_PER_SECOND, InboxLoop.MEMBERS),
                "p50",
                "p99",
                "rounds",
                "max",
                "bytes",
                "statements");
        StringBuilder targets = new StringBuilder();
        for (Kind kind : Kind.values()) {
            Answers all = answers(kind);
            Samples ofRounds = requireNonNull(p99.get(kind));
            table.row(
                    kind.title(),
                    Table.micros(all.p50()),
                    Table.micros(all.p99()),
                    Table.micros(ofRounds.min()) + "–" + Table.micros(ofRounds.max()),
                    Table.micros(all.max()),
                    Table.bytes(all.meanBytes()),
                    Table.number(requireNonNull(statements.get(kind))));
            targets.append(Target.atMost(20, "p99 of %s, ms".formatted(kind.title()), all.p99() / 1e3));
        }
        table.row(
                "constant bytes, as many requests",
                Table.micros(constantP50.median()),
                Table.micros(constantP99.median()),
                Table.micros(constantP99.min()) + "–" + Table.micros(constantP99.max()),
                "",
                Table.bytes(pageBytes),
                "");
        Scale scale = bench.world().scale();
        return table
                + """

                A world of its own: %s. Writers achieved %s messages/s, each to a random room, so half of them to the \
                user's; one in %d went to the big room, which was then on page 1. For each kind of request there is one \
                client, in %d rounds of %d s. Requests are due at fixed times, whether or not the one before has been \
                answered; latency counts from then to the last byte of the answer. The walk had passed %s rooms before, \
                and its pages also tell what moved meanwhile; a delta tells what changed since the delta before. %d \
                answers were resets. The user's chats were in memory. Constant bytes were sent right after each round, \
                with the same writers: what they take is not the service's. Statements are those in the server's log for \
                %d requests, without triggers and writers.

                """.formatted(
                        scale,
                        Table.number(written.median()),
                        BIG_ROOM_ONE_IN,
                        rounds,
                        seconds,
                        Table.number(passed),
                        answers.values().stream().mapToLong(Answers::resets).sum(),
                        COUNTED)
                + targets;
    }
}
