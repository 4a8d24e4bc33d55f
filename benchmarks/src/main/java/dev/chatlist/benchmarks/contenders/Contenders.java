package dev.chatlist.benchmarks.contenders;

import dev.chatlist.benchmarks.load.ClosedLoop;
import dev.chatlist.benchmarks.load.ClosedLoop.Rate;
import dev.chatlist.benchmarks.load.FirstPages;
import dev.chatlist.benchmarks.load.Tokens;
import dev.chatlist.benchmarks.process.Service;
import dev.chatlist.benchmarks.report.Progress;
import dev.chatlist.benchmarks.report.Table;
import dev.chatlist.benchmarks.world.World;
import dev.chatlist.benchmarks.world.WorldDatabase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;

/** The running contenders. Each starts when it is first needed and stops at the end of the run. */
public final class Contenders implements AutoCloseable {
    /** Load before each turn, not counted: the turns of other contenders leave processor and database caches cold. */
    public static final int LEAD_IN_SECONDS = 2;

    private final Plan plan;
    private final Path logs;
    private final World world;
    private final WorldDatabase database;
    private final Tokens tokens;
    private final ClosedLoop closedLoop;
    private final Map<Contender, Service> services = new EnumMap<>(Contender.class);
    private final Set<Contender> warm = EnumSet.noneOf(Contender.class);
    private int pageBytes;

    /** @param directory for logs and for the script of wrk */
    public Contenders(Plan plan, World world, WorldDatabase database, Tokens tokens, Path directory)
            throws IOException {
        this.plan = plan;
        this.world = world;
        this.database = database;
        this.tokens = tokens;
        logs = Files.createDirectories(directory.resolve("logs"));
        closedLoop = new ClosedLoop(directory, tokens.file());
    }

    public ClosedLoop closedLoop() {
        return closedLoop;
    }

    /** A running contender whose answers are verified. Chatlist's cache is filled. */
    public Service service(Contender contender) throws IOException, InterruptedException, ExecutionException {
        Service running = services.get(contender);
        if (running != null) {
            return running;
        }
        if (contender == Contender.CONSTANT) {
            // The constant answer is as long as Chatlist's pages.
            service(Contender.CHATLIST);
        }
        Progress.log("starting " + contender.title());
        Service started = start(contender, contender.fileName(), pageBytes);
        services.put(contender, started);
        if (contender == Contender.CHATLIST) {
            double seconds = requestFirstPages();
            Progress.log("requested the first page of every user in %s s; a page has %s on average"
                    .formatted(Table.number(seconds), Table.bytes(pageBytes)));
        } else if (contender != Contender.CONSTANT) {
            SameAnswers.verify(world, tokens, service(Contender.CHATLIST), started);
        }
        return started;
    }

    /** Like {@link #service}, but also warmed up by load, so that its JVM has compiled the code. */
    public Service warmService(Contender contender) throws IOException, InterruptedException, ExecutionException {
        Service service = service(contender);
        if (warm.add(contender)) {
            closedLoop.run(service, plan.warmUpSeconds());
        }
        return service;
    }

    /** Measures the maximum rate of a contender. */
    public Rate turn(Contender contender) throws IOException, InterruptedException, ExecutionException {
        Service service = service(contender);
        closedLoop.run(service, LEAD_IN_SECONDS);
        return closedLoop.run(service, plan.roundSeconds());
    }

    /** Load of this kind before a turn, not counted. */
    public void leadIn(Service service, Path requests) throws IOException, InterruptedException {
        closedLoop.run(service, LEAD_IN_SECONDS, requests);
    }

    /** Requests the first page of every user from Chatlist. Returns the seconds, and updates {@link #pageBytes}. */
    public double requestFirstPages() throws IOException, InterruptedException, ExecutionException {
        FirstPages pages = FirstPages.request(service(Contender.CHATLIST), tokens, FirstPages.PLAIN);
        pageBytes = pages.meanBytes();
        return pages.seconds();
    }

    /** The mean length of Chatlist's first pages when they were last requested. */
    public int pageBytes() throws IOException, InterruptedException, ExecutionException {
        service(Contender.CHATLIST);
        return pageBytes;
    }

    /** A second Chatlist, perhaps with more arguments. The caller closes it. */
    public Service anotherChatlist(String name, String... more) throws IOException, InterruptedException {
        return start(Contender.CHATLIST, name, 0, more);
    }

    /** A service that always answers with so many bytes. The caller closes it. */
    public Service constantBytes(String name, int bytes) throws IOException, InterruptedException {
        return start(Contender.CONSTANT, name, bytes);
    }

    /** Any other service, with the settings of a contender in its environment. The caller closes it. */
    public Service start(String name, List<String> command, int port) throws IOException, InterruptedException {
        return Service.start(name, command, Contender.environment(database, tokens.secret()), port, logs);
    }

    private Service start(Contender contender, String name, int constantBytes, String... more)
            throws IOException, InterruptedException {
        int port = Service.freePort();
        List<String> arguments = new ArrayList<>(contender.arguments(database, port, constantBytes));
        arguments.addAll(List.of(more));
        return start(name, plan.java(gcLog(name), arguments), port);
    }

    public Path gcLog(Contender contender) {
        return gcLog(contender.fileName());
    }

    private Path gcLog(String name) {
        return logs.resolve(name + "-gc.log");
    }

    @Override
    public void close() {
        services.values().forEach(Service::close);
    }
}
