package dev.chatlist.bootstrap;

import static java.util.Objects.requireNonNull;

import dev.chatlist.adapter.http.ChatListHttpServer;
import dev.chatlist.adapter.http.auth.TokenVerifier;
import dev.chatlist.adapter.persistence.Database;
import dev.chatlist.adapter.persistence.embedded.EmbeddedPostgres;
import dev.chatlist.application.ChatEventService;
import dev.chatlist.application.ChatListService;
import dev.chatlist.application.RecordChatEvents;
import dev.chatlist.bootstrap.Settings.Server;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** All of Chatlist, put together: a database, the use cases over it and, once started, the API in front of them. */
final class ChatListApplication implements AutoCloseable {
    private final Settings settings;
    private final @Nullable EmbeddedPostgres embedded;
    private final Server server;
    private final Database database;
    private final ChatEventService events;
    private final ChatListService lists;
    private @Nullable ChatListHttpServer api;

    /** Starts the embedded server if no other is set, connects, and brings the tables up to date. */
    static ChatListApplication open(Settings settings) {
        if (settings.server() != null) {
            return new ChatListApplication(settings, null, settings.server());
        }
        EmbeddedPostgres embedded = EmbeddedPostgres.open(settings.dataDir());
        try {
            Server server = new Server(embedded.jdbcUrl(), embedded.user(), embedded.password());
            return new ChatListApplication(settings, embedded, server);
        } catch (RuntimeException e) {
            embedded.close();
            throw e;
        }
    }

    private ChatListApplication(Settings settings, @Nullable EmbeddedPostgres embedded, Server server) {
        this.settings = settings;
        this.embedded = embedded;
        this.server = server;
        database = Database.open(settings.pool().to(server));
        events = new ChatEventService(database.journal());
        lists = new ChatListService(database.directory(settings.cacheBytes()));
    }

    /** Has the embedded server's end told, should it come before ours; in one line that says what to do. */
    void onLoss(Consumer<String> action) {
        if (embedded != null) {
            embedded.onLoss(() -> action.accept(
                    "the embedded PostgreSQL in %1$s has ended, for whatever %1$s/postgresql/server.log says; start again to recover"
                            .formatted(settings.dataDir())));
        }
    }

    /** Answers requests from when it returns. */
    void start() {
        TokenVerifier tokens = new TokenVerifier(settings.auth());
        api = ChatListHttpServer.start(settings.http(), tokens, lists, lists, database::ping);
    }

    /** The port of the API, which has been started. */
    int port() {
        return requireNonNull(api, "not started").port();
    }

    /** Where the API is, which has been started. */
    String url() {
        String host = settings.http().host();
        return "http://%s:%d".formatted(host.contains(":") ? "[" + host + "]" : host, port());
    }

    /** Where the database is, and who to be there. */
    Server server() {
        return server;
    }

    RecordChatEvents events() {
        return events;
    }

    ChatListService lists() {
        return lists;
    }

    /** Answers what has been asked, then lets go of the database and, if nobody else uses it, stops the server. */
    @Override
    public void close() {
        if (api != null) {
            api.close();
        }
        database.close();
        if (embedded != null) {
            embedded.close();
        }
    }
}
