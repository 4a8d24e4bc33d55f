package dev.chatlist.adapter.http.auth;

import dev.chatlist.domain.UserId;
import org.jose4j.jwt.JwtClaims;
import org.jose4j.jwt.MalformedClaimException;
import org.jose4j.jwt.consumer.JwtContext;
import org.jose4j.jwt.consumer.TypeValidator;
import org.jspecify.annotations.Nullable;

/**
 * What a token with a good signature must say: {@code exp} and the user, {@code nbf} if present, and {@code typ},
 * {@code iss} and {@code aud} where the settings demand them. Other claims aren't read, so jose4j's own checks, of
 * {@code iat}, {@code jti} and {@code sub} too, are switched off.
 */
final class ClaimChecks {
    /** How much the clocks of issuer and verifier may differ. */
    static final int CLOCK_SKEW_SECONDS = 30;

    /**
     * A later expiry is a mistake: most likely milliseconds were taken for seconds, and the token would never expire.
     */
    static final long MAX_VALIDITY_SECONDS = 100L * 366 * 24 * 60 * 60;

    /** Greater than any time, and far from an overflow. */
    private static final double MAX_TIME = 1e15;

    private final AuthSettings settings;
    private final @Nullable TypeValidator type;

    ClaimChecks(AuthSettings settings) {
        this.settings = settings;
        type = settings.requiredType() == null ? null : new TypeValidator(true, settings.requiredType());
    }

    /**
     * Checks the expiry last, because only a token without another fault is called expired.
     *
     * @throws InvalidTokenException at the first fault
     */
    VerifiedToken check(JwtContext token, long now) {
        JwtClaims claims = token.getJwtClaims();
        if (type != null && !isOf(type, token)) {
            throw InvalidTokenException.ofClaim("typ is not " + settings.requiredType());
        }
        if (settings.issuer() != null && !settings.issuer().equals(claims.getClaimValue("iss"))) {
            throw InvalidTokenException.ofClaim("iss is not the issuer of the settings");
        }
        if (settings.audience() != null && !isFor(settings.audience(), claims)) {
            throw InvalidTokenException.ofClaim("aud does not contain the audience of the settings");
        }
        UserId user = user(claims);
        long notBefore = claims.hasClaim("nbf") ? time("nbf", claims) : 0;
        if (now < notBefore - CLOCK_SKEW_SECONDS) {
            throw InvalidTokenException.ofClaim("nbf is in the future");
        }
        long expiry = time("exp", claims);
        if (expiry - CLOCK_SKEW_SECONDS - now > MAX_VALIDITY_SECONDS) {
            throw InvalidTokenException.ofClaim("exp is more than a hundred years ahead; it must be in seconds");
        }
        if (now >= expiry + CLOCK_SKEW_SECONDS) {
            throw InvalidTokenException.ofExpired();
        }
        return new VerifiedToken(user, notBefore - CLOCK_SKEW_SECONDS, expiry + CLOCK_SKEW_SECONDS);
    }

    private static boolean isOf(TypeValidator type, JwtContext token) {
        // The validator fails on anything but a string.
        Object given = token.getJoseObjects().get(0).getHeaders().getObjectHeaderValue("typ");
        return given instanceof String && type.validate(token) == null;
    }

    private static boolean isFor(String audience, JwtClaims claims) {
        try {
            return claims.getAudience().contains(audience);
        } catch (MalformedClaimException e) {
            return false;
        }
    }

    private UserId user(JwtClaims claims) {
        String claim = settings.userClaim();
        if (!(claims.getClaimValue(claim) instanceof String user)) {
            throw InvalidTokenException.ofClaim(claim + ", the user claim, is missing or no string");
        }
        try {
            return new UserId(user);
        } catch (IllegalArgumentException e) {
            throw InvalidTokenException.ofClaim(claim + ", the user claim, is no user id");
        }
    }

    /** Whole seconds; RFC 7519 allows fractions. */
    private static long time(String claim, JwtClaims claims) {
        if (!(claims.getClaimValue(claim) instanceof Number seconds)) {
            throw InvalidTokenException.ofClaim(claim + " is missing or no number");
        }
        if (!(Math.abs(seconds.doubleValue()) < MAX_TIME)) {
            throw InvalidTokenException.ofClaim(claim + " is no time in seconds");
        }
        return seconds.longValue();
    }
}
