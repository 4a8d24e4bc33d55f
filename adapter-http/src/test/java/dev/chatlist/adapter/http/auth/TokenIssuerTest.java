package dev.chatlist.adapter.http.auth;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.chatlist.adapter.http.auth.AuthSettings.Secret;
import dev.chatlist.adapter.http.auth.AuthSettings.VerificationKey;
import dev.chatlist.domain.UserId;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Map;
import org.jose4j.json.JsonUtil;
import org.junit.jupiter.api.Test;

class TokenIssuerTest {
    private static final UserId ADA = new UserId("ada");
    private static final Secret SECRET = Secret.of(new byte[32]);
    private static final Instant THEN = Instant.ofEpochSecond(1_643_444_624);

    @Test
    void aTokenHasTheClaimsThatDeployedClientsRead() throws Exception {
        String token = new TokenIssuer(AuthSettings.of(SECRET)).issue(ADA, Duration.ofHours(1), THEN);

        assertEquals(Map.of("alg", "HS256", "typ", "JWT"), part(token, 0));
        assertEquals(
                Map.of(
                        "sub", "ada",
                        "user_id", "ada",
                        "iat", 1_643_444_624L,
                        "exp", 1_643_448_224L,
                        "access_expired_at", 1_643_448_224L),
                part(token, 1));
    }

    @Test
    void anIssuedTokenIsAcceptedUnderTheSameSettings() throws Exception {
        AuthSettings settings = new AuthSettings(SECRET, "https://issuer", "chatlist", "at+jwt", "uid");
        String token = new TokenIssuer(settings).issue(ADA, Duration.ofDays(36_500), Instant.now());

        assertEquals(ADA, new TokenVerifier(settings).verify(token).user());
        assertEquals("ada", part(token, 1).get("sub"));
    }

    @Test
    void onlyASecretCanSignTokens() {
        AuthSettings settings = AuthSettings.of(
                new VerificationKey(Tokens.keys("EdDSA", "Ed25519").getPublic()));

        assertThrows(IllegalArgumentException.class, () -> new TokenIssuer(settings));
    }

    @Test
    void aTokenIsGoodForASecondToAHundredYears() {
        TokenIssuer issuer = new TokenIssuer(AuthSettings.of(SECRET));

        assertThrows(IllegalArgumentException.class, () -> issuer.issue(ADA, Duration.ZERO, THEN));
        assertThrows(IllegalArgumentException.class, () -> issuer.issue(ADA, Duration.ofHours(-1), THEN));
        assertThrows(IllegalArgumentException.class, () -> issuer.issue(ADA, Duration.ofDays(36_601), THEN));
    }

    private static Map<String, Object> part(String token, int index) throws Exception {
        return JsonUtil.parseJson(new String(Base64.getUrlDecoder().decode(token.split("\\.", -1)[index]), UTF_8));
    }
}
