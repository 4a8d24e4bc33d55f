package dev.chatlist.adapter.http.auth;

import dev.chatlist.adapter.http.auth.AuthSettings.JwksUrl;
import dev.chatlist.adapter.http.auth.AuthSettings.KeySource;
import dev.chatlist.adapter.http.auth.AuthSettings.Secret;
import dev.chatlist.adapter.http.auth.AuthSettings.VerificationKey;
import dev.chatlist.adapter.http.observation.Refused;
import java.security.Key;
import java.security.interfaces.RSAKey;
import java.time.Clock;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.crypto.SecretKey;
import org.jose4j.jwa.AlgorithmConstraints.ConstraintType;
import org.jose4j.jws.AlgorithmIdentifiers;
import org.jose4j.jws.JsonWebSignature;
import org.jose4j.jwt.consumer.ErrorCodes;
import org.jose4j.jwt.consumer.InvalidJwtException;
import org.jose4j.jwt.consumer.JwtConsumer;
import org.jose4j.jwt.consumer.JwtConsumerBuilder;
import org.jose4j.jwt.consumer.JwtContext;
import org.jose4j.lang.InvalidAlgorithmException;
import org.jose4j.lang.UnresolvableKeyException;

/** Verifies tokens. Safe for use by many threads; may wait a second for keys from a JWKS URL. */
public final class TokenVerifier {
    static final int MAX_CHARACTERS = 16 * 1024;

    /** Three parts of Base64url, none empty: a JWE has five, and jose4j would skip any other characters. */
    private static final Pattern JWS = Pattern.compile("[A-Za-z0-9_-]++\\.[A-Za-z0-9_-]++\\.([A-Za-z0-9_-]++)");

    private final AuthSettings settings;
    private final JwtConsumer signatures;
    private final ClaimChecks claims;
    private final Clock clock;

    public TokenVerifier(AuthSettings settings) {
        this(settings, Clock.systemUTC());
    }

    TokenVerifier(AuthSettings settings, Clock clock) {
        this(settings, keys(settings.keys()), clock);
    }

    /** @param keys knows the keys and the algorithms */
    TokenVerifier(AuthSettings settings, JwtConsumerBuilder keys, Clock clock) {
        this.settings = settings;
        this.clock = clock;
        claims = new ClaimChecks(settings);
        signatures = keys.setSkipAllDefaultValidators()
                .setJwsCustomizer((jws, nesting) -> requireNoExtension(jws))
                .build();
    }

    private static JwtConsumerBuilder keys(KeySource source) {
        JwtConsumerBuilder builder = new JwtConsumerBuilder();
        if (source instanceof Secret secret) {
            return builder.setVerificationKey(secret.key())
                    .setJwsAlgorithmConstraints(ConstraintType.PERMIT, AlgorithmIdentifiers.HMAC_SHA256);
        }
        if (source instanceof VerificationKey key) {
            return builder.setVerificationKey(key.key())
                    .setJwsAlgorithmConstraints(ConstraintType.PERMIT, key.algorithm());
        }
        return new JwksKeys(((JwksUrl) source).url()).verifying(builder);
    }

    /** The time by which tokens are judged. */
    long epochSecond() {
        return clock.instant().getEpochSecond();
    }

    /** Whether the same token may be accepted now and refused later, even before it expires. */
    boolean keysMayChange() {
        return settings.keys() instanceof JwksUrl;
    }

    /**
     * Verifies the signature and the claims.
     *
     * @throws InvalidTokenException if the token isn't accepted, for any reason
     * @throws KeysUnavailableException if no key is known and none can be fetched now
     */
    public VerifiedToken verify(String token) {
        if (token.length() > MAX_CHARACTERS) {
            throw InvalidTokenException.because(
                    Refused.TOKEN_MALFORMED, "it is longer than %s characters".formatted(MAX_CHARACTERS));
        }
        Matcher jws = JWS.matcher(token);
        if (!jws.matches() || !isCanonical(jws.group(1))) {
            throw InvalidTokenException.because(Refused.TOKEN_MALFORMED, "it is not three parts of Base64url");
        }
        JwtContext signed = withGoodSignature(token);
        if (signed.getJoseObjects().size() > 1) {
            throw InvalidTokenException.because(Refused.TOKEN_MALFORMED, "it is a token inside a token");
        }
        requireWholeSignature((JsonWebSignature) signed.getJoseObjects().get(0));
        return claims.check(signed, epochSecond());
    }

    private JwtContext withGoodSignature(String token) {
        try {
            return signatures.process(token);
        } catch (InvalidJwtException e) {
            if (e.getCause() instanceof KeysUnavailableException unavailable) {
                throw unavailable;
            }
            throw invalid(e);
        } catch (StackOverflowError e) {
            // jose4j's messages quote the header, and quoting nested lists recurses.
            throw InvalidTokenException.because(Refused.TOKEN_MALFORMED, "it is nested too deeply");
        }
    }

    /** In words of our own, because those of jose4j quote the token. */
    private static InvalidTokenException invalid(InvalidJwtException e) {
        if (e.getCause() instanceof InvalidTokenException known) {
            return known;
        }
        if (e.getCause() instanceof UnresolvableKeyException) {
            return InvalidTokenException.because(Refused.TOKEN_KEY, "no key fits its kid and alg");
        }
        if (e.getCause() instanceof InvalidAlgorithmException) {
            return InvalidTokenException.because(Refused.TOKEN_KEY, "alg is not the algorithm of the key");
        }
        return e.hasErrorCode(ErrorCodes.SIGNATURE_INVALID)
                ? InvalidTokenException.because(Refused.TOKEN_SIGNATURE, "the signature is not the key's")
                : InvalidTokenException.because(Refused.TOKEN_MALFORMED, "header, claims or signature are malformed");
    }

    /** Base64 has unused bits at its end, so one signature has several spellings; only one of them is canonical. */
    private static boolean isCanonical(String base64url) {
        try {
            byte[] bytes = Base64.getUrlDecoder().decode(base64url);
            return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes).equals(base64url);
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    /** jose4j would allow payloads that aren't Base64 (RFC 7797). */
    private static void requireNoExtension(JsonWebSignature jws) {
        if (jws.getHeaders().getObjectHeaderValue("crit") != null) {
            throw InvalidTokenException.because(
                    Refused.TOKEN_MALFORMED, "crit demands an extension, and none is known here");
        }
    }

    /**
     * RFC 7518 fixes the length. Java 17 ignores bytes after an Ed25519 signature, and jose4j accepts an ES256 signature
     * without its leading zero bytes.
     */
    private static void requireWholeSignature(JsonWebSignature jws) {
        int bytes = jws.getEncodedSignature().length() * 6 / 8;
        if (bytes != signatureBytes(jws.getKey())) {
            throw InvalidTokenException.because(Refused.TOKEN_SIGNATURE, "the signature has the wrong length");
        }
    }

    private static int signatureBytes(Key key) {
        if (key instanceof RSAKey rsa) {
            return (rsa.getModulus().bitLength() + 7) / 8;
        }
        return key instanceof SecretKey ? 32 : 64;
    }
}
