package dev.chatlist.adapter.http.auth;

import dev.chatlist.adapter.http.auth.AuthSettings.VerificationKey;
import java.io.IOException;
import java.net.URI;
import java.security.Key;
import java.time.Duration;
import java.util.List;
import org.jose4j.http.Get;
import org.jose4j.http.SimpleGet;
import org.jose4j.http.SimpleResponse;
import org.jose4j.jwa.AlgorithmConstraints.ConstraintType;
import org.jose4j.jwk.HttpsJwks;
import org.jose4j.jwk.JsonWebKey;
import org.jose4j.jwk.JsonWebKeySet;
import org.jose4j.jwk.PublicJsonWebKey;
import org.jose4j.jwk.VerificationJwkSelector;
import org.jose4j.jws.AlgorithmIdentifiers;
import org.jose4j.jws.JsonWebSignature;
import org.jose4j.jwt.consumer.JwtConsumerBuilder;
import org.jose4j.jwx.JsonWebStructure;
import org.jose4j.keys.resolvers.VerificationKeyResolver;
import org.jose4j.lang.JoseException;
import org.jose4j.lang.UnresolvableKeyException;
import org.jspecify.annotations.Nullable;

/**
 * The keys that an issuer publishes, cached. Anyone can send a token that names an unknown key, so such tokens cause at
 * most one fetch per pause. Known keys stay in use while the issuer is down.
 */
final class JwksKeys implements VerificationKeyResolver {
    private static final String[] ALGORITHMS = {
        AlgorithmIdentifiers.RSA_USING_SHA256,
        AlgorithmIdentifiers.ECDSA_USING_P256_CURVE_AND_SHA256,
        AlgorithmIdentifiers.EDDSA
    };
    private static final int CONNECT_TIMEOUT_MILLIS = 2_000;
    private static final int READ_TIMEOUT_MILLIS = 3_000;
    private static final int MAX_RESPONSE_CHARACTERS = 512 * 1024;

    private final HttpsJwks jwks;

    JwksKeys(URI url) {
        this(url, Duration.ofMinutes(10), Duration.ofSeconds(30), Duration.ofSeconds(10));
    }

    /**
     * @param lifetime how long fetched keys are used, unless the issuer's response says otherwise
     * @param pause the shortest time between two successful fetches
     * @param pauseAfterFailure the shortest time from a failed fetch to the next
     */
    JwksKeys(URI url, Duration lifetime, Duration pause, Duration pauseAfterFailure) {
        jwks = new HttpsJwks(url.toString());
        jwks.setSimpleHttpGet(new PausingGet(pauseAfterFailure));
        jwks.setDefaultCacheDuration(lifetime.toSeconds());
        jwks.setRetainCacheOnErrorDuration(Math.max(1, pause.toSeconds()));
        jwks.setRefreshReprieveThreshold(pause.toMillis());
    }

    JwtConsumerBuilder verifying(JwtConsumerBuilder builder) {
        return builder.setVerificationKeyResolver(this).setJwsAlgorithmConstraints(ConstraintType.PERMIT, ALGORITHMS);
    }

    @Override
    public Key resolveKey(JsonWebSignature jws, List<JsonWebStructure> nesting) throws UnresolvableKeyException {
        if (!List.of(ALGORITHMS).contains(jws.getAlgorithmHeaderValue())) {
            throw new UnresolvableKeyException("no such algorithm here");
        }
        JsonWebKey key = select(jws, published());
        if (key == null) {
            refresh();
            key = select(jws, published());
        }
        if (key == null) {
            throw new UnresolvableKeyException("no key fits");
        }
        return key.getKey();
    }

    private List<JsonWebKey> published() {
        try {
            return jwks.getJsonWebKeys();
        } catch (IOException | JoseException e) {
            throw unavailable(e);
        }
    }

    private void refresh() {
        try {
            jwks.refresh();
        } catch (IOException | JoseException e) {
            throw unavailable(e);
        }
    }

    private KeysUnavailableException unavailable(Exception cause) {
        return new KeysUnavailableException("no keys from " + jwks.getLocation(), cause);
    }

    /** jose4j selects by the key's id, use and operations; the algorithm that fits a key is our own rule. */
    private static @Nullable JsonWebKey select(JsonWebSignature jws, List<JsonWebKey> keys)
            throws UnresolvableKeyException {
        String algorithm = jws.getAlgorithmHeaderValue();
        List<JsonWebKey> fitting =
                keys.stream().filter(key -> fits(key, algorithm)).toList();
        try {
            return new VerificationJwkSelector().selectWithVerifySignatureDisambiguate(jws, fitting);
        } catch (JoseException e) {
            throw new UnresolvableKeyException("no key verifies the token", e);
        }
    }

    private static boolean fits(JsonWebKey jwk, String algorithm) {
        return jwk instanceof PublicJsonWebKey key
                && algorithm.equals(VerificationKey.algorithmFor(key.getPublicKey()))
                && (key.getAlgorithm() == null || key.getAlgorithm().equals(algorithm));
    }

    /** Fails at once during the pause after a failure. HttpsJwks calls it from one thread at a time. */
    private static final class PausingGet implements SimpleGet {
        private final Get get = new Get();
        private final Duration pause;
        private @Nullable IOException failure;
        private long failedAt;

        PausingGet(Duration pause) {
            this.pause = pause;
            get.setConnectTimeout(CONNECT_TIMEOUT_MILLIS);
            get.setReadTimeout(READ_TIMEOUT_MILLIS);
            get.setResponseBodySizeLimit(MAX_RESPONSE_CHARACTERS);
            get.setRetries(0);
        }

        @Override
        public SimpleResponse get(String url) throws IOException {
            if (failure != null && System.nanoTime() - failedAt < pause.toNanos()) {
                throw failure;
            }
            try {
                failure = null;
                return withKeys(get.get(url));
            } catch (IOException | JoseException | RuntimeException e) {
                failure = new IOException("fetching failed", e);
                failedAt = System.nanoTime();
                throw failure;
            }
        }

        private static SimpleResponse withKeys(SimpleResponse response) throws IOException, JoseException {
            if (new JsonWebKeySet(response.getBody()).getJsonWebKeys().isEmpty()) {
                throw new IOException("there is no key in the answer");
            }
            return response;
        }
    }
}
