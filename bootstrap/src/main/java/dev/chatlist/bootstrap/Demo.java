package dev.chatlist.bootstrap;

import dev.chatlist.adapter.persistence.embedded.DataDirectory;
import dev.chatlist.bootstrap.demo.DemoWorld;
import dev.chatlist.bootstrap.process.CommandFailure;
import dev.chatlist.bootstrap.settings.Setting;
import dev.chatlist.bootstrap.settings.Settings;
import dev.chatlist.bootstrap.settings.Settings.Server;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;

/** Fills a database with the invented world of {@link DemoWorld} and tells the user how to look at it. */
final class Demo {
    private static final Duration TOKEN_TTL = Duration.ofDays(7);
    private static final String MARK = "demo";

    private final Settings settings;

    /**
     * Claims the data directory, which must be empty or a demo's: invented users must not mix with real ones.
     *
     * @throws CommandFailure if the directory is in use by anything else
     */
    Demo(Settings settings) {
        this.settings = settings;
        try {
            take(settings.dataDir());
        } catch (IOException e) {
            throw new UncheckedIOException("can't use " + settings.dataDir(), e);
        }
    }

    private static void take(Path directory) throws IOException {
        Path mark = directory.resolve(MARK);
        Files.createDirectories(directory);
        try (Stream<Path> files = Files.list(directory)) {
            List<Path> present = files.toList();
            if (!present.isEmpty() && !present.contains(mark)) {
                throw CommandFailure.because(
                        "%s is in use, and not by a demo; name another with %s".formatted(directory, Setting.DATA_DIR));
            }
        }
        Files.writeString(mark, "This directory is one of `chatlist demo`, which uses none without this file.\n");
        new DataDirectory(directory).giveToOwner(MARK);
    }

    /** Records the invented world, unless an earlier run did. */
    void seed(ChatListApplication application) {
        if (application.lists().listMyRoomIds(DemoWorld.ADA).isEmpty()) {
            application.events().record(DemoWorld.events(Instant.now()));
        }
    }

    /** Prints a token and commands to try. */
    void introduce(ChatListApplication application, PrintWriter out) {
        String token = settings.tokenIssuer().issue(DemoWorld.ADA, TOKEN_TTL, Instant.now());
        Server server = application.server();
        URI database = URI.create(server.jdbcUrl().substring("jdbc:".length()));
        out.println("""
                You are Ada, user_id "%1$s", and here is your token, good for %2$s days:

                %3$s

                Your chats, and the ids of all your rooms:

                curl -sS -w '\\n' -X POST %4$s/my_chats -H 'Authorization: Bearer %3$s' \
                -H 'Content-Type: application/json' -d '{"page": 1, "size": 5}'

                curl -sS -w '\\n' %4$s/my_rooms -H 'Authorization: Bearer %3$s'

                The database listens on %5$s, user %6$s, password in %7$s:

                PGPASSWORD="$(cat %7$s)" psql -h %8$s -p %9$s -U %6$s %10$s
                """.formatted(
                        DemoWorld.ADA,
                        TOKEN_TTL.toDays(),
                        token,
                        application.url(),
                        server.jdbcUrl(),
                        server.user(),
                        quoted(settings.dataDir().resolve("db-password").toAbsolutePath()),
                        database.getHost(),
                        database.getPort(),
                        database.getPath().substring(1)));
        out.flush();
    }

    /** Quotes a path for the shell. */
    private static String quoted(Path path) {
        return "'" + path.toString().replace("'", "'\\''") + "'";
    }
}
