package dev.chatlist.adapter.http.auth;

import dev.chatlist.adapter.http.auth.AuthSettings.JwksUrl;
import dev.chatlist.adapter.http.auth.AuthSettings.KeySource;
import dev.chatlist.adapter.http.auth.AuthSettings.Secret;
import dev.chatlist.adapter.http.auth.AuthSettings.VerificationKey;
import dev.chatlist.domain.UserId;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jose4j.jwa.AlgorithmConstraints.ConstraintType;
import org.jose4j.jws.AlgorithmIdentifiers;
import org.jose4j.jws.JsonWebSignature;
import org.jose4j.jwt.JwtClaims;
import org.jose4j.jwt.consumer.InvalidJwtException;
import org.jose4j.jwt.consumer.JwtConsumer;
import org.jose4j.jwt.consumer.JwtConsumerBuilder;

/** Tells whom a token speaks for. Safe for use by many threads; may block where keys come from a JWKS URL. */
public final class TokenVerifier {
    static final int MAX_CHARACTERS = 16 * 1024;
    static final int CLOCK_SKEW_SECONDS = 30;

    /** An expiry beyond it is a mistake, most likely milliseconds taken for seconds, and the token would never end. */
    static final int MAX_VALIDITY_MINUTES = 100 * 366 * 24 * 60;

    /** Three parts, none empty, of Base64url alone: a JWE has five, and jose4j would skip any other characters. */
    private static final Pattern JWS = Pattern.compile("[A-Za-z0-9_-]++\\.[A-Za-z0-9_-]++\\.([A-Za-z0-9_-]++)");

    private static final int ED25519_SIGNATURE_CHARACTERS = 86;

    private final JwtConsumer consumer;
    private final String userClaim;

    public TokenVerifier(AuthSettings settings) {
        this(settings, checkedWith(settings.keys()));
    }

    /** @param builder knows the keys and the algorithms, nothing else */
    TokenVerifier(AuthSettings settings, JwtConsumerBuilder builder) {
        userClaim = settings.userClaim();
        builder.setJwsCustomizer((jws, nesting) -> requireWholeSignature(jws))
                .setRequireExpirationTime()
                .setAllowedClockSkewInSeconds(CLOCK_SKEW_SECONDS)
                .setMaxFutureValidityInMinutes(MAX_VALIDITY_MINUTES);
        if (settings.issuer() != null) {
            builder.setExpectedIssuer(true, settings.issuer());
        }
        if (settings.audience() != null) {
            builder.setExpectedAudience(true, settings.audience());
        } else {
            builder.setSkipDefaultAudienceValidation();
        }
        consumer = builder.build();
    }

    private static JwtConsumerBuilder checkedWith(KeySource keys) {
        JwtConsumerBuilder builder = new JwtConsumerBuilder();
        if (keys instanceof Secret secret) {
            return builder.setVerificationKey(secret.key())
                    .setJwsAlgorithmConstraints(ConstraintType.PERMIT, AlgorithmIdentifiers.HMAC_SHA256);
        }
        if (keys instanceof VerificationKey key) {
            return builder.setVerificationKey(key.key())
                    .setJwsAlgorithmConstraints(ConstraintType.PERMIT, key.algorithm());
        }
        return new JwksKeys(((JwksUrl) keys).url()).checking(builder);
    }

    /**
     * The user that the token was issued to.
     *
     * @throws InvalidTokenException if the token isn't accepted, for whatever reason
     * @throws KeysUnavailableException if the keys to check it with can't be had now
     */
    public UserId verify(String token) {
        Matcher jws = JWS.matcher(token);
        if (token.length() > MAX_CHARACTERS || !jws.matches() || !isCanonical(jws.group(1))) {
            throw new InvalidTokenException(false);
        }
        try {
            return user(consumer.processToClaims(token));
        } catch (InvalidJwtException e) {
            if (e.getCause() instanceof KeysUnavailableException unavailable) {
                throw unavailable;
            }
            throw new InvalidTokenException(
                    e.hasExpired() && e.getErrorDetails().size() == 1);
        } catch (StackOverflowError e) {
            // jose4j quotes what it refuses, and quoting lists within lists within lists takes a frame for each.
            throw new InvalidTokenException(false);
        }
    }

    /** Base64 leaves bits over at the end, and with them several spellings of one signature; this is the one. */
    private static boolean isCanonical(String base64url) {
        try {
            byte[] bytes = Base64.getUrlDecoder().decode(base64url);
            return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes).equals(base64url);
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    /** Java 17 ignores what follows the 64 bytes of an Ed25519 signature. */
    private static void requireWholeSignature(JsonWebSignature jws) {
        if (AlgorithmIdentifiers.EDDSA.equals(jws.getAlgorithmHeaderValue())
                && jws.getEncodedSignature().length() != ED25519_SIGNATURE_CHARACTERS) {
            throw new InvalidTokenException(false);
        }
    }

    private UserId user(JwtClaims claims) {
        if (!(claims.getClaimValue(userClaim) instanceof String user)) {
            throw new InvalidTokenException(false);
        }
        try {
            return new UserId(user);
        } catch (IllegalArgumentException e) {
            throw new InvalidTokenException(false);
        }
    }
}
