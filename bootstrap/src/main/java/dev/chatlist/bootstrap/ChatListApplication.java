package dev.chatlist.bootstrap;

import static java.util.Objects.requireNonNull;

import dev.chatlist.adapter.http.ChatListHttpServer;
import dev.chatlist.adapter.http.StaticFile;
import dev.chatlist.adapter.http.auth.TokenVerifier;
import dev.chatlist.adapter.http.observation.AccessLog;
import dev.chatlist.adapter.http.observation.RequestObserver;
import dev.chatlist.adapter.persistence.Database;
import dev.chatlist.adapter.persistence.DatabaseMetrics;
import dev.chatlist.adapter.persistence.DatabaseSettings;
import dev.chatlist.adapter.persistence.embedded.EmbeddedPostgres;
import dev.chatlist.application.ChatArchive;
import dev.chatlist.application.ChatEventService;
import dev.chatlist.application.ChatListService;
import dev.chatlist.application.RecordChatEvents;
import dev.chatlist.application.StorageUnavailableException;
import dev.chatlist.application.sync.ChatSyncService;
import dev.chatlist.application.sync.SyncDirectory;
import dev.chatlist.bootstrap.process.CommandFailure;
import dev.chatlist.bootstrap.settings.Settings;
import dev.chatlist.bootstrap.settings.Settings.Management;
import dev.chatlist.bootstrap.settings.Settings.Server;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The object graph: a database, the use cases on it and, once started, the API that serves them. */
final class ChatListApplication implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ChatListApplication.class);

    private final Settings settings;
    private final @Nullable EmbeddedPostgres embedded;
    private final Server server;
    private final Database database;
    private final ChatEventService events;
    private final ChatListService lists;
    private final ChatSyncService sync;
    private @Nullable ChatListHttpServer api;
    private @Nullable Metrics metrics;

    /**
     * Connects to the server of the settings, or starts the embedded one, and migrates the tables. An interrupt ends
     * every wait.
     */
    static ChatListApplication open(Settings settings) {
        return open(settings, Database::open);
    }

    /**
     * Like {@link #open(Settings)}, but leaves the database as it is.
     *
     * @throws CommandFailure if it has no tables that this release reads, or can't be reached; the message names it
     */
    static ChatListApplication openUnchanged(Settings settings) {
        try {
            return open(settings, Database::openUnchanged);
        } catch (StorageUnavailableException e) {
            throw CommandFailure.because(
                    "can't read %s: %s".formatted(settings.serverName(), CommandFailure.reason(e)));
        }
    }

    private static ChatListApplication open(
            Settings settings, BiFunction<DatabaseSettings, Duration, Database> opening) {
        if (settings.server() != null) {
            return new ChatListApplication(settings, null, settings.server(), opening);
        }
        EmbeddedPostgres embedded = EmbeddedPostgres.open(settings.dataDir());
        try {
            Server server = new Server(embedded.jdbcUrl(), embedded.user(), embedded.password());
            return new ChatListApplication(settings, embedded, server, opening);
        } catch (RuntimeException e) {
            embedded.close();
            throw e;
        }
    }

    private ChatListApplication(
            Settings settings,
            @Nullable EmbeddedPostgres embedded,
            Server server,
            BiFunction<DatabaseSettings, Duration, Database> opening) {
        this.settings = settings;
        this.embedded = embedded;
        this.server = server;
        database = opening.apply(settings.pool().to(server), settings.pool().startTimeout());
        events = new ChatEventService(database.journal(), settings.textLimit());
        SyncDirectory directory = database.directory(settings.directoryCacheBytes());
        lists = new ChatListService(directory);
        sync = new ChatSyncService(directory);
    }

    /** Passes a message to the action if the embedded server ends before {@link #close}. */
    void onLoss(Consumer<String> action) {
        if (embedded != null) {
            embedded.onLoss(() -> action.accept(
                    "the embedded PostgreSQL in %1$s has ended: see %1$s/postgresql/server.log; start again to recover"
                            .formatted(settings.dataDir())));
        }
    }

    /**
     * Starts the API, and the management address if there is to be one. Both serve requests when this method returns.
     *
     * @param version what the management address says of it
     * @param files what to serve beside the API, by path
     */
    void start(String version, Map<String, StaticFile> files) {
        TokenVerifier tokens = new TokenVerifier(settings.auth());
        List<RequestObserver> observers = new ArrayList<>();
        if (settings.logging().hasAccessLog()) {
            observers.add(new AccessLog());
        }
        Management management = settings.management();
        if (management != null) {
            metrics = new Metrics();
            observers.add(metrics.requests());
        }
        api = new ChatListHttpServer(settings.http(), tokens, lists, sync, lists, database::check, files, observers);
        if (management != null && metrics != null) {
            metrics.measure(api, new DatabaseMetrics(database));
            api.serveManagement(management.host(), management.port(), version, metrics::scrape);
            LOG.info("Metrics are on {}/metrics", url(management.host(), api.managementPort()));
        }
    }

    /** Lets load balancers go elsewhere before {@link #close}: fails the readiness probe, and serves on for a time. */
    void drain() {
        requireNonNull(api, "not started").drain(settings.drainTime());
    }

    /** Returns the port of the API, which must have been started. */
    int port() {
        return requireNonNull(api, "not started").port();
    }

    /** Returns the base URL of the API, which must have been started. */
    String url() {
        return url(settings.http().host(), port());
    }

    private static String url(String host, int port) {
        return "http://%s:%s".formatted(host.contains(":") ? "[" + host + "]" : host, port);
    }

    /** Returns the server in use, the embedded one included. */
    Server server() {
        return server;
    }

    RecordChatEvents events() {
        return events;
    }

    ChatArchive archive() {
        return database.archive();
    }

    ChatListService lists() {
        return lists;
    }

    /** Breaks a statement off that waits for other writers. The transaction it belongs to is rolled back. */
    void disconnect() {
        database.close();
    }

    /** Finishes running requests and closes the database. Stops the embedded server if no other process uses it. */
    @Override
    public void close() {
        if (api != null) {
            api.close();
        }
        if (metrics != null) {
            metrics.close();
        }
        database.close();
        if (embedded != null) {
            embedded.close();
        }
    }
}
