package dev.chatlist.benchmarks;

import dev.chatlist.benchmarks.ClosedLoop.Rate;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jose4j.lang.JoseException;

/** What the sections of the report share: the world, its database, and the contenders, started when first asked for. */
final class Bench implements AutoCloseable {
    /** Not counted: what the turns of others have left cold, or changed, is none of a turn's business. */
    static final int LEAD_IN_SECONDS = 2;

    private final Plan plan;
    private final Path directory;
    private final World world;
    private final WorldDatabase database;
    private final String secret = secret();
    private final Tokens tokens;
    private final ClosedLoop closedLoop;
    private final Map<Contender, Service> services = new EnumMap<>(Contender.class);
    private final Set<Contender> loaded = EnumSet.noneOf(Contender.class);
    private int pageBytes;

    /** Loads the world, unless that has been done before. */
    static Bench open(Plan plan, Path directory) throws IOException, SQLException, JoseException {
        Files.createDirectories(directory.resolve("logs"));
        World world = new World(plan.scale(), plan.seed());
        String name = "world-%d-%d".formatted(plan.scale().users(), plan.seed());
        Bench bench =
                new Bench(plan, directory, world, WorldDatabase.open(directory.resolve(name), world, plan.seed()));
        // Also where somebody loses patience.
        Runtime.getRuntime().addShutdownHook(new Thread(bench::close));
        return bench;
    }

    private Bench(Plan plan, Path directory, World world, WorldDatabase database) throws IOException, JoseException {
        this.plan = plan;
        this.directory = directory;
        this.world = world;
        this.database = database;
        tokens = new Tokens(world.userIds(), secret, directory.resolve("tokens.txt"));
        closedLoop = new ClosedLoop(directory, tokens.file());
    }

    Plan plan() {
        return plan;
    }

    World world() {
        return world;
    }

    WorldDatabase database() {
        return database;
    }

    Tokens tokens() {
        return tokens;
    }

    ClosedLoop closedLoop() {
        return closedLoop;
    }

    /** A contender that runs, gives the same answers as the others and, if it is Chatlist, is warm. */
    Service service(Contender contender) throws IOException, InterruptedException, ExecutionException {
        Service running = services.get(contender);
        if (running != null) {
            return running;
        }
        if (contender == Contender.CONSTANT) {
            service(Contender.CHATLIST);
        }
        Progress.say("starting " + contender.title());
        Service started = start(contender);
        services.put(contender, started);
        if (contender == Contender.CHATLIST) {
            warm(started);
        } else if (contender != Contender.CONSTANT) {
            SameAnswers.check(this, service(Contender.CHATLIST), started);
        }
        return started;
    }

    /** Like {@link #service}, and has been under load, so that its JVM has compiled what it runs. */
    Service underLoad(Contender contender) throws IOException, InterruptedException, ExecutionException {
        Service service = service(contender);
        if (loaded.add(contender)) {
            closedLoop.run(service, plan.warmUpSeconds());
        }
        return service;
    }

    /** As much as a contender can do now. */
    Rate turn(Contender contender) throws IOException, InterruptedException, ExecutionException {
        Service service = service(contender);
        closedLoop.run(service, LEAD_IN_SECONDS);
        return closedLoop.run(service, plan.roundSeconds());
    }

    /** The mean size of the users' first pages, when they were last walked through. */
    int pageBytes() throws IOException, InterruptedException, ExecutionException {
        service(Contender.CHATLIST);
        return pageBytes;
    }

    Path directory() {
        return directory;
    }

    /** Tokens for another world than ours, as good as ours. */
    Tokens tokens(World other, String file) throws IOException, JoseException {
        return new Tokens(other.userIds(), secret, directory.resolve(file));
    }

    /** A process that is told our secret and database, and that the caller ends. */
    Service start(String name, List<String> command, int port) throws IOException, InterruptedException {
        return Service.start(name, command, Contender.environment(database, secret), port, directory.resolve("logs"));
    }

    Path gcLog(Contender contender) {
        return directory.resolve("logs").resolve(contender.fileName() + "-gc.log");
    }

    private Service start(Contender contender) throws IOException, InterruptedException {
        return start(contender, contender.fileName(), gcLog(contender));
    }

    /** A Chatlist beside the one that is compared, to be ended by the caller. */
    Service another(String name) throws IOException, InterruptedException {
        return start(Contender.CHATLIST, name, directory.resolve("logs").resolve(name + "-gc.log"));
    }

    private Service start(Contender contender, String name, Path gcLog) throws IOException, InterruptedException {
        int port = Service.freePort();
        List<String> arguments = contender.arguments(database, port, pageBytes);
        return start(name, plan.java(gcLog, arguments), port);
    }

    private void warm(Service service) throws IOException, InterruptedException, ExecutionException {
        double seconds = walk(service);
        Progress.say("asked for the first page of every user in %s s; a page has %s on average"
                .formatted(Table.number(seconds), Table.bytes(pageBytes)));
    }

    /** Asks for the first page of every user once, tells how many seconds that took, and sets {@link #pageBytes}. */
    double walk(Service service, String... headers) throws IOException, InterruptedException, ExecutionException {
        long start = System.nanoTime();
        AtomicInteger next = new AtomicInteger();
        AtomicLong bytes = new AtomicLong();
        ExecutorService threads = Executors.newFixedThreadPool(ClosedLoop.CONNECTIONS);
        List<Future<?>> work = new ArrayList<>();
        for (int i = 0; i < ClosedLoop.CONNECTIONS; i++) {
            work.add(threads.submit(() -> {
                try (HttpConnection connection = new HttpConnection(service.port())) {
                    for (int user = next.getAndIncrement();
                            user < world.userIds().size();
                            user = next.getAndIncrement()) {
                        connection.ask(
                                HttpConnection.myChats(tokens.of(world.userIds().get(user)), 1, 20, headers));
                        bytes.addAndGet(connection.bodyBytes());
                    }
                    return null;
                }
            }));
        }
        threads.shutdown();
        for (Future<?> part : work) {
            part.get();
        }
        pageBytes = (int) (bytes.get() / world.userIds().size());
        return (System.nanoTime() - start) / 1e9;
    }

    private static String secret() {
        byte[] random = new byte[32];
        new SecureRandom().nextBytes(random);
        return HexFormat.of().formatHex(random);
    }

    @Override
    public void close() {
        services.values().forEach(Service::close);
        database.close();
    }
}
