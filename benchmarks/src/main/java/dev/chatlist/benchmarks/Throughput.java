package dev.chatlist.benchmarks;

import dev.chatlist.benchmarks.ClosedLoop.Rate;
import java.util.EnumSet;
import java.util.List;

/** How many pages a second, as much as each contender can. */
final class Throughput {
    private static final int MESSAGES_PER_SECOND = 500;

    private final Bench bench;
    private final Turn warm = new Turn(Contender.CHATLIST, false);
    private final Turn whileWritten = new Turn(Contender.CHATLIST, true);
    private final Turn cold = new Turn(Contender.CHATLIST_COLD, false);
    private final Turn postgresJson = new Turn(Contender.POSTGRES_JSON, false);
    private final Turn spring = new Turn(Contender.SPRING, false);
    private final Turn constant = new Turn(Contender.CONSTANT, false);
    private final Turn constantWhileWritten = new Turn(Contender.CONSTANT, true);

    /**
     * What is written leaves the database work to tidy up: after that comes who has no database, lest another pay. Chatlist
     * isn't left alone for long with so many messages that it would rather read everything anew.
     */
    private final List<Turn> turns =
            List.of(warm, constantWhileWritten, whileWritten, constant, cold, postgresJson, spring);

    private final Writers writers;

    private final Samples written = new Samples();

    /** What each round does once, alone or while messages are written, and what came of it. */
    private record Turn(Contender contender, boolean isWritten, Samples requests, Samples bytes) {
        Turn(Contender contender, boolean isWritten) {
            this(contender, isWritten, new Samples(), new Samples());
        }

        String title() {
            return contender.title() + (isWritten ? ", %d messages/s written".formatted(MESSAGES_PER_SECOND) : "");
        }

        double times(Turn other) {
            return requests.times(other.requests);
        }
    }

    static String measure(Bench bench) throws Exception {
        try (Writers writers = new Writers(bench.database(), bench.world())) {
            Throughput throughput = new Throughput(bench, writers);
            throughput.warmUp();
            for (int round = 1; round <= bench.plan().rounds(); round++) {
                Progress.say("throughput, round %d of %d"
                        .formatted(round, bench.plan().rounds()));
                throughput.round();
            }
            bench.database().tidy();
            return throughput.report();
        }
    }

    private Throughput(Bench bench, Writers writers) {
        this.bench = bench;
        this.writers = writers;
    }

    /** Of all that is measured: what Chatlist does while others write has to be compiled as well. */
    private void warmUp() throws Exception {
        for (Contender contender : EnumSet.complementOf(EnumSet.of(Contender.CONSTANT))) {
            bench.underLoad(contender);
        }
        Service chatlist = bench.service(Contender.CHATLIST);
        writers.start(MESSAGES_PER_SECOND);
        bench.closedLoop().run(chatlist, bench.plan().warmUpSeconds());
        writers.stop();
        // Other rooms come first now, so pages may have another length.
        bench.walk(chatlist);
        bench.underLoad(Contender.CONSTANT);
    }

    private void round() throws Exception {
        for (Turn turn : turns) {
            Rate rate = turn.isWritten ? runWhileWritten(turn) : bench.turn(turn.contender);
            Progress.say("  %s: %s/s".formatted(turn.title(), Table.number(rate.requestsPerSecond())));
            turn.requests.add(rate.requestsPerSecond());
            turn.bytes.add(rate.bytesPerSecond());
        }
    }

    private Rate runWhileWritten(Turn turn) throws Exception {
        writers.start(MESSAGES_PER_SECOND);
        Rate rate = bench.turn(turn.contender);
        double perSecond = writers.stop();
        if (turn.contender == Contender.CHATLIST) {
            written.add(perSecond);
        }
        return rate;
    }

    /** Chatlist's turn that another's is compared with: while as much is written, its own two with each other. */
    private Turn likewise(Turn turn) {
        return turn.isWritten && turn.contender != Contender.CHATLIST ? whileWritten : warm;
    }

    private String report() throws Exception {
        Table table = new Table("`POST /my_chats`, pages of 20", "requests/s", "rounds", "MB/s", "Chatlist is … times");
        for (Turn turn : turns) {
            table.row(
                    turn.title(),
                    Table.number(turn.requests.median()),
                    Table.number(turn.requests.min()) + "–" + Table.number(turn.requests.max()),
                    Table.number(turn.bytes.median() / 1e6),
                    Table.number(likewise(turn).times(turn)));
        }
        return table
                + """

                Medians of %d interleaved rounds of %d s, each after %d s that aren't counted; ratios are medians of each round's. A page has %s on average after the warm-up, and constant bytes are as many; %s messages/s were achieved. Constant bytes while messages are written are compared with Chatlist while they are, and keep %s of their pages, though they ask for nothing.

                """.formatted(
                                bench.plan().rounds(),
                                bench.plan().roundSeconds(),
                                Bench.LEAD_IN_SECONDS,
                                Table.bytes(bench.pageBytes()),
                                Table.number(written.median()),
                                Table.number(constantWhileWritten.times(constant)))
                + Target.atLeast(10, "warm, times PostgreSQL building the JSON", warm.times(postgresJson))
                + Target.atLeast(15, "warm, times Spring Boot", warm.times(spring))
                + Target.atLeast(0.4, "warm, of the ceiling", warm.times(constant))
                + Target.atLeast(0.7, "while messages are written, of the warm figure", whileWritten.times(warm))
                + Target.atLeast(1.5, "cold, times PostgreSQL building the JSON", cold.times(postgresJson));
    }
}
