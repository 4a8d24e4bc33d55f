package dev.chatlist.adapter.http.auth;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.chatlist.adapter.http.auth.AuthSettings.JwksUrl;
import dev.chatlist.adapter.http.auth.AuthSettings.KeySource;
import dev.chatlist.adapter.http.auth.AuthSettings.Secret;
import dev.chatlist.adapter.http.auth.AuthSettings.VerificationKey;
import dev.chatlist.domain.UserId;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
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
import org.jspecify.annotations.Nullable;

/** Tells whom a token speaks for. Safe for use by many threads; may block where keys come from a JWKS URL. */
public final class TokenVerifier {
    static final int MAX_CHARACTERS = 16 * 1024;
    static final int CLOCK_SKEW_SECONDS = 30;

    /** An expiry beyond it is a mistake, most likely milliseconds taken for seconds, and the token would never end. */
    static final int MAX_VALIDITY_MINUTES = 100 * 366 * 24 * 60;

    /** Three parts, none empty, of Base64url alone: a JWE has five, and jose4j would skip any other characters. */
    private static final Pattern JWS = Pattern.compile("[A-Za-z0-9_-]++\\.[A-Za-z0-9_-]++\\.([A-Za-z0-9_-]++)");

    private static final int ED25519_SIGNATURE_CHARACTERS = 86;

    /** Each takes some 300 bytes. */
    private static final int MAX_VERIFIED = 100_000;

    private final JwtConsumer consumer;
    private final String userClaim;

    /**
     * The tokens found good, by their SHA-256: checking a signature and reading claims costs more than all else that a
     * request does here. Null where the keys may change, as then a good token may become a bad one.
     */
    private final @Nullable Cache<Digest, Verified> verified;

    public TokenVerifier(AuthSettings settings) {
        this(settings, checkedWith(settings.keys()), !(settings.keys() instanceof JwksUrl));
    }

    /** @param builder knows the keys and the algorithms, nothing else */
    TokenVerifier(AuthSettings settings, JwtConsumerBuilder builder, boolean keysStay) {
        userClaim = settings.userClaim();
        verified = keysStay
                ? Caffeine.newBuilder()
                        .maximumSize(MAX_VERIFIED)
                        .executor(Runnable::run)
                        .build()
                : null;
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
        if (token.length() > MAX_CHARACTERS) {
            throw new InvalidTokenException(false);
        }
        if (verified == null) {
            return check(token).user;
        }
        Digest digest = Digest.of(token);
        Verified known = verified.getIfPresent(digest);
        if (known != null && known.isTimely(NumericDate.now().getValue())) {
            return known.user;
        }
        Verified fresh = check(token);
        verified.put(digest, fresh);
        return fresh.user;
    }

    private Verified check(String token) {
        Matcher jws = JWS.matcher(token);
        if (!jws.matches() || !isCanonical(jws.group(1))) {
            throw new InvalidTokenException(false);
        }
        try {
            JwtClaims claims = consumer.processToClaims(token);
            return new Verified(user(claims), seconds(claims.getNotBefore()), seconds(claims.getExpirationTime()));
        } catch (MalformedClaimException e) {
            throw new InvalidTokenException(false);
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

    private static long seconds(@Nullable NumericDate date) {
        return date == null ? 0 : date.getValue();
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

    /** Whom a good token speaks for, and from when until when, in seconds since the epoch. */
    private record Verified(UserId user, long notBefore, long expiry) {
        boolean isTimely(long now) {
            return now - CLOCK_SKEW_SECONDS < expiry && now + CLOCK_SKEW_SECONDS >= notBefore;
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
