package dev.chatlist.adapter.http.auth;

import dev.chatlist.adapter.http.auth.AuthSettings.Secret;
import dev.chatlist.domain.UserId;
import java.time.Duration;
import java.time.Instant;
import org.jose4j.jws.AlgorithmIdentifiers;
import org.jose4j.jws.JsonWebSignature;
import org.jose4j.jwt.JwtClaims;
import org.jose4j.jwt.NumericDate;
import org.jose4j.lang.JoseException;

/** Issues tokens for development and tests. {@link TokenVerifier} accepts them under the same settings. */
public final class TokenIssuer {
    private final AuthSettings settings;
    private final Secret secret;

    /** @throws IllegalArgumentException if the settings have no secret to sign with */
    public TokenIssuer(AuthSettings settings) {
        if (!(settings.keys() instanceof Secret known)) {
            throw new IllegalArgumentException("tokens can be issued only where they are signed with a secret (HS256)");
        }
        this.settings = settings;
        this.secret = known;
    }

    /**
     * A token for the user.
     *
     * @param ttl how long the token is good, from a second to a hundred years
     * @throws IllegalArgumentException if the time to live is out of that range
     */
    public String issue(UserId user, Duration ttl, Instant now) {
        if (ttl.toSeconds() < 1 || ttl.toSeconds() > ClaimChecks.MAX_VALIDITY_SECONDS) {
            throw new IllegalArgumentException("a token must be good for a second to a hundred years, not " + ttl);
        }
        return signed(claims(user, now.getEpochSecond(), now.plus(ttl).getEpochSecond()));
    }

    private JwtClaims claims(UserId user, long issuedAt, long expiry) {
        JwtClaims claims = new JwtClaims();
        claims.setSubject(user.value());
        claims.setStringClaim("user_id", user.value());
        claims.setStringClaim(settings.userClaim(), user.value());
        claims.setIssuedAt(NumericDate.fromSeconds(issuedAt));
        claims.setExpirationTime(NumericDate.fromSeconds(expiry));
        claims.setClaim(AuthSettings.EXPIRY_CLAIM, expiry);
        if (settings.issuer() != null) {
            claims.setIssuer(settings.issuer());
        }
        if (settings.audience() != null) {
            claims.setAudience(settings.audience());
        }
        return claims;
    }

    private String signed(JwtClaims claims) {
        JsonWebSignature jws = new JsonWebSignature();
        jws.setHeader("typ", settings.requiredType() == null ? "JWT" : settings.requiredType());
        jws.setAlgorithmHeaderValue(AlgorithmIdentifiers.HMAC_SHA256);
        jws.setKey(secret.key());
        jws.setPayload(claims.toJson());
        try {
            return jws.getCompactSerialization();
        } catch (JoseException e) {
            throw new IllegalStateException("signing with a good secret failed", e);
        }
    }
}
