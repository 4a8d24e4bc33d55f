package dev.chatlist.benchmarks.sections;

import dev.chatlist.benchmarks.contenders.Contenders;
import dev.chatlist.benchmarks.contenders.Plan;
import dev.chatlist.benchmarks.load.Tokens;
import dev.chatlist.benchmarks.world.World;
import dev.chatlist.benchmarks.world.WorldDatabase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import org.jose4j.lang.JoseException;

/**
 * The setup that all sections share.
 *
 * @param directory for all files of the run
 */
public record Bench(
        Plan plan, Path directory, World world, WorldDatabase database, Tokens tokens, Contenders contenders)
        implements AutoCloseable {
    /** Starts the database, and loads the world if it isn't there. */
    public static Bench open(Plan plan, Path directory) throws IOException, SQLException, JoseException {
        Files.createDirectories(directory);
        World world = new World(plan.scale(), plan.seed());
        Path data = directory.resolve("world-%d-%d".formatted(plan.scale().users(), plan.seed()));
        WorldDatabase database = WorldDatabase.open(data, world, plan.seed());
        Tokens tokens = Tokens.create(world.userIds(), directory.resolve("tokens.txt"));
        Contenders contenders = new Contenders(plan, world, database, tokens, directory);
        Bench bench = new Bench(plan, directory, world, database, tokens, contenders);
        // try-with-resources doesn't close it on an interrupt (Ctrl-C).
        Runtime.getRuntime().addShutdownHook(new Thread(bench::close));
        return bench;
    }

    /** The setup on the world of the large inbox, which has a database of its own. The caller closes it. */
    Bench largeInbox() throws IOException, SQLException, JoseException {
        return open(plan.withScale(plan.scale().ofLargeInbox()), directory.resolve("inbox"));
    }

    @Override
    public void close() {
        contenders.close();
        database.close();
    }
}
