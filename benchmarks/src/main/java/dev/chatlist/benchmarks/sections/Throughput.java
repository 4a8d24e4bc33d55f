package dev.chatlist.benchmarks.sections;

import dev.chatlist.benchmarks.contenders.Contender;
import dev.chatlist.benchmarks.contenders.Contenders;
import dev.chatlist.benchmarks.load.ClosedLoop.Rate;
import dev.chatlist.benchmarks.load.Writers;
import dev.chatlist.benchmarks.process.Service;
import dev.chatlist.benchmarks.report.Progress;
import dev.chatlist.benchmarks.report.Samples;
import dev.chatlist.benchmarks.report.Table;
import dev.chatlist.benchmarks.report.Target;
import java.util.EnumSet;
import java.util.List;

/** How many pages per second can each contender answer? */
final class Throughput {
    private static final int MESSAGES_PER_SECOND = 500;

    private final Bench bench;
    private final Turn warm = new Turn(Contender.CHATLIST, false);
    private final Turn warmWithWrites = new Turn(Contender.CHATLIST, true);
    private final Turn cold = new Turn(Contender.CHATLIST_COLD, false);
    private final Turn postgresJson = new Turn(Contender.POSTGRES_JSON, false);
    private final Turn spring = new Turn(Contender.SPRING, false);
    private final Turn constant = new Turn(Contender.CONSTANT, false);
    private final Turn constantWithWrites = new Turn(Contender.CONSTANT, true);

    /**
     * The order within a round. Writes leave cleanup work to the database, so the constant answer, which needs no
     * database, comes next. Chatlist follows {@code constantWithWrites} at once: it would otherwise fall behind by more
     * changes than its feed returns one by one.
     */
    private final List<Turn> turns =
            List.of(warm, constantWithWrites, warmWithWrites, constant, cold, postgresJson, spring);

    private final Writers writers;
    private final Samples messagesPerSecond = new Samples();

    /** One row of the table. */
    private record Turn(Contender contender, boolean hasWrites, Samples requests, Samples bytes) {
        Turn(Contender contender, boolean hasWrites) {
            this(contender, hasWrites, new Samples(), new Samples());
        }

        String title() {
            return contender.title() + (hasWrites ? ", %d messages/s written".formatted(MESSAGES_PER_SECOND) : "");
        }

        double ratio(Turn other) {
            return requests.medianRatio(other.requests);
        }
    }

    static String measure(Bench bench) throws Exception {
        try (Writers writers = new Writers(bench.database(), bench.world())) {
            Throughput throughput = new Throughput(bench, writers);
            throughput.warmUp();
            for (int round = 1; round <= bench.plan().rounds(); round++) {
                Progress.log("throughput, round %d of %d"
                        .formatted(round, bench.plan().rounds()));
                throughput.round();
            }
            bench.database().reset();
            return throughput.report();
        }
    }

    private Throughput(Bench bench, Writers writers) {
        this.bench = bench;
        this.writers = writers;
    }

    private void warmUp() throws Exception {
        Contenders contenders = bench.contenders();
        for (Contender contender : EnumSet.complementOf(EnumSet.of(Contender.CONSTANT))) {
            contenders.warmService(contender);
        }
        // Chatlist runs other code while messages are written, which has to be compiled too.
        Service chatlist = contenders.service(Contender.CHATLIST);
        writers.start(MESSAGES_PER_SECOND);
        contenders.closedLoop().run(chatlist, bench.plan().warmUpSeconds());
        writers.stop();
        // The messages changed the order of rooms, and so the length of pages, before the constant one is measured.
        contenders.requestFirstPages();
        contenders.warmService(Contender.CONSTANT);
    }

    private void round() throws Exception {
        for (Turn turn : turns) {
            Rate rate =
                    turn.hasWrites ? runWithWrites(turn) : bench.contenders().turn(turn.contender);
            Progress.log("  %s: %s/s".formatted(turn.title(), Table.number(rate.requestsPerSecond())));
            turn.requests.add(rate.requestsPerSecond());
            turn.bytes.add(rate.bytesPerSecond());
        }
    }

    private Rate runWithWrites(Turn turn) throws Exception {
        writers.start(MESSAGES_PER_SECOND);
        Rate rate = bench.contenders().turn(turn.contender);
        double perSecond = writers.stop();
        if (turn.contender == Contender.CHATLIST) {
            messagesPerSecond.add(perSecond);
        }
        return rate;
    }

    /** Chatlist's turn to compare with. Its own turn with writes is compared with its turn without. */
    private Turn baseline(Turn turn) {
        return turn.hasWrites && turn.contender != Contender.CHATLIST ? warmWithWrites : warm;
    }

    private String report() throws Exception {
        Table table = new Table("`POST /my_chats`, pages of 20", "requests/s", "rounds", "MB/s", "Chatlist ÷ this");
        for (Turn turn : turns) {
            table.row(
                    turn.title(),
                    Table.number(turn.requests.median()),
                    Table.number(turn.requests.min()) + "–" + Table.number(turn.requests.max()),
                    Table.number(turn.bytes.median() / 1e6),
                    Table.number(baseline(turn).ratio(turn)));
        }
        return table
                + """

                Medians of %d interleaved rounds of %d s, each after a lead-in of %d s. Ratios are medians of each \
                round's ratio. A page has %s on average. Writers achieved %s messages/s; constant bytes lose %.0f %% of \
                their rate to them.

                """.formatted(
                                bench.plan().rounds(),
                                bench.plan().roundSeconds(),
                                Contenders.LEAD_IN_SECONDS,
                                Table.bytes(bench.contenders().pageBytes()),
                                Table.number(messagesPerSecond.median()),
                                100 * (1 - constantWithWrites.ratio(constant)))
                + Target.atLeast(10, "warm ÷ PostgreSQL building the JSON", warm.ratio(postgresJson))
                + Target.atLeast(15, "warm ÷ Spring Boot", warm.ratio(spring))
                + Target.atLeast(0.4, "warm ÷ constant bytes", warm.ratio(constant))
                + Target.atLeast(0.7, "warm with messages written ÷ warm", warmWithWrites.ratio(warm))
                + Target.atLeast(1.5, "cache off ÷ PostgreSQL building the JSON", cold.ratio(postgresJson));
    }
}
