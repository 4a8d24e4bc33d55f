package dev.chatlist.adapter.http;

import dev.chatlist.adapter.http.auth.AuthSettings;
import dev.chatlist.adapter.http.auth.AuthSettings.Secret;
import dev.chatlist.adapter.http.auth.TokenIssuer;
import dev.chatlist.adapter.http.auth.TokenVerifier;
import dev.chatlist.adapter.http.observation.RequestObserver;
import dev.chatlist.application.ListMyRoomIds;
import dev.chatlist.application.sync.StateToken;
import dev.chatlist.application.sync.SyncMyChats;
import dev.chatlist.application.sync.SyncRequest;
import dev.chatlist.application.sync.Synced;
import dev.chatlist.domain.Chat;
import dev.chatlist.domain.MembersLimit;
import dev.chatlist.domain.PageRequest;
import dev.chatlist.domain.RoomId;
import dev.chatlist.domain.UserId;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The real server on a free port. A test may replace its use cases at any time. */
final class TestApi implements AutoCloseable {
    static final UserId CALLER = new UserId("ada");
    static final AuthSettings AUTH = AuthSettings.of(Secret.of(new byte[32]));
    final String token = issue(Duration.ofHours(1), Instant.now());

    private static final Pattern CONTENT_LENGTH = Pattern.compile("(?i)content-length: (\\d+)");
    private static final HttpClient CLIENT =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    volatile Chats listMyChats = (caller, request) -> List.of();
    volatile Sync syncMyChats = (caller, request, limit, maxBytes) ->
            new Synced<>(List.of(), List.of(), List.of(), false, null, new StateToken("s"), 0);
    volatile RoomIds listMyRoomIds = caller -> List.of();
    /** Used instead of {@link #listMyRoomIds} if it is set. */
    volatile @Nullable ListMyRoomIds boundedRoomIds;

    volatile Supplier<String> databaseProbe = () -> "ok";
    final ChatListHttpServer server;

    /** The use case without its bound. */
    interface Chats {
        List<Chat> listMyChats(UserId caller, PageRequest request);
    }

    /** Both methods of the use case. */
    interface Sync {
        /** A part of the list; a limit of null stands for whole chats. */
        Synced<Chat> syncMyChats(UserId caller, SyncRequest request, @Nullable MembersLimit limit, long maxBytes);
    }

    /** The use case without its bound. */
    interface RoomIds {
        List<RoomId> listMyRoomIds(UserId caller);
    }

    TestApi() {
        this(settings(Set.of(), 4, 4));
    }

    TestApi(HttpSettings settings) {
        this(settings, AUTH);
    }

    TestApi(HttpSettings settings, AuthSettings auth) {
        this(settings, auth, Map.of(), List.of());
    }

    TestApi(HttpSettings settings, Map<String, StaticFile> files) {
        this(settings, AUTH, files, List.of());
    }

    TestApi(HttpSettings settings, List<RequestObserver> observers) {
        this(settings, AUTH, Map.of(), observers);
    }

    private TestApi(
            HttpSettings settings, AuthSettings auth, Map<String, StaticFile> files, List<RequestObserver> observers) {
        server = new ChatListHttpServer(
                settings,
                new TokenVerifier(auth),
                (caller, request, maxBytes) -> listMyChats.listMyChats(caller, request),
                new SyncMyChats() {
                    @Override
                    public Synced<Chat> syncMyChats(UserId caller, SyncRequest request, long maxBytes) {
                        return syncMyChats.syncMyChats(caller, request, null, maxBytes);
                    }

                    @Override
                    public Synced<Chat> syncMyChats(
                            UserId caller, SyncRequest request, MembersLimit limit, long maxBytes) {
                        return syncMyChats.syncMyChats(caller, request, limit, maxBytes);
                    }
                },
                (caller, maxBytes) -> boundedRoomIds == null
                        ? listMyRoomIds.listMyRoomIds(caller)
                        : boundedRoomIds.listMyRoomIds(caller, maxBytes),
                () -> databaseProbe.get(),
                files,
                observers);
    }

    static HttpSettings settings(Set<String> corsOrigins, int maxConcurrentRequests, int maxQueuedRequests) {
        return settings(corsOrigins, maxConcurrentRequests, maxQueuedRequests, 1000, Duration.ofSeconds(10));
    }

    static HttpSettings settings(
            Set<String> corsOrigins,
            int maxConcurrentRequests,
            int maxQueuedRequests,
            int maxConnections,
            Duration receiveTimeout) {
        return new HttpSettings(
                "127.0.0.1",
                0,
                corsOrigins,
                200,
                16 * 1024,
                maxConcurrentRequests,
                maxQueuedRequests,
                maxConnections,
                receiveTimeout,
                Duration.ofSeconds(30),
                HttpSettings.DEFAULT_RESPONSE_BYTES,
                HttpSettings.DEFAULT_ENCODED_CACHE_BYTES);
    }

    /** Four workers, and no cache of encoded chats. */
    static HttpSettings settings(Duration requestTimeout, long responseBytes) {
        return new HttpSettings(
                "127.0.0.1",
                0,
                Set.of(),
                200,
                16 * 1024,
                4,
                8,
                1000,
                Duration.ofSeconds(10),
                requestTimeout,
                responseBytes,
                0);
    }

    String issue(Duration ttl, Instant now) {
        return new TokenIssuer(AUTH).issue(CALLER, ttl, now);
    }

    /** {@code POST /my_chats} with a good token. */
    HttpResponse<String> myChats(String body) throws IOException, InterruptedException {
        return send(request("/my_chats").POST(BodyPublishers.ofString(body)));
    }

    HttpResponse<String> myRooms() throws IOException, InterruptedException {
        return send(request("/my_rooms"));
    }

    HttpResponse<String> get(String path) throws IOException, InterruptedException {
        return send(anonymous(path));
    }

    HttpRequest.Builder request(String path) {
        return anonymous(path).header("Authorization", "Bearer " + token);
    }

    HttpRequest.Builder anonymous(String path) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:%d%s".formatted(server.port(), path)))
                .timeout(Duration.ofSeconds(20));
    }

    HttpResponse<String> send(HttpRequest.Builder request) throws IOException, InterruptedException {
        return CLIENT.send(request.build(), BodyHandlers.ofString());
    }

    HttpResponse<byte[]> bytes(HttpRequest.Builder request) throws IOException, InterruptedException {
        return CLIENT.send(request.build(), BodyHandlers.ofByteArray());
    }

    /** A connection for requests that no proper client sends. */
    Socket connect() throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port());
        socket.setSoTimeout(20_000);
        return socket;
    }

    /** Sends the text on a connection of its own and returns the first answer. */
    String raw(String text) throws IOException {
        try (Socket socket = connect()) {
            socket.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
            return answer(socket);
        }
    }

    /** The next answer on the connection, from the status line to the end of the body. */
    static String answer(Socket socket) throws IOException {
        StringBuilder head = new StringBuilder();
        for (int c; head.indexOf("\r\n\r\n") < 0; head.append((char) c)) {
            c = socket.getInputStream().read();
            if (c < 0) {
                throw new EOFException("closed after: " + head);
            }
        }
        Matcher length = CONTENT_LENGTH.matcher(head);
        int bytes = length.find() ? Integer.parseInt(length.group(1)) : 0;
        return head + new String(socket.getInputStream().readNBytes(bytes), StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
        server.close();
    }
}
