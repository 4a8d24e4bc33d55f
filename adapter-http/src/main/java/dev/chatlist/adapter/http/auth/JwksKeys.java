package dev.chatlist.adapter.http.auth;

import dev.chatlist.adapter.http.auth.AuthSettings.VerificationKey;
import dev.chatlist.adapter.http.auth.PublishedKeys.Timing;
import java.net.URI;
import java.security.Key;
import java.util.List;
import org.jose4j.jwa.AlgorithmConstraints.ConstraintType;
import org.jose4j.jwk.JsonWebKey;
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

/** Verifies tokens with the keys that an issuer publishes. */
final class JwksKeys implements VerificationKeyResolver {
    private static final String[] ALGORITHMS = {
        AlgorithmIdentifiers.RSA_USING_SHA256,
        AlgorithmIdentifiers.ECDSA_USING_P256_CURVE_AND_SHA256,
        AlgorithmIdentifiers.EDDSA
    };

    private final PublishedKeys published;

    JwksKeys(URI url) {
        this(url, Timing.DEFAULT);
    }

    JwksKeys(URI url, Timing timing) {
        published = new PublishedKeys(url, timing);
    }

    JwtConsumerBuilder verifying(JwtConsumerBuilder builder) {
        return builder.setVerificationKeyResolver(this).setJwsAlgorithmConstraints(ConstraintType.PERMIT, ALGORITHMS);
    }

    @Override
    public Key resolveKey(JsonWebSignature jws, List<JsonWebStructure> nesting) throws UnresolvableKeyException {
        if (!List.of(ALGORITHMS).contains(jws.getAlgorithmHeaderValue())) {
            throw new UnresolvableKeyException("no such algorithm here");
        }
        List<JsonWebKey> known = published.known();
        JsonWebKey key = select(jws, known);
        if (key == null) {
            List<JsonWebKey> newest = published.newest();
            key = newest == known ? null : select(jws, newest);
        }
        if (key == null) {
            throw new UnresolvableKeyException("no key fits");
        }
        return key.getKey();
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
}
