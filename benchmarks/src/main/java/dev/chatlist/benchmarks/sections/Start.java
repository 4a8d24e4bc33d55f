package dev.chatlist.benchmarks.sections;

import dev.chatlist.adapter.persistence.embedded.EmbeddedPostgres;
import dev.chatlist.benchmarks.contenders.ConstantBytes;
import dev.chatlist.benchmarks.load.HttpConnection;
import dev.chatlist.benchmarks.load.Tokens;
import dev.chatlist.benchmarks.process.Command;
import dev.chatlist.benchmarks.process.Service;
import dev.chatlist.benchmarks.report.Progress;
import dev.chatlist.benchmarks.report.Samples;
import dev.chatlist.benchmarks.report.Table;
import dev.chatlist.benchmarks.report.Target;
import dev.chatlist.benchmarks.world.Scale;
import dev.chatlist.benchmarks.world.World;
import dev.chatlist.benchmarks.world.WorldDatabase;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** How long does a start take, from the command to the first answer, with an existing database that is stopped? */
final class Start {
    private static final double SCALE = 0.01;

    static String measure(Bench bench) throws Exception {
        Path data = bench.directory().resolve("start");
        World world = new World(Scale.of(SCALE), bench.plan().seed());
        WorldDatabase.open(data, world, bench.plan().seed()).close();
        Tokens tokens =
                bench.tokens().forUsers(world.userIds(), bench.directory().resolve("start-tokens.txt"));
        byte[] request = HttpConnection.myChats(tokens.of(world.userIds().get(1)), 1, 20);

        Samples chatlist = new Samples();
        Samples undertow = new Samples();
        Samples server = new Samples();
        for (int round = 0; round < bench.plan().rounds(); round++) {
            Progress.log("start, round " + (round + 1));
            int port = Service.freePort();
            chatlist.add(firstAnswer(bench, "start-chatlist", chatlist(data, port), port, request));
            undertow.add(firstAnswer(bench, "start-undertow", bareUndertow(port), port, request));
            server.add(serverStart(data));
        }
        Table table = new Table("from the command to the first answer", "median", "range");
        row(table, "`./chatlist serve`, with its embedded server", chatlist);
        row(table, "bare Undertow", undertow);
        row(table, "embedded server alone", server);
        double sum = undertow.median() + server.median();
        return table
                + """

                Medians of %d interleaved starts: Chatlist by its command, with its archive of classes; bare Undertow \
                with the JVM's default flags and no archive. The database holds a world of %s users.

                """.formatted(
                        bench.plan().rounds(), Table.number(world.userIds().size()))
                + Target.atMost(2.5, "Chatlist ÷ (bare Undertow + embedded server)", chatlist.median() / sum);
    }

    private static List<String> chatlist(Path data, int port) {
        return List.of("./chatlist", "serve", "--port", String.valueOf(port), "--data-dir", data.toString());
    }

    private static List<String> bareUndertow(int port) {
        List<String> command = new ArrayList<>(List.of(Command.ofJdk("java")));
        command.addAll(Command.mainClass(ConstantBytes.class, String.valueOf(port), "5"));
        return command;
    }

    /** In milliseconds. */
    private static double firstAnswer(Bench bench, String name, List<String> command, int port, byte[] request)
            throws Exception {
        long start = System.nanoTime();
        try (Service service = bench.contenders().start(name, command, port);
                HttpConnection connection = new HttpConnection(service.port())) {
            connection.request(request);
            return (System.nanoTime() - start) / 1e6;
        }
    }

    private static double serverStart(Path data) {
        long start = System.nanoTime();
        EmbeddedPostgres server = EmbeddedPostgres.open(data);
        double millis = (System.nanoTime() - start) / 1e6;
        server.close();
        return millis;
    }

    private static void row(Table table, String title, Samples millis) {
        table.row(
                title,
                Table.micros(millis.median() * 1e3),
                Table.micros(millis.min() * 1e3) + "–" + Table.micros(millis.max() * 1e3));
    }

    private Start() {}
}
