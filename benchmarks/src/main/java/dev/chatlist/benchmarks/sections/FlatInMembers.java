package dev.chatlist.benchmarks.sections;

import dev.chatlist.benchmarks.load.MessageInsert;
import dev.chatlist.benchmarks.report.Progress;
import dev.chatlist.benchmarks.report.Samples;
import dev.chatlist.benchmarks.report.Table;
import dev.chatlist.benchmarks.report.Target;
import dev.chatlist.benchmarks.world.World;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;

/** Does posting a message take longer in a room with very many members? */
final class FlatInMembers {
    private static final int WARM_UP = 200;
    private static final int MESSAGES = 1_500;

    static String measure(Bench bench) throws Exception {
        Progress.log("members");
        String members = Table.number(bench.world().scale().bigRoomMembers());
        Table table = new Table("posting one message", "room of 2", "room of " + members, "ratio");
        double durable = row(bench, "on", "committed to disk", table);
        double withoutDisk = row(bench, "off", "without waiting for the disk", table);
        bench.database().reset();
        return table
                + """

                Medians of %s messages to each room, interleaved, on one connection: a prepared `INSERT` and its \
                commit. The second row sets `synchronous_commit = off`, because waiting for the disk could hide a \
                difference.

                """.formatted(Table.number(MESSAGES))
                + Target.atMost(1.3, "large room ÷ room of two", durable)
                + Target.atMost(1.3, "the same without waiting for the disk", withoutDisk);
    }

    private static double row(Bench bench, String synchronousCommit, String title, Table table) throws SQLException {
        World world = bench.world();
        String roomOfTwo = world.roomOfTwo();
        Samples small = new Samples();
        Samples big = new Samples();
        try (Connection connection = bench.database().connect();
                Statement statement = connection.createStatement();
                MessageInsert insert = new MessageInsert(connection)) {
            statement.execute("SET synchronous_commit = " + synchronousCommit);
            for (int turn = -WARM_UP; turn < MESSAGES; turn++) {
                boolean bigFirst = turn % 2 == 0;
                for (boolean isBig : new boolean[] {bigFirst, !bigFirst}) {
                    long start = System.nanoTime();
                    insert.post(isBig ? world.bigRoom() : roomOfTwo, world.heavyUser());
                    if (turn >= 0) {
                        (isBig ? big : small).add((System.nanoTime() - start) / 1e3);
                    }
                }
            }
        }
        double ratio = big.median() / small.median();
        table.row(title, Table.micros(small.median()), Table.micros(big.median()), Table.number(ratio));
        return ratio;
    }

    private FlatInMembers() {}
}
