package dev.chatlist.adapter.http.auth;

import dev.chatlist.adapter.http.auth.AuthSettings.JwksUrl;
import dev.chatlist.adapter.http.auth.AuthSettings.KeySource;
import dev.chatlist.adapter.http.auth.AuthSettings.Secret;
import dev.chatlist.adapter.http.auth.AuthSettings.VerificationKey;
import dev.chatlist.domain.UserId;
import java.time.Clock;
import java.util.Base64;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jose4j.jwa.AlgorithmConstraints.ConstraintType;
import org.jose4j.jws.AlgorithmIdentifiers;
import org.jose4j.jws.JsonWebSignature;
import org.jose4j.jwt.JwtClaims;
import org.jose4j.jwt.MalformedClaimException;
import org.jose4j.jwt.NumericDate;
import org.jose4j.jwt.consumer.InvalidJwtException;
import org.jose4j.jwt.consumer.JwtConsumer;
import org.jose4j.jwt.consumer.JwtConsumerBuilder;

/** Verifies tokens. Safe for use by many threads; blocks while it fetches keys from a JWKS URL. */
public final class TokenVerifier {
    static final int MAX_CHARACTERS = 16 * 1024;
    static final int CLOCK_SKEW_SECONDS = 30;

    /**
     * A later expiry is a mistake: most likely milliseconds were taken for seconds, and the token would never expire.
     */
    static final int MAX_VALIDITY_MINUTES = 100 * 366 * 24 * 60;

    /** Three parts of Base64url, none empty: a JWE has five, and jose4j would skip any other characters. */
    private static final Pattern JWS = Pattern.compile("[A-Za-z0-9_-]++\\.[A-Za-z0-9_-]++\\.([A-Za-z0-9_-]++)");

    private static final int ED25519_SIGNATURE_CHARACTERS = 86;

    private final AuthSettings settings;

    /** Builders that know the keys and the algorithms. */
    private final Supplier<JwtConsumerBuilder> builders;

    private final Clock clock;

    public TokenVerifier(AuthSettings settings) {
        this(settings, Clock.systemUTC());
    }

    TokenVerifier(AuthSettings settings, Clock clock) {
        this(settings, builders(settings.keys()), clock);
    }

    TokenVerifier(AuthSettings settings, Supplier<JwtConsumerBuilder> builders, Clock clock) {
        this.settings = settings;
        this.builders = builders;
        this.clock = clock;
    }

    private static Supplier<JwtConsumerBuilder> builders(KeySource source) {
        if (source instanceof Secret secret) {
            return () -> new JwtConsumerBuilder()
                    .setVerificationKey(secret.key())
                    .setJwsAlgorithmConstraints(ConstraintType.PERMIT, AlgorithmIdentifiers.HMAC_SHA256);
        }
        if (source instanceof VerificationKey key) {
            return () -> new JwtConsumerBuilder()
                    .setVerificationKey(key.key())
                    .setJwsAlgorithmConstraints(ConstraintType.PERMIT, key.algorithm());
        }
        JwksKeys jwks = new JwksKeys(((JwksUrl) source).url());
        return () -> jwks.verifying(new JwtConsumerBuilder());
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
     * @throws KeysUnavailableException if the keys can't be fetched now
     */
    public VerifiedToken verify(String token) {
        if (token.length() > MAX_CHARACTERS) {
            throw new InvalidTokenException(false);
        }
        Matcher jws = JWS.matcher(token);
        if (!jws.matches() || !isCanonical(jws.group(1))) {
            throw new InvalidTokenException(false);
        }
        try {
            return verified(consumer().processToClaims(token));
        } catch (MalformedClaimException e) {
            throw new InvalidTokenException(false);
        } catch (InvalidJwtException e) {
            if (e.getCause() instanceof KeysUnavailableException unavailable) {
                throw unavailable;
            }
            throw new InvalidTokenException(
                    e.hasExpired() && e.getErrorDetails().size() == 1);
        } catch (StackOverflowError e) {
            // jose4j's messages quote the claim they refuse, and quoting nested lists recurses.
            throw new InvalidTokenException(false);
        }
    }

    /** Built for each token, because jose4j fixes the time of verification when it builds a consumer. */
    private JwtConsumer consumer() {
        JwtConsumerBuilder builder = builders.get()
                .setJwsCustomizer((jws, nesting) -> requireWholeSignature(jws))
                .setRequireExpirationTime()
                .setEvaluationTime(NumericDate.fromMilliseconds(clock.millis()))
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
        return builder.build();
    }

    private VerifiedToken verified(JwtClaims claims) throws MalformedClaimException {
        NumericDate notBefore = claims.getNotBefore();
        return new VerifiedToken(
                user(claims),
                (notBefore == null ? 0 : Math.max(0, notBefore.getValue())) - CLOCK_SKEW_SECONDS,
                claims.getExpirationTime().getValue() + CLOCK_SKEW_SECONDS);
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

    /** Java 17 ignores bytes after the 64 of an Ed25519 signature. */
    private static void requireWholeSignature(JsonWebSignature jws) {
        if (AlgorithmIdentifiers.EDDSA.equals(jws.getAlgorithmHeaderValue())
                && jws.getEncodedSignature().length() != ED25519_SIGNATURE_CHARACTERS) {
            throw new InvalidTokenException(false);
        }
    }

    private UserId user(JwtClaims claims) {
        if (!(claims.getClaimValue(settings.userClaim()) instanceof String user)) {
            throw new InvalidTokenException(false);
        }
        try {
            return new UserId(user);
        } catch (IllegalArgumentException e) {
            throw new InvalidTokenException(false);
        }
    }
}
