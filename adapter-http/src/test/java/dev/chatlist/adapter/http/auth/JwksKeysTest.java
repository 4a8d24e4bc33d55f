package dev.chatlist.adapter.http.auth;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpServer;
import dev.chatlist.adapter.http.auth.AuthSettings.JwksUrl;
import dev.chatlist.adapter.http.auth.PublishedKeys.Timing;
import dev.chatlist.domain.UserId;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpHeaders;
import java.security.Key;
import java.security.KeyPair;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.crypto.spec.SecretKeySpec;
import org.jose4j.jwk.JsonWebKey;
import org.jose4j.jwk.JsonWebKey.OutputControlLevel;
import org.jose4j.jwk.PublicJsonWebKey;
import org.jose4j.jwt.consumer.JwtConsumerBuilder;
import org.jose4j.lang.JoseException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which of an issuer's published keys are used, and how often they are fetched. The issuer is a small server. */
class JwksKeysTest {
    private static final UserId ADA = new UserId("ada");
    private static final KeyPair RSA = Tokens.rsa(2048);
    private static final Duration LONG = Duration.ofHours(1);

    private final AtomicInteger fetches = new AtomicInteger();
    private volatile int status = 200;
    private volatile String jwks = "";
    private volatile String cacheControl = "no-cache";
    private HttpServer issuer;

