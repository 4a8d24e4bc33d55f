package dev.chatlist.adapter.http;

import dev.chatlist.adapter.http.RequestChain.Route;
import dev.chatlist.adapter.http.encoding.Pieces;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.HeaderValues;
import io.undertow.util.Headers;
import io.undertow.util.HttpString;
import io.undertow.util.StatusCodes;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** A file for browsers, which doesn't change while the server runs. Pages of other origins can't read it. */
public final class StaticFile {
    private static final HttpString RESOURCE_POLICY = new HttpString("Cross-Origin-Resource-Policy");
    private static final Pattern ADDRESS =
            Pattern.compile("(?i)(localhost|[0-9]+(\\.[0-9]+){3}|\\[[0-9a-f:.]+])(:[0-9]*)?");

    /** Answers that send a file share its bytes, so they count for nothing. */
    private static final Memory UNCOUNTED = new Memory(Long.MAX_VALUE, 1);

    private final String mediaType;
    private final String contentSecurityPolicy;
    private final boolean isOnlyByAddress;
    private final byte[] content;

    /** The ETag without {@code W/}, which makes no difference to If-None-Match. */
    private final String version;

    /**
     * A file with this content.
     *
     * @param isOnlyByAddress whether to refuse requests that name the server otherwise than {@code localhost} or by its
     *     IP address: an attacker can let a name of their own lead to this server, and then read from it by a page of
     *     theirs (DNS rebinding)
     */
    public StaticFile(String mediaType, String contentSecurityPolicy, boolean isOnlyByAddress, byte[] content) {
        this.mediaType = mediaType;
        this.contentSecurityPolicy = contentSecurityPolicy;
        this.isOnlyByAddress = isOnlyByAddress;
        this.content = content.clone();
        version = "\"%s\"".formatted(UUID.nameUUIDFromBytes(content));
    }

    /** Returns a route for each file, by path. */
    static Map<String, Route> routes(Map<String, StaticFile> files, SlowReaders slowReaders) {
        Map<String, Route> routes = new HashMap<>();
        files.forEach((path, file) -> routes.put(path, Route.ofGet(exchange -> file.send(exchange, slowReaders))));
        return routes;
    }

    private void send(HttpServerExchange exchange, SlowReaders slowReaders) {
        Cors.unmark(exchange);
        String host = String.valueOf(exchange.getRequestHeaders().getFirst(Headers.HOST));
        if (isOnlyByAddress && !ADDRESS.matcher(host).matches()) {
            throw Failure.notFound("it by an IP address or as localhost");
        }
        exchange.getResponseHeaders()
                .put(Headers.CONTENT_TYPE, mediaType)
                .put(Headers.CONTENT_SECURITY_POLICY, contentSecurityPolicy)
                .put(Headers.REFERRER_POLICY, "no-referrer")
                .put(RESOURCE_POLICY, "same-origin")
                .put(Headers.CACHE_CONTROL, "no-cache")
                .put(Headers.ETAG, "W/" + version);
        if (isKnown(exchange.getRequestHeaders().get(Headers.IF_NONE_MATCH))) {
            exchange.setStatusCode(StatusCodes.NOT_MODIFIED);
            exchange.getResponseSender().close();
        } else {
            Pieces body = new Pieces();
            body.share(content);
            new ListResponse(body, false, UNCOUNTED.begin(), slowReaders).send(exchange);
        }
    }

    /** Whether the client has this version. Not by ETagUtils, which takes a star only in quotation marks. */
    private boolean isKnown(@Nullable HeaderValues versions) {
        return versions != null
                && versions.stream().anyMatch(field -> field.strip().equals("*") || field.contains(version));
    }
}
