package dev.chatlist.adapter.http.auth;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.chatlist.adapter.http.auth.AuthSettings.Secret;
import dev.chatlist.domain.UserId;
import io.undertow.util.HeaderMap;
import io.undertow.util.Headers;
import java.net.URI;
import java.security.Key;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import javax.crypto.spec.SecretKeySpec;
import org.jose4j.jwa.AlgorithmConstraints.ConstraintType;
import org.jose4j.jws.AlgorithmIdentifiers;
import org.jose4j.jwt.consumer.JwtConsumerBuilder;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** A remembered token is accepted exactly as long as the verifier would accept it. */
class BearerAuthenticationTest {
    private static final UserId ADA = new UserId("ada");
    private static final Key HMAC = new SecretKeySpec("0123456789abcdef0123456789abcdef".getBytes(UTF_8), "HmacSHA256");
    private static final long NOW = 1_643_444_624;

    private final SteppedClock clock = new SteppedClock();
    private int verifications;

    private final BearerAuthentication bearer =
            new BearerAuthentication(new TokenVerifier(AuthSettings.of(Secret.of(HMAC.getEncoded())), keys(), clock));

    /** Counts the tokens that are verified. */
    private JwtConsumerBuilder keys() {
        return new JwtConsumerBuilder()
                .setVerificationKeyResolver((jws, nesting) -> {
                    verifications++;
                    return HMAC;
                })
                .setJwsAlgorithmConstraints(ConstraintType.PERMIT, AlgorithmIdentifiers.HMAC_SHA256);
    }

    private static final class SteppedClock extends Clock {
        long now = NOW;

        @Override
        public Instant instant() {
            return Instant.ofEpochSecond(now);
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }
    }

    private static String token(String user, long expiry) {
        return Tokens.signed("HS256", HMAC, "{\"sub\":\"%s\",\"exp\":%d}".formatted(user, expiry));
    }

    private UserId caller(String authorization) {
        return bearer.caller(new HeaderMap().put(Headers.AUTHORIZATION, authorization));
    }

    private InvalidTokenException refused(String token) {
        return assertThrows(InvalidTokenException.class, () -> caller("Bearer " + token));
    }

    @Test
    void aTokenIsVerifiedOnceAndAnotherOnItsOwn() {
        String token = token("ada", NOW + 3600);
        for (int times = 0; times < 3; times++) {
            assertEquals(ADA, caller("Bearer " + token));
        }
        assertEquals(1, verifications);

        assertEquals(new UserId("eve"), caller("Bearer " + token("eve", NOW + 3600)));
        assertEquals(2, verifications);
    }

    @Test
    void anAlteredTokenIsRefusedAfterTheGoodOneWasAccepted() {
        String token = token("ada", NOW + 3600);
        for (int times = 0; times < 3; times++) {
            assertEquals(ADA, caller("Bearer " + token));
            assertFalse(refused(token.substring(0, token.length() - 3) + "AAA").expired());
            assertFalse(refused(token + "A").expired());
        }
    }

    @Test
    void aRememberedTokenIsRefusedFromItsExpiryOn() {
        String token = token("ada", NOW);
        assertEquals(ADA, caller("Bearer " + token));

        clock.now = NOW + ClaimChecks.CLOCK_SKEW_SECONDS - 1;
        assertEquals(ADA, caller("Bearer " + token));
        assertEquals(1, verifications);

        clock.now++;
        assertTrue(refused(token).expired());
        assertTrue(refused(token).expired());
    }

    @Test
    void aRememberedTokenIsRefusedWhenTheClockIsSetBackBeforeItsStart() {
        String token =
                Tokens.signed("HS256", HMAC, "{\"sub\":\"ada\",\"nbf\":%d,\"exp\":%d}".formatted(NOW, NOW + 3600));
        assertEquals(ADA, caller("Bearer " + token));

        clock.now = NOW - ClaimChecks.CLOCK_SKEW_SECONDS - 1;

        assertFalse(refused(token).expired());
    }

    @Test
    void whyATokenIsRefusedIsInTheDebugLogWithoutTheToken() {
        Logger logger = (Logger) LoggerFactory.getLogger(BearerAuthentication.class);
        ListAppender<ILoggingEvent> log = new ListAppender<>();
        log.start();
        logger.addAppender(log);
        logger.setLevel(Level.DEBUG);
        try {
            HeaderMap request = new HeaderMap().put(Headers.AUTHORIZATION, "Bearer " + token("SECRET", 1));
            assertThrows(InvalidTokenException.class, () -> bearer.caller(request));
        } finally {
            logger.setLevel(null);
            logger.detachAppender(log);
        }

        assertEquals(
                List.of("[DEBUG] 401, the token is not accepted: exp is in the past"),
                log.list.stream().map(ILoggingEvent::toString).toList());
    }

    @Test
    void withKeysThatMayChangeEveryTokenIsVerifiedEachTime() {
        AuthSettings.JwksUrl url = new AuthSettings.JwksUrl(URI.create("http://127.0.0.1:1/jwks"));
        BearerAuthentication forgetful =
                new BearerAuthentication(new TokenVerifier(AuthSettings.of(url), keys(), clock));
        HeaderMap request = new HeaderMap().put(Headers.AUTHORIZATION, "Bearer " + token("ada", NOW + 3600));

        assertEquals(ADA, forgetful.caller(request));
        assertEquals(ADA, forgetful.caller(request));

        assertEquals(2, verifications);
    }
}