    @BeforeEach
    void start() throws IOException {
        issuer = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        issuer.createContext("/jwks", exchange -> {
            fetches.incrementAndGet();
            byte[] body = jwks.getBytes(UTF_8);
            exchange.getResponseHeaders().set("Cache-Control", cacheControl);
            exchange.sendResponseHeaders(status, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        issuer.start();
    }

    @AfterEach
    void stop() {
        issuer.stop(0);
    }

    private URI url() {
        return URI.create(
                "http://127.0.0.1:%d/jwks".formatted(issuer.getAddress().getPort()));
    }

    /** With the default pauses, which allow one fetch during a test. */
    private TokenVerifier verifier() {
        return new TokenVerifier(AuthSettings.of(new JwksUrl(url())));
    }

    private TokenVerifier verifierThatMayFetchAtAnyTime() {
        JwksKeys keys = new JwksKeys(url(), new Timing(LONG, LONG, LONG, Duration.ZERO));
        return new TokenVerifier(
                AuthSettings.of(new JwksUrl(url())), keys.verifying(new JwtConsumerBuilder()), Clock.systemUTC());
    }

    private static String set(JsonWebKey... keys) {
        return Stream.of(keys)
                .map(key -> key.toJson(OutputControlLevel.INCLUDE_SYMMETRIC))
                .collect(Collectors.joining(",", "{\"keys\":[", "]}"));
    }

    private static PublicJsonWebKey jwk(String kid, KeyPair keys) throws JoseException {
        PublicJsonWebKey jwk = PublicJsonWebKey.Factory.newPublicJwk(keys.getPublic());
        jwk.setKeyId(kid);
        return jwk;
    }

    private static String signed(String algorithm, Key key, String kid) {
        return Tokens.signed(algorithm, key, Tokens.claims(), "kid", kid);
    }

    @ParameterizedTest
    @CsvSource({"RSA, 2048, RS256", "EC, secp256r1, ES256", "EdDSA, Ed25519, EdDSA"})
    void aPublishedKeyIsUsedForItsAlgorithm(String kind, String parameter, String algorithm) throws Exception {
        KeyPair keys = Tokens.keys(kind, parameter);
        jwks = set(jwk("1", keys), jwk("2", RSA));
        TokenVerifier verifier = verifier();

        assertEquals(
                ADA, verifier.verify(signed(algorithm, keys.getPrivate(), "1")).user());
        assertEquals(
                ADA,
                verifier.verify(Tokens.signed(algorithm, keys.getPrivate(), Tokens.claims()))
                        .user());
        assertRefused(verifier, signed(algorithm, keys.getPrivate(), "2"));
        assertEquals(1, fetches.get());
    }

    @Test
    void theSigningKeyIsFoundAmongSeveralKeysWithoutIds() throws Exception {
        KeyPair other = Tokens.rsa(2048);
        jwks = set(
                PublicJsonWebKey.Factory.newPublicJwk(other.getPublic()),
                PublicJsonWebKey.Factory.newPublicJwk(RSA.getPublic()));

        assertEquals(
                ADA,
                verifier()
                        .verify(Tokens.signed("RS256", RSA.getPrivate(), Tokens.claims()))
                        .user());
    }

    @Test
    void aBadTokenIsRefusedEvenIfSeveralKeysAreTried() throws Exception {
        KeyPair one = Tokens.keys("EC", "secp256r1");
        KeyPair two = Tokens.keys("EC", "secp256r1");
        jwks = set(
                PublicJsonWebKey.Factory.newPublicJwk(one.getPublic()),
                PublicJsonWebKey.Factory.newPublicJwk(two.getPublic()));
        TokenVerifier verifier = verifier();
        String good = Tokens.signed("ES256", two.getPrivate(), Tokens.claims());

        assertEquals(ADA, verifier.verify(good).user());
        assertRefused(verifier, good.substring(0, good.lastIndexOf('.') + 1) + "AAAA");
        assertRefused(
                verifier,
                Tokens.signed("ES256", two.getPrivate(), Tokens.claims(), "crit", List.of("unknown"), "unknown", 1));
        assertRefused(verifier, Tokens.signed("ES256", two.getPrivate(), Tokens.claims(), "kid", 1));
        assertRefused(verifier, Tokens.signed("ES256", two.getPrivate(), Tokens.claims(), "x5t", List.of()));
    }

    @Test
    void aSymmetricKeyIsNeverUsed() throws Exception {
        Key secret = new SecretKeySpec(new byte[32], "HmacSHA256");
        JsonWebKey oct = JsonWebKey.Factory.newJwk(secret);
        oct.setKeyId("1");
        jwks = set(oct, jwk("2", RSA));
        TokenVerifier verifier = verifier();

        assertRefused(verifier, signed("HS256", secret, "1"));
        assertRefused(
                verifier, signed("HS256", new SecretKeySpec(RSA.getPublic().getEncoded(), "HmacSHA256"), "2"));
    }

    @ParameterizedTest
    @CsvSource({
        "RSA, 1024, RS256",
        "RSA, 2048, RS512",
        "RSA, 2048, PS256",
        "EC, secp384r1, ES384",
        "EdDSA, Ed448, EdDSA"
    })
    void aKeyOrAlgorithmOfAnyOtherKindIsRefused(String kind, String parameter, String algorithm) throws Exception {
        KeyPair keys = Tokens.keys(kind, parameter);
        jwks = set(jwk("1", keys));

        assertRefused(verifier(), signed(algorithm, keys.getPrivate(), "1"));
    }

    @Test
    void theUseAlgorithmAndOperationsOfAKeyAreRespected() throws Exception {
        PublicJsonWebKey encryption = jwk("enc", RSA);
        encryption.setUse("enc");
        PublicJsonWebKey other = jwk("alg", RSA);
        other.setAlgorithm("RS512");
        PublicJsonWebKey operations = jwk("ops", RSA);
        operations.setKeyOps(List.of("encrypt"));
        PublicJsonWebKey good = jwk("good", RSA);
        good.setUse("sig");
        good.setAlgorithm("RS256");
        good.setKeyOps(List.of("verify"));
        jwks = set(encryption, other, operations, good);
        TokenVerifier verifier = verifier();

        assertEquals(
                ADA, verifier.verify(signed("RS256", RSA.getPrivate(), "good")).user());
        for (String kid : List.of("enc", "alg", "ops")) {
            assertRefused(verifier, signed("RS256", RSA.getPrivate(), kid));
        }
    }

    @Test
    void aNewKeyIsFetchedWhenATokenNamesItAndTheOldOneIsDropped() throws Exception {
        KeyPair next = Tokens.rsa(2048);
        TokenVerifier verifier = verifierThatMayFetchAtAnyTime();
        jwks = set(jwk("old", RSA));
        assertEquals(
                ADA, verifier.verify(signed("RS256", RSA.getPrivate(), "old")).user());

        jwks = set(jwk("new", next));

        assertEquals(
                ADA, verifier.verify(signed("RS256", next.getPrivate(), "new")).user());
        assertEquals(2, fetches.get());
        assertRefused(verifier, signed("RS256", RSA.getPrivate(), "old"));
    }

    @Test
    void tokensThatNameUnknownKeysCauseNoFurtherFetch() throws Exception {
        jwks = set(jwk("1", RSA));
        TokenVerifier verifier = verifier();
        for (int i = 0; i < 50; i++) {
            assertRefused(verifier, signed("RS256", RSA.getPrivate(), "unknown" + i));
        }
        assertEquals(1, fetches.get());
    }

    @Test
    void theIssuerSaysHowLongItsKeysAreFresh() throws Exception {
        jwks = set(jwk("1", RSA));
        cacheControl = "public, max-age=3600";
        JwksKeys keys = new JwksKeys(url(), new Timing(LONG, LONG, Duration.ZERO, Duration.ZERO));
        TokenVerifier verifier = new TokenVerifier(
                AuthSettings.of(new JwksUrl(url())), keys.verifying(new JwtConsumerBuilder()), Clock.systemUTC());
        for (int i = 0; i < 5; i++) {
            assertEquals(
                    ADA, verifier.verify(signed("RS256", RSA.getPrivate(), "1")).user());
        }
        assertEquals(1, fetches.get());
    }

    @ParameterizedTest
    @CsvSource({
        "Cache-Control, max-age=60, PT1M",
        "Cache-Control, 'public, MAX-AGE = \"60\", must-revalidate', PT1M",
        "Cache-Control, max-age=999999999, PT24H",
        "Cache-Control, 's-maxage=60', ",
        "Cache-Control, max-age=0, ",
        "Cache-Control, max-age=99999999999999999999, ",
        "Cache-Control, no-store, ",
        "Expires, 'Sat, 29 Jan 2022 08:23:54 GMT', PT10S",
        "Expires, 'Sat, 29 Jan 2022 08:23:44 GMT', ",
        "Expires, 0, ",
        "Date, 'Sat, 29 Jan 2022 08:23:54 GMT', "
    })
    void freshnessIsReadFromTheAnswer(String header, String value, @Nullable Duration expected) {
        HttpHeaders headers = HttpHeaders.of(Map.of(header, List.of(value)), (name, text) -> true);

        assertEquals(
                Optional.ofNullable(expected), KeySetDownload.lifetime(headers, Instant.parse("2022-01-29T08:23:44Z")));
    }

    @Test
    void aTokenOfAnotherAlgorithmIsRefusedWithoutAFetch() {
        assertRefused(verifier(), signed("HS256", new SecretKeySpec(new byte[32], "HmacSHA256"), "1"));
        assertEquals(0, fetches.get());
    }

    @Test
    void knownKeysStayInUseWhileTheIssuerIsDown() throws Exception {
        TokenVerifier verifier = verifierThatMayFetchAtAnyTime();
        jwks = set(jwk("1", RSA));
        assertEquals(
                ADA, verifier.verify(signed("RS256", RSA.getPrivate(), "1")).user());

        status = 500;

        assertRefused(verifier, signed("RS256", RSA.getPrivate(), "2"));
        assertEquals(
                ADA, verifier.verify(signed("RS256", RSA.getPrivate(), "1")).user());
        assertEquals(2, fetches.get());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "<html>", "[]", "{}", "{\"keys\":[]}", "{\"keys\":1}", "{\"keys\":[{\"kty\":\"new\"}]}"})
    void aResponseWithoutKeysIsAnOutageAndIsNotFetchedAgainAtOnce(String answer) {
        jwks = answer;
        TokenVerifier verifier = verifier();
        for (int i = 0; i < 10; i++) {
            assertThrows(KeysUnavailableException.class, () -> verifier.verify(signed("RS256", RSA.getPrivate(), "1")));
        }
        assertEquals(1, fetches.get());
    }

    @Test
    void afterAnOutageTheKeysAreFetched() throws Exception {
        TokenVerifier verifier = verifierThatMayFetchAtAnyTime();
        status = 503;
        assertThrows(KeysUnavailableException.class, () -> verifier.verify(signed("RS256", RSA.getPrivate(), "1")));

        status = 200;
        jwks = set(jwk("1", RSA));

        assertEquals(
                ADA, verifier.verify(signed("RS256", RSA.getPrivate(), "1")).user());
    }

    @Test
    void anOverlongKeySetIsAnOutage() {
        jwks = " ".repeat(1024 * 1024);

        assertThrows(KeysUnavailableException.class, () -> verifier().verify(signed("RS256", RSA.getPrivate(), "1")));
    }

    @Test
    void anOutageNamesTheAddressWithoutItsQueryAndDoesNotQuoteTheToken() {
        status = 404;
        String token = signed("RS256", RSA.getPrivate(), "1");

        TokenVerifier verifier = new TokenVerifier(AuthSettings.of(new JwksUrl(URI.create(url() + "?key=hunter2"))));

        KeysUnavailableException e = assertThrows(KeysUnavailableException.class, () -> verifier.verify(token));

        assertEquals("no keys from " + url() + "?…", e.getMessage());
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            assertTrue(!cause.toString().contains(token.substring(0, 20)), cause.toString());
        }
    }

    private static void assertRefused(TokenVerifier verifier, String token) {
        assertThrows(InvalidTokenException.class, () -> verifier.verify(token));
    }
}
