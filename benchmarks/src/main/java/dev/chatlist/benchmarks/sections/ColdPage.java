package dev.chatlist.benchmarks.sections;

import dev.chatlist.benchmarks.load.HttpConnection;
import dev.chatlist.benchmarks.load.MessageInsert;
import dev.chatlist.benchmarks.load.SyncClient;
import dev.chatlist.benchmarks.process.Service;
import dev.chatlist.benchmarks.report.Progress;
import dev.chatlist.benchmarks.report.Samples;
import dev.chatlist.benchmarks.report.Table;
import dev.chatlist.benchmarks.report.Target;
import dev.chatlist.benchmarks.world.World;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Random;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** How long does a first page take that shows a room of very many members, if nothing of it is in memory? */
final class ColdPage {
    private static final int PAGE_SIZE = 20;
    private static final int MEMBERS = 3;
    private static final int WARM_UP = 400;
    private static final int REQUESTS = 100;

    /** Reading the list of the user in very many rooms takes longer. */
    private static final int LONG_REQUESTS = 20;

    private static final int STARTS = 5;

    private final Bench bench;
    private final Statement statement;
    private final MessageInsert insert;

    /** Members of the big room, in random order, who haven't asked yet. */
    private final Iterator<String> members;

    private final Table table = new Table(
            "page 1 of %d, `members_limit` %d".formatted(PAGE_SIZE, MEMBERS), "requests", "median", "longest");

    static String measure(Bench main) throws Exception {
        Progress.log("cold");
        try (Bench bench = main.largeInbox();
                Connection connection = bench.database().connect();
                Statement statement = connection.createStatement();
                MessageInsert insert = new MessageInsert(connection)) {
            String report = new ColdPage(bench, statement, insert).report();
            bench.database().reset();
            return report;
        }
    }

    private ColdPage(Bench bench, Statement statement, MessageInsert insert) {
        this.bench = bench;
        this.statement = statement;
        this.insert = insert;
        World world = bench.world();
        List<String> all = IntStream.of(world.members(0))
                .mapToObj(world.userIds()::get)
                .filter(user -> !user.equals(world.heavyUser()))
                .collect(Collectors.toList());
        Collections.shuffle(all, new Random(1));
        members = all.iterator();
    }

    private interface Step {
        void run() throws SQLException;
    }

    private String report() throws Exception {
        String heavy = bench.world().heavyUser();
        String manyRooms = Table.number(bench.world().scale().heavyUserRooms());
        post();
        Samples dropped;
        Samples messages;
        try (Service chatlist = bench.contenders().anotherChatlist("chatlist-cold");
                HttpConnection connection = new HttpConnection(chatlist.port())) {
            for (int n = 0; n < WARM_UP; n++) {
                page(connection, members.next());
            }
            row("a member's first request", requests(connection, REQUESTS, () -> {}, members::next));
            dropped = requests(connection, REQUESTS, this::forget, members::next);
            row("a member's, and the memory is empty", dropped);
            row(
                    "that of the user in %s rooms, and the memory is empty".formatted(manyRooms),
                    requests(connection, LONG_REQUESTS, this::forget, () -> heavy));
            messages = requests(connection, REQUESTS, this::post, () -> heavy);
            row("that of the user in %s rooms, after a message in the big room".formatted(manyRooms), messages);
        }
        row("a member's, the first after a start", starts());
        return table
                + """

                A room of %s members, which had the latest message, so it was on page 1 of each of them. Requests came one \
                by one, each of another member, and take until the last byte of the answer. The memory was emptied by \
                `SELECT chatlist.renew_epoch()`, in a service that had answered %d requests before. The first answer after \
                a start also loads classes, and runs code that isn't compiled yet.

                """.formatted(Table.number(bench.world().scale().bigRoomMembers()), WARM_UP)
                + Target.atMost(50, "a member's first page, with the memory empty, ms", dropped.median() / 1e3)
                + Target.atMost(50, "page 1 after a message in the big room, ms", messages.median() / 1e3);
    }

    private void row(String title, Samples micros) {
        table.row(title, String.valueOf(micros.count()), Table.micros(micros.median()), Table.micros(micros.max()));
    }

    private Samples requests(HttpConnection connection, int count, Step before, Supplier<String> user)
            throws IOException, SQLException {
        Samples micros = new Samples();
        for (int n = 0; n < count; n++) {
            before.run();
            micros.add(page(connection, user.get()));
        }
        return micros;
    }

    private Samples starts() throws Exception {
        Samples micros = new Samples();
        for (int n = 0; n < STARTS; n++) {
            try (Service chatlist = bench.contenders().anotherChatlist("chatlist-cold");
                    HttpConnection connection = new HttpConnection(chatlist.port())) {
                micros.add(page(connection, members.next()));
            }
        }
        return micros;
    }

    /** Returns the microseconds to the last byte of the answer. */
    private double page(HttpConnection connection, String user) throws IOException {
        SyncClient client = new SyncClient(connection, bench.tokens().of(user), MEMBERS);
        client.page(1, PAGE_SIZE);
        return client.micros();
    }

    /** In a new epoch, instances drop everything that they have in memory. */
    private void forget() throws SQLException {
        statement.execute("SELECT chatlist.renew_epoch()");
    }

    private void post() throws SQLException {
        insert.post(bench.world().bigRoom(), bench.world().heavyUser());
    }
}
