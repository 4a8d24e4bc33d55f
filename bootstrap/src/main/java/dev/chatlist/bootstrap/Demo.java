package dev.chatlist.bootstrap;

import dev.chatlist.adapter.http.StaticFile;
import dev.chatlist.adapter.persistence.embedded.DataDirectory;
import dev.chatlist.bootstrap.demo.DemoWorld;
import dev.chatlist.bootstrap.process.CommandFailure;
import dev.chatlist.bootstrap.settings.Setting;
import dev.chatlist.bootstrap.settings.Settings;
import dev.chatlist.bootstrap.settings.Settings.Server;
import dev.chatlist.domain.PageRequest;
import dev.chatlist.domain.User;
import dev.chatlist.domain.UserId;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Fills a database with the invented world of {@link DemoWorld} and tells the user how to look at it. */
final class Demo {
    private static final Duration TOKEN_TTL = Duration.ofDays(7);
    private static final String MARK = "demo";

    /** How many of Ada's friends the page offers to be. */
    private static final int FRIENDS = 8;

    private static final User ADA = User.named(DemoWorld.ADA, "Ada", 0);

    /** Is in no room. */
    private static final User NEWCOMER = User.named(new UserId("newcomer"), "Somebody new", 0);

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

    /**
     * Returns the files of the demo's page, by path. There is no page if the user has set a key, because its tokens may be
     * good elsewhere too, and everybody who opens the page gets some.
     */
    Map<String, StaticFile> pages(ChatListApplication application) {
        Map<String, StaticFile> pages = new HashMap<>(WebPages.apiDocs(settings));
        if (settings.keys() == null) {
            pages.putAll(WebPages.inbox());
            pages.put("/demo.json", WebPages.json(Map.of("msg", "ok", "code", 0, "data", pageData(application))));
        }
        return pages;
    }

    private Map<String, Object> pageData(ChatListApplication application) {
        Stream<User> friends =
                application.lists().listMyChats(DemoWorld.ADA, new PageRequest(1, PageRequest.MAX_SIZE)).stream()
                        .filter(chat -> chat.room().is1v1())
                        .flatMap(chat -> chat.members().stream())
                        .filter(member -> !member.id().equals(DemoWorld.ADA)
                                && !member.nickName().isEmpty())
                        .distinct()
                        .limit(FRIENDS);
        List<Map<String, String>> users = Stream.of(Stream.of(ADA), friends, Stream.of(NEWCOMER))
                .flatMap(people -> people)
                .map(user -> Map.of("id", user.id().value(), "name", user.nickName(), "token", token(user.id())))
                .toList();
        // Other machines can't reach the database.
        boolean isLocal =
                new InetSocketAddress(settings.http().host(), 0).getAddress().isLoopbackAddress();
        String psql = isLocal ? psql(application.server()) : "";
        return Map.of("users", users, "psql", psql, "apiDocs", settings.apiDocs());
    }

    private String token(UserId user) {
        return settings.tokenIssuer().issue(user, TOKEN_TTL, Instant.now());
    }

    /** Prints where to look, a token and commands to try. */
    void introduce(ChatListApplication application, PrintWriter out) {
        String token = token(DemoWorld.ADA);
        if (settings.keys() == null) {
            out.println("Look at your chats in a browser: %s/\n".formatted(application.url()));
        }
        out.println("""
                You are Ada, user_id "%1$s", and here is your token, good for %2$s days:

                %3$s

                Your chats, and the ids of all your rooms:

                curl -sS -w '\\n' -X POST %4$s/my_chats -H 'Authorization: Bearer %3$s' \
                -H 'Content-Type: application/json' -d '{"page": 1, "size": 5}'

                curl -sS -w '\\n' %4$s/my_rooms -H 'Authorization: Bearer %3$s'

                The database listens on %5$s, user %6$s, password in %7$s:

                %8$s
                """.formatted(
                        DemoWorld.ADA,
                        TOKEN_TTL.toDays(),
                        token,
                        application.url(),
                        application.server().jdbcUrl(),
                        application.server().user(),
                        passwordFile(),
                        psql(application.server())));
        out.flush();
    }

    /** The command that opens the database. It doesn't contain the password. */
    private String psql(Server server) {
        URI database = URI.create(server.jdbcUrl().substring("jdbc:".length()));
        return "PGPASSWORD=\"$(cat %s)\" psql -h %s -p %s -U %s %s"
                .formatted(
                        passwordFile(),
                        database.getHost(),
                        database.getPort(),
                        server.user(),
                        database.getPath().substring(1));
    }

    private String passwordFile() {
        return quoted(settings.dataDir().resolve("db-password").toAbsolutePath());
    }

    /** Quotes a path for the shell. */
    private static String quoted(Path path) {
        return "'" + path.toString().replace("'", "'\\''") + "'";
    }
}
