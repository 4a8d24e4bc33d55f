package dev.chatlist.benchmarks;

import dev.chatlist.adapter.persistence.embedded.EmbeddedPostgres;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** How long it takes from the command to the first answer, on a database that is there but doesn't run. */
final class Start {
    private static final double SCALE = 0.01;

    static String measure(Bench bench) throws Exception {
        Path data = bench.directory().resolve("start");
        World world = new World(Scale.of(SCALE), bench.plan().seed());
        WorldDatabase.open(data, world, bench.plan().seed()).close();
        Tokens tokens = bench.tokens(world, "start-tokens.txt");
        byte[] request = HttpConnection.myChats(tokens.of(world.userIds().get(1)), 1, 20);

        Samples chatlist = new Samples();
        Samples hello = new Samples();
        Samples server = new Samples();
        for (int round = 0; round < bench.plan().rounds(); round++) {
            Progress.say("start, round " + (round + 1));
            int port = Service.freePort();
            chatlist.add(firstAnswer(bench, "start-chatlist", chatlist(data, port), port, request));
            hello.add(firstAnswer(bench, "start-hello", bareUndertow(port), port, request));
            server.add(serverStart(data));
        }
        Table table = new Table("from the command to the first answer", "median", "range");
        row(table, "`./chatlist serve`, embedded server stopped before", chatlist);
        row(table, "bare Undertow", hello);
        row(table, "start of the embedded server alone", server);
        double sum = hello.median() + server.median();
        return table
                + """

                Medians of %d interleaved starts: Chatlist as its command starts it, its classes from the archive; bare \
                Undertow with the JVM's default flags and no archive. The database holds a world of %s users.

                """.formatted(
                        bench.plan().rounds(), Table.number(world.userIds().size()))
                + Target.atMost(
                        2.5, "first answer, times bare Undertow's plus the server's start", chatlist.median() / sum);
    }

    private static List<String> chatlist(Path data, int port) {
        return List.of("./chatlist", "serve", "--port", String.valueOf(port), "--data-dir", data.toString());
    }

    private static List<String> bareUndertow(int port) {
        List<String> command = new ArrayList<>(List.of(Command.ofJdk("java")));
        command.addAll(Contender.main(ConstantBytes.class, String.valueOf(port), "5"));
        return command;
    }

    /** In milliseconds. */
    private static double firstAnswer(Bench bench, String name, List<String> command, int port, byte[] request)
            throws Exception {
        long start = System.nanoTime();
        try (Service service = bench.start(name, command, port);
                HttpConnection connection = new HttpConnection(service.port())) {
            connection.ask(request);
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
