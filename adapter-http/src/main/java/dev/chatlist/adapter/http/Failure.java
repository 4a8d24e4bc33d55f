package dev.chatlist.adapter.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.chatlist.adapter.http.auth.InvalidTokenException;
import dev.chatlist.adapter.http.auth.KeysUnavailableException;
import dev.chatlist.adapter.http.auth.NoTokenException;
import dev.chatlist.adapter.http.observation.Refused;
import dev.chatlist.adapter.http.request.InvalidBodyException;
import dev.chatlist.application.StorageUnavailableException;
import io.undertow.util.Headers;
import io.undertow.util.HttpString;
import io.undertow.util.StatusCodes;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A failure as clients see it: status, message and headers. Only the factories below create one.
 */
final class Failure extends RuntimeException {
    private static final long serialVersionUID = 1;
    private static final Logger LOG = LoggerFactory.getLogger(Failure.class);
    private static final String BUSY = "the server is too busy or about to stop, try again in a moment";

    private final int status;
    private final transient Map<HttpString, String> headers;
    private final @Nullable Refused refused;

    private Failure(int status, String message, Map<HttpString, String> headers) {
        this(status, message, headers, null);
    }

    private Failure(int status, String message, Map<HttpString, String> headers, @Nullable Refused refused) {
        super(message, null, false, false);
        this.status = status;
        this.headers = headers;
        this.refused = refused;
    }

    /** The message may quote the request, so lone surrogates in it are replaced: they can't be sent. */
    static Failure badRequest(String message) {
        return new Failure(StatusCodes.BAD_REQUEST, new String(message.getBytes(UTF_8), UTF_8), Map.of());
    }

    private static Failure noToken() {
        return unauthorized("this call needs the header Authorization: Bearer <token>", "", Refused.TOKEN_MISSING);
    }

    /** Gives no reason but age, because other reasons would help to forge a token. */
    private static Failure invalidToken(InvalidTokenException invalid) {
        String message = invalid.expired() ? "the token has expired" : "the token is not accepted";
        return unauthorized(message, ", error=\"invalid_token\"", invalid.fault());
    }

    private static Failure unauthorized(String message, String error, Refused fault) {
        return new Failure(
                StatusCodes.UNAUTHORIZED,
                message,
                Map.of(Headers.WWW_AUTHENTICATE, "Bearer realm=\"chatlist\"" + error),
                fault);
    }

    /** @param hint what to try instead */
    static Failure notFound(String hint) {
        return new Failure(StatusCodes.NOT_FOUND, "there is nothing at this path, try " + hint, Map.of());
    }

    /** @param allowed the names of the allowed methods */
    static Failure methodNotAllowed(List<String> allowed) {
        return new Failure(
                StatusCodes.METHOD_NOT_ALLOWED,
                "the method must be " + String.join(" or ", allowed),
                Map.of(Headers.ALLOW, String.join(", ", allowed)));
    }

    static Failure transferEncoding() {
        return new Failure(
                StatusCodes.LENGTH_REQUIRED,
                "the request must have a Content-Length instead of a Transfer-Encoding",
                Map.of());
    }

    static Failure versionNotSupported() {
        return new Failure(
                StatusCodes.HTTP_VERSION_NOT_SUPPORTED, "the version must be HTTP/1.1 or HTTP/1.0", Map.of());
    }

    static Failure bodyTooLarge(int maxBodyBytes) {
        return new Failure(
                StatusCodes.REQUEST_ENTITY_TOO_LARGE,
                "the body must not be longer than %s bytes".formatted(maxBodyBytes),
                Map.of());
    }

    static Failure notJson(String message) {
        return new Failure(StatusCodes.UNSUPPORTED_MEDIA_TYPE, message, Map.of());
    }

    /** There are too many requests at once. */
    static Failure tooBusy() {
        return unavailable(BUSY, Refused.QUEUE_FULL);
    }

    static Failure stopping() {
        return unavailable(BUSY, Refused.STOPPING);
    }

    /** The request's deadline has passed. */
    static Failure tooLate() {
        return unavailable("this takes too long right now, try again in a moment", Refused.DEADLINE);
    }

    /**
     * The answer takes more memory than there is for any answer.
     *
     * @param bytes what it takes
     * @param largest what the largest answer may take
     */
    static Failure tooLarge(long bytes, long largest) {
        return unavailable(
                "this answer takes %s MB of memory, and the server has %s MB for one; ask for a page with a smaller size"
                        .formatted(bytes / 1_000_000 + 1, largest / 1_000_000),
                Refused.MEMORY);
    }

    private static Failure unavailable(String message, Refused reason) {
        return new Failure(StatusCodes.SERVICE_UNAVAILABLE, message, Map.of(Headers.RETRY_AFTER, "1"), reason);
    }

    /**
     * The failure that the client sees for this cause. The details are logged here: an outage as one line, an
     * unexpected exception with its stack trace, under an id that the client can quote.
     *
     * @param id the request's
     */
    static Failure of(Throwable cause, String id) {
        if (cause instanceof Failure failure) {
            return failure;
        }
        if (cause instanceof InvalidBodyException invalid) {
            return badRequest(String.valueOf(invalid.getMessage()));
        }
        if (cause instanceof NoTokenException) {
            return noToken();
        }
        if (cause instanceof InvalidTokenException invalid) {
            return invalidToken(invalid);
        }
        if (cause instanceof StorageUnavailableException) {
            LOG.warn("503, storage is unavailable: {}", summary(cause));
            return unavailable("the chats can't be read right now, try again in a moment", Refused.STORAGE);
        }
        if (cause instanceof KeysUnavailableException) {
            LOG.warn("503, no key to check tokens with: {}", summary(cause));
            return unavailable("tokens can't be checked right now, try again in a moment", Refused.KEYS);
        }
        LOG.error("500, error id {}", id, cause);
        return new Failure(
                StatusCodes.INTERNAL_SERVER_ERROR,
                "something went wrong here, not with your request; the error id is " + id,
                Map.of());
    }

    private static String summary(Throwable failure) {
        StringBuilder causes = new StringBuilder();
        for (Throwable t = failure; t != null; t = t.getCause()) {
            causes.append(t == failure ? "" : " <- ").append(t);
        }
        return causes.toString().replaceAll("\\s*\\R\\s*", " ");
    }

    int status() {
        return status;
    }

    /** Why a request was refused that may be all right; null for other failures. */
    @Nullable
    Refused refused() {
        return refused;
    }

    Map<HttpString, String> headers() {
        return headers;
    }
}
