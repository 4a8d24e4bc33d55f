package dev.chatlist.adapter.http.auth;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.chatlist.adapter.http.observation.Refused;
import dev.chatlist.domain.UserId;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.cache.CaffeineCacheMetrics;
import io.undertow.util.HeaderMap;
import io.undertow.util.HeaderValues;
import io.undertow.util.Headers;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds the caller of a request from its Authorization header, and from nothing else.
 *
 * <p>Verifying a signature costs more than everything else a warm request does here, so verified tokens are cached.
 * Only their SHA-256 is stored, never the tokens.
 */
public final class BearerAuthentication {
    private static final Logger LOG = LoggerFactory.getLogger(BearerAuthentication.class);
    private static final String SCHEME = "Bearer ";

    /** Each takes about 300 bytes. */
    private static final int MAX_CACHED = 100_000;

    private final TokenVerifier verifier;

    /** Null if the issuer may replace its keys: a token that was good once may then be refused. */
    private final @Nullable Cache<Digest, VerifiedToken> cache;

    public BearerAuthentication(TokenVerifier verifier) {
        this.verifier = verifier;
        cache = verifier.keysMayChange()
                ? null
                : Caffeine.newBuilder()
                        .maximumSize(MAX_CACHED)
                        .executor(Runnable::run)
                        .recordStats()
                        .build();
    }

    /** Measures the cache of verified tokens, if there is one. */
    public void bindTo(MeterRegistry registry) {
        if (cache != null) {
            CaffeineCacheMetrics.monitor(registry, cache, "tokens");
        }
    }

    /**
     * The user whose token the request carries. May block.
     *
     * @throws NoTokenException if there is no Authorization header, or one of another scheme
     * @throws InvalidTokenException if there are several, or the token isn't accepted
     * @throws KeysUnavailableException if the keys to verify the token can't be fetched now
     */
    public UserId caller(HeaderMap request) {
        try {
            return verifiedCaller(request);
        } catch (InvalidTokenException e) {
            LOG.debug("401, the token is not accepted: {}", e.getMessage());
            throw e;
        }
    }

    private UserId verifiedCaller(HeaderMap request) {
        HeaderValues headers = request.get(Headers.AUTHORIZATION);
        if (headers == null) {
            throw new NoTokenException();
        }
        if (headers.size() > 1) {
            throw InvalidTokenException.because(Refused.TOKEN_MALFORMED, "there are several Authorization headers");
        }
        String header = headers.getFirst();
        if (!header.regionMatches(true, 0, SCHEME, 0, SCHEME.length())) {
            throw new NoTokenException();
        }
        return user(header.substring(SCHEME.length()).strip());
    }

    private UserId user(String token) {
        if (cache == null || token.length() > TokenVerifier.MAX_CHARACTERS) {
            return verifier.verify(token).user();
        }
        Digest digest = Digest.of(token);
        long now = verifier.epochSecond();
        VerifiedToken known = cache.getIfPresent(digest);
        if (known != null && known.acceptedFrom() <= now && now < known.acceptedUntil()) {
            return known.user();
        }
        VerifiedToken verified = verifier.verify(token);
        cache.put(digest, verified);
        return verified.user();
    }

    /** A token's SHA-256. */
    private record Digest(long a, long b, long c, long d) {
        static Digest of(String token) {
            try {
                ByteBuffer bytes =
                        ByteBuffer.wrap(MessageDigest.getInstance("SHA-256").digest(token.getBytes(UTF_8)));
                return new Digest(bytes.getLong(), bytes.getLong(), bytes.getLong(), bytes.getLong());
            } catch (NoSuchAlgorithmException e) {
                throw new IllegalStateException("every Java platform has SHA-256", e);
            }
        }
    }
}
