package dev.chatlist.benchmarks;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;

/** Whether a message costs its writer the same in a room of very many members. */
final class FlatInMembers {
    private static final int WARM_UP = 200;
    private static final int MESSAGES = 1_500;

    static String measure(Bench bench) throws Exception {
        Progress.say("members");
        String members = Table.number(bench.world().scale().bigRoomMembers());
        Table table = new Table("one message", "into a room of 2", "into a room of " + members, "times");
        double durable = row(bench, "on", "committed to disk", table);
        double quick = row(bench, "off", "without the wait for the disk", table);
        bench.database().tidy();
        return table
                + """

                Medians of %s messages into each room, in turn, on one connection: a prepared `INSERT` and its commit. \
                The second row sets `synchronous_commit = off`, so that the disk doesn't hide a difference.

                """.formatted(Table.number(MESSAGES))
                + Target.atMost(1.3, "a message to very many, times one to two", durable)
                + Target.atMost(1.3, "the same without the wait for the disk", quick);
    }

    private static double row(Bench bench, String synchronousCommit, String title, Table table) throws SQLException {
        World world = bench.world();
        String roomOfTwo = world.aRoomOfTwo();
        Samples small = new Samples();
        Samples big = new Samples();
        try (Connection connection = bench.database().connect();
                Statement statement = connection.createStatement();
                PreparedStatement insert = Writers.prepare(connection)) {
            statement.execute("SET synchronous_commit = " + synchronousCommit);
            for (int turn = -WARM_UP; turn < MESSAGES; turn++) {
                boolean bigFirst = turn % 2 == 0;
                for (boolean isBig : new boolean[] {bigFirst, !bigFirst}) {
                    long start = System.nanoTime();
                    Writers.post(insert, isBig ? world.bigRoom() : roomOfTwo, world.heavyUser());
                    if (turn >= 0) {
                        (isBig ? big : small).add((System.nanoTime() - start) / 1e3);
                    }
                }
            }
        }
        double times = big.median() / small.median();
        table.row(title, Table.micros(small.median()), Table.micros(big.median()), Table.number(times));
        return times;
    }

    private FlatInMembers() {}
}
