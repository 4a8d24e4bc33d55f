package dev.chatlist.adapter.http.auth;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.chatlist.adapter.http.auth.AuthSettings.KeySource;
import dev.chatlist.adapter.http.auth.AuthSettings.Secret;
import dev.chatlist.adapter.http.auth.AuthSettings.VerificationKey;
import dev.chatlist.domain.UserId;
import java.math.BigInteger;
import java.security.Key;
import java.security.KeyPair;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import javax.crypto.spec.SecretKeySpec;
import org.jose4j.jwe.JsonWebEncryption;
import org.jose4j.jwk.JsonWebKey;
import org.jose4j.jwk.PublicJsonWebKey;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which tokens are accepted, and which are refused. */
class TokenVerifierTest {
    private static final UserId ADA = new UserId("ada");
    private static final KeyPair RSA = Tokens.rsa(2048);
    private static final KeyPair EC = Tokens.keys("EC", "secp256r1");
    private static final KeyPair ED = Tokens.keys("EdDSA", "Ed25519");
    private static final Key HMAC = new SecretKeySpec("0123456789abcdef0123456789abcdef".getBytes(UTF_8), "HmacSHA256");

    private static final Kind HS256 = new Kind("HS256", HMAC, HMAC, Secret.of(HMAC.getEncoded()));
    private static final Kind RS256 =
            new Kind("RS256", RSA.getPrivate(), RSA.getPublic(), new VerificationKey(RSA.getPublic()));
    private static final Kind ES256 =
            new Kind("ES256", EC.getPrivate(), EC.getPublic(), new VerificationKey(EC.getPublic()));
    private static final Kind EDDSA =
            new Kind("EdDSA", ED.getPrivate(), ED.getPublic(), new VerificationKey(ED.getPublic()));

    static List<Kind> kinds() {
        return List.of(HS256, RS256, ES256, EDDSA);
    }

    /** One of the four kinds of keys that need no network. */
    private record Kind(String algorithm, Key signingKey, Key verificationKey, TokenVerifier verifier) {
        Kind(String algorithm, Key signingKey, Key verificationKey, KeySource keys) {
            this(algorithm, signingKey, verificationKey, new TokenVerifier(AuthSettings.of(keys)));
        }

        UserId verify(String token) {
            return verifier.verify(token).user();
        }

        String sign(String payload) {
            return Tokens.signed(algorithm, signingKey, payload);
        }

        @Override
        public String toString() {
            return algorithm;
        }
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void aGoodTokenNamesItsUser(Kind kind) {
        assertEquals(ADA, kind.verify(kind.sign(Tokens.claims())));
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void everyOtherAlgorithmIsRefused(Kind kind) {
        String none = Tokens.base64url("{\"alg\":\"none\"}") + "." + Tokens.base64url(Tokens.claims()) + ".";
        assertRefused(kind, none);
        assertRefused(kind, none + "AAAA");
        assertRefused(kind, Tokens.base64url("{}") + "." + Tokens.base64url(Tokens.claims()) + ".AAAA");
        for (Kind other : kinds()) {
            if (!other.equals(kind)) {
                assertRefused(kind, other.sign(Tokens.claims()));
            }
        }
        Map<Kind, List<String>> sameKey =
                Map.of(HS256, List.of("HS384", "HS512"), RS256, List.of("RS384", "RS512", "PS256", "PS384", "PS512"));
        for (String algorithm : sameKey.getOrDefault(kind, List.of())) {
            assertRefused(kind, Tokens.signed(algorithm, kind.signingKey(), Tokens.claims()));
        }
    }

    @Test
    void aTokenSignedWithThePublicKeyAsSecretIsRefused() {
        for (Kind kind : List.of(RS256, ES256, EDDSA)) {
            byte[] der = kind.verificationKey().getEncoded();
            String pem = Tokens.pem("PUBLIC KEY", der);
            for (byte[] secret : List.of(der, pem.getBytes(UTF_8), pem.strip().getBytes(UTF_8))) {
                Key key = new SecretKeySpec(secret, "HmacSHA256");
                assertRefused(kind, Tokens.signed("HS256", key, Tokens.claims()));
            }
        }
    }

    @Test
    void aTokenSignedWithAnotherKeyIsRefused() {
        Key otherSecret = new SecretKeySpec(new byte[32], "HmacSHA256");
        assertRefused(HS256, Tokens.signed("HS256", otherSecret, Tokens.claims()));
        assertRefused(RS256, Tokens.signed("RS256", Tokens.rsa(2048).getPrivate(), Tokens.claims()));
        Key otherEc = Tokens.keys("EC", "secp256r1").getPrivate();
        assertRefused(ES256, Tokens.signed("ES256", otherEc, Tokens.claims()));
        Key otherEd = Tokens.keys("EdDSA", "Ed25519").getPrivate();
        assertRefused(EDDSA, Tokens.signed("EdDSA", otherEd, Tokens.claims()));
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void aTokenAlteredAnywhereIsRefused(Kind kind) {
        String token = kind.sign(Tokens.claims());
        for (int i = 0; i < token.length(); i++) {
            String altered = token.substring(0, i) + (token.charAt(i) == 'A' ? 'B' : 'A') + token.substring(i + 1);
            assertRefused(kind, altered);
        }
        int signature = token.lastIndexOf('.') + 1;
        for (String altered : List.of(
                token.substring(0, signature) + "!" + token.substring(signature),
                token + "=",
                token + "==",
                token + "A",
                token + "\n",
                " " + token,
                token.substring(0, token.length() - 1),
                token.substring(0, signature),
                token.replace('.', ','),
                token + ".",
                "." + token,
                token + "." + token)) {
            assertRefused(kind, altered);
        }
    }

    @Test
    void onlyTheCanonicalBase64OfASignatureIsAccepted() {
        String token = HS256.sign(Tokens.claims());
        String alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
        char last = token.charAt(token.length() - 1);
        String start = token.substring(0, token.length() - 1);
        alphabet.chars().filter(other -> other != last).forEach(other -> assertRefused(HS256, start + (char) other));
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void aSignatureOfAnotherLengthIsRefused(Kind kind) {
        for (int i = 0; i < 50; i++) {
            String token = kind.sign(Tokens.claims("\"sub\":\"ada\",\"n\":" + i));
            int start = token.lastIndexOf('.') + 1;
            byte[] signature = Base64.getUrlDecoder().decode(token.substring(start));
            int length = signature.length;
            for (byte[] altered : List.of(
                    Arrays.copyOf(signature, length + 1),
                    Arrays.copyOf(signature, 2 * length),
                    Arrays.copyOf(signature, length - 1),
                    Arrays.copyOfRange(signature, 1, length),
                    Arrays.copyOf(signature, 1),
                    new byte[length])) {
                assertRefused(kind, token.substring(0, start) + base64url(altered));
            }
        }
    }

    /**
     * Both numbers of this signature begin with a zero byte. Without them the numbers are the same, but RFC 7518 wants
     * 64 bytes.
     */
    @Test
    void anEs256SignatureWithoutItsLeadingZeroBytesIsRefused() {
        VerificationKey key = VerificationKey.ofPem("""
                -----BEGIN PUBLIC KEY-----
                MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEZelItsEkPskia01/qaicPIGTkrfH
                aGpdR7WwGAZKKwOToYElLXoI2zlSLRSy8XpePWYkwjoXsOELM5s3cZPc3A==
                -----END PUBLIC KEY-----
                """);
        Clock clock = Clock.fixed(Instant.ofEpochSecond(1000), ZoneOffset.UTC);
        TokenVerifier verifier = new TokenVerifier(AuthSettings.of(key), clock);
        String claims = "eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJhZGEiLCJleHAiOjIwMDB9.";
        String signature = "AAButXM8RA3VMymMRVknodxBNr6Mjxn_-Ok0awT9PBwA1emxA345ssSpxUuZ-PiKymorAktx8sXv9CA0-iqxVg";
        String shortened = "AG61czxEDdUzKYxFWSeh3EE2voyPGf_46TRrBP08HNXpsQN-ObLEqcVLmfj4ispqKwJLcfLF7_QgNPoqsVY";

        assertEquals(ADA, verifier.verify(claims + signature).user());
        InvalidTokenException e = assertThrows(InvalidTokenException.class, () -> verifier.verify(claims + shortened));
        assertEquals("the signature has the wrong length", e.getMessage());
    }

    private static String base64url(byte[] bytes) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    /** RFC 7519 demands nothing of these claims but a type, and they decide nothing here. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"iat\":99999999999",
                "\"iat\":-1",
                "\"iat\":1e400",
                "\"iat\":\"yesterday\"",
                "\"iat\":null",
                "\"jti\":1",
                "\"jti\":[]",
                "\"iss\":1",
                "\"aud\":1",
                "\"access_expired_at\":1",
                "\"user_id\":1",
                "\"nbf\":null",
                "\"nbf\":0.5",
                "\"nbf\":-1"
            })
    void aClaimThatDecidesNothingIsNotChecked(String claim) {
        assertEquals(ADA, HS256.verify(good("\"sub\":\"ada\"," + claim)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"1", "null", "[]", "\"\""})
    void theSubjectIsNotCheckedIfAnotherClaimNamesTheUser(String subject) {
        TokenVerifier verifier =
                new TokenVerifier(new AuthSettings(Secret.of(HMAC.getEncoded()), null, null, null, "uid"));

        assertEquals(
                ADA, verifier.verify(good("\"uid\":\"ada\",\"sub\":" + subject)).user());
    }

    @Test
    void aTokenInsideATokenIsRefused() {
        String inner = HS256.sign(Tokens.claims());

        assertRefused(HS256, Tokens.signed("HS256", HMAC, inner, "cty", "JWT"));
    }

    static Stream<String> badClaims() {
        long now = Tokens.now();
        return Stream.of(
                "{\"sub\":\"ada\"}",
                "{\"sub\":\"ada\",\"exp\":null}",
                "{\"sub\":\"ada\",\"exp\":\"%d\"}".formatted(now + 3600),
                "{\"sub\":\"ada\",\"exp\":[%d]}".formatted(now + 3600),
                "{\"sub\":\"ada\",\"exp\":%d}".formatted((now + 3600) * 1000),
                "{\"sub\":\"ada\",\"exp\":9223372036854775807}",
                "{\"sub\":\"ada\",\"exp\":99999999999999999999999999}",
                "{\"sub\":\"ada\",\"exp\":1e300}",
                "{\"sub\":\"ada\",\"exp\":1e400}",
                "{\"sub\":\"ada\",\"exp\":1e999999999}",
                "{\"sub\":\"ada\",\"exp\":-1e400}",
                "{\"sub\":\"ada\",\"exp\":-1}",
                "{\"sub\":\"ada\",\"exp\":0.5}",
                "{\"sub\":\"ada\",\"exp\":true}",
                "{\"sub\":\"ada\",\"exp\":{}}",
                // As 64 bits, this is a good time.
                "{\"sub\":\"ada\",\"exp\":%s}"
                        .formatted(BigInteger.ONE.shiftLeft(64).add(BigInteger.valueOf(now + 60))),
                "{\"sub\":\"ada\",\"exp\":-9223372036854775808}",
                Tokens.claims("\"sub\":\"ada\",\"nbf\":%d".formatted(now + 60)),
                Tokens.claims("\"sub\":\"ada\",\"nbf\":\"%d\"".formatted(now)),
                Tokens.claims("\"sub\":\"ada\",\"nbf\":9223372036854775807"),
                Tokens.claims("\"sub\":\"ada\",\"nbf\":1e400"),
                Tokens.claims("\"sub\":\"ada\",\"nbf\":[]"),
                Tokens.claims("\"sub\":\"eve\",\"sub\":\"ada\""),
                Tokens.claims("\"sub\":\"ada\",\"exp\":1"),
                Tokens.claims("\"user_id\":\"ada\""),
                Tokens.claims("\"sub\":\"\""),
                Tokens.claims("\"sub\":null"),
                Tokens.claims("\"sub\":1"),
                Tokens.claims("\"sub\":true"),
                Tokens.claims("\"sub\":[\"ada\"]"),
                Tokens.claims("\"sub\":{\"sub\":\"ada\"}"),
                Tokens.claims("\"sub\":\"a\\nb\""),
                Tokens.claims("\"sub\":\"a\\u0000\""),
                Tokens.claims("\"sub\":\"\\ud800\""),
                Tokens.claims("\"sub\":\"" + "a".repeat(129) + "\""),
                "[" + Tokens.claims() + "]",
                Tokens.claims() + "x",
                "\"ada\"",
                "null",
                "");
    }

    @ParameterizedTest
    @MethodSource("badClaims")
    void badClaimsAreRefusedDespiteAGoodSignature(String payload) {
        assertRefused(HS256, HS256.sign(payload));
    }

    @Test
    void clocksMayDifferByHalfAMinute() {
        String token = HS256.sign("{\"sub\":\"ada\",\"nbf\":1000,\"exp\":2000}");

        assertThrows(InvalidTokenException.class, () -> verifyAt(969, token));
        VerifiedToken verified = verifyAt(970, token);
        assertEquals(new VerifiedToken(ADA, 970, 2030), verified);
        assertEquals(verified, verifyAt(2029, token));
        assertTrue(assertThrows(InvalidTokenException.class, () -> verifyAt(2030, token))
                .expired());
    }

    private static VerifiedToken verifyAt(long second, String token) {
        Clock clock = Clock.fixed(Instant.ofEpochSecond(second), ZoneOffset.UTC);
        return new TokenVerifier(AuthSettings.of(Secret.of(HMAC.getEncoded())), clock).verify(token);
    }

    @Test
    void aTokenWithAnotherFaultIsNotCalledExpired() {
        long past = Tokens.now() - 3600;

        assertTrue(refusal("{\"sub\":\"ada\",\"exp\":%d}".formatted(past)).expired());
        assertFalse(refusal("{\"sub\":\"ada\"}").expired());
        assertFalse(refusal("{\"sub\":\"ada\",\"exp\":%d,\"nbf\":\"1\"}".formatted(past))
                .expired());
        String strangers = Tokens.signed(
                "HS256", new SecretKeySpec(new byte[32], "HmacSHA256"), "{\"sub\":\"ada\",\"exp\":%d}".formatted(past));
        assertFalse(assertRefused(HS256, strangers).expired());
    }

    @Test
    void configuredIssuerAndAudienceAreRequired() {
        AuthSettings settings =
                new AuthSettings(Secret.of(HMAC.getEncoded()), "https://issuer", "chatlist", null, "sub");
        TokenVerifier strict = new TokenVerifier(settings);
        String both = "\"sub\":\"ada\",\"iss\":\"%s\",\"aud\":%s";

        assertEquals(
                ADA,
                strict.verify(good(both.formatted("https://issuer", "\"chatlist\"")))
                        .user());
        assertEquals(
                ADA,
                strict.verify(good(both.formatted("https://issuer", "[\"x\",\"chatlist\"]")))
                        .user());
        for (String bad : List.of(
                "\"sub\":\"ada\"",
                "\"sub\":\"ada\",\"iss\":\"https://issuer\"",
                "\"sub\":\"ada\",\"aud\":\"chatlist\"",
                both.formatted("https://issuer/", "\"chatlist\""),
                both.formatted("https://issuer", "\"other\""),
                both.formatted("https://issuer", "[]"))) {
            assertThrows(InvalidTokenException.class, () -> strict.verify(good(bad)), bad);
        }
        assertEquals(ADA, HS256.verify(good(both.formatted("anyone", "[\"anything\"]"))));
    }

    private static String good(String claims) {
        return HS256.sign(Tokens.claims(claims));
    }

    @ParameterizedTest
    @ValueSource(strings = {"at+jwt", "application/at+jwt", "AT+JWT"})
    void aConfiguredTypeIsRequired(String type) {
        TokenVerifier strict =
                new TokenVerifier(new AuthSettings(Secret.of(HMAC.getEncoded()), null, null, type, "sub"));

        for (String good : List.of("at+jwt", "At+Jwt", "application/at+jwt", "APPLICATION/AT+JWT")) {
            assertEquals(
                    ADA,
                    strict.verify(Tokens.signed("HS256", HMAC, Tokens.claims(), "typ", good))
                            .user());
        }
        for (Object bad : new Object[] {
            "JWT", "at", "at+jwt2", "text/at+jwt", "application/application/at+jwt", "application/*", "*/*", "", 1, true
        }) {
            String token = Tokens.signed("HS256", HMAC, Tokens.claims(), "typ", bad);
            assertThrows(InvalidTokenException.class, () -> strict.verify(token), bad.toString());
        }
        String without = Tokens.signed("HS256", HMAC, Tokens.claims(), "kid", "1");
        assertThrows(InvalidTokenException.class, () -> strict.verify(without));
    }

    @Test
    void theUserIsReadFromTheConfiguredClaim() {
        AuthSettings settings = new AuthSettings(Secret.of(HMAC.getEncoded()), null, null, null, "https://x/uid");
        TokenVerifier verifier = new TokenVerifier(settings);

        assertEquals(
                ADA,
                verifier.verify(good("\"sub\":\"eve\",\"https://x/uid\":\"ada\""))
                        .user());
        assertThrows(InvalidTokenException.class, () -> verifier.verify(good("\"sub\":\"ada\"")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"exp", "b64", "http://example.invalid/unknown"})
    void aTokenWithACriticalHeaderIsRefused(String name) {
        assertRefused(HS256, Tokens.signed("HS256", HMAC, Tokens.claims(), "crit", List.of(name), name, false));
    }

    @ParameterizedTest
    @ValueSource(strings = {"1", "true", "null", "[]", "{}", "[1]", "\"\"", "1e400"})
    void aHeaderOfAnyTypeLeadsToAnAnswer(String value) {
        for (String name : List.of("alg", "typ", "cty", "kid", "crit", "b64", "zip", "enc", "jwk", "x5c", "x5t")) {
            for (Kind kind : kinds()) {
                String header = "{\"alg\":\"%s\",\"%s\":%s}".formatted(kind.algorithm(), name, value);
                String token = Tokens.base64url(header) + "." + Tokens.base64url(Tokens.claims()) + ".AAAA";
                assertRefused(kind, token);
            }
        }
    }

    @Test
    void aPayloadThatIsNotBase64IsRefused() {
        String token = Tokens.signed("HS256", HMAC, "ada", "b64", false, "crit", List.of("b64"));

        assertTrue(token.contains(".ada."), token);
        assertRefused(HS256, token);
    }

    @Test
    void aKeyInsideATokenIsNotUsed() throws Exception {
        KeyPair strangers = Tokens.rsa(2048);
        Map<String, Object> jwk = PublicJsonWebKey.Factory.newPublicJwk(strangers.getPublic())
                .toParams(JsonWebKey.OutputControlLevel.PUBLIC_ONLY);
        for (Object[] header : new Object[][] {
            {"jwk", jwk},
            {"jku", "http://127.0.0.1:1/jwks"},
            {"x5u", "http://127.0.0.1:1/x5u"},
            {"kid", "../../etc/key"}
        }) {
            assertRefused(RS256, Tokens.signed("RS256", strangers.getPrivate(), Tokens.claims(), header));
        }
        assertEquals(ADA, RS256.verify(Tokens.signed("RS256", RSA.getPrivate(), Tokens.claims(), "jwk", jwk)));
    }

    @Test
    void anEncryptedTokenIsRefused() throws Exception {
        JsonWebEncryption jwe = new JsonWebEncryption();
        jwe.setAlgorithmHeaderValue("dir");
        jwe.setEncryptionMethodHeaderParameter("A128CBC-HS256");
        jwe.setKey(HMAC);
        jwe.setPayload(Tokens.claims());

        assertRefused(HS256, jwe.getCompactSerialization());
    }

    @Test
    void veryDeepNestingIsRefused() {
        String deep = "[".repeat(5_000) + "]".repeat(5_000);

        assertRefused(HS256, HS256.sign("{\"sub\":\"ada\",\"x\":%s}".formatted(deep)));
        assertRefused(HS256, HS256.sign(Tokens.claims("\"sub\":%s".formatted(deep))));
        assertRefused(HS256, HS256.sign("[".repeat(10_000)));
        for (String header :
                List.of("{\"alg\":\"HS256\",\"x\":%s}", "{\"alg\":%s}", "{\"alg\":\"HS256\",\"crit\":%s}", "%s")) {
            assertRefused(HS256, Tokens.base64url(header.formatted(deep)) + ".e30.AAAA");
        }
    }

    @Test
    void aTokenHasAtMost16Kilobytes() {
        String padding = "\"sub\":\"ada\",\"x\":\"%s\"";
        String fits = good(padding.formatted("x".repeat(12_000)));
        String tooLong = good(padding.formatted("x".repeat(12_300)));

        assertTrue(fits.length() <= 16 * 1024 && tooLong.length() > 16 * 1024);
        assertEquals(ADA, HS256.verify(fits));
        assertRefused(HS256, tooLong);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{`sub`:`SECRET`,`exp`:1} | exp is in the past",
                "{`sub`:`SECRET`} | exp is missing or no number",
                "{`sub`:`SECRET`,`exp`:`SECRET`} | exp is missing or no number",
                "{`sub`:`SECRET`,`exp`:7777777777777777} | exp is no time in seconds",
                "{`sub`:`SECRET`,`exp`:777777777777} | exp is more than a hundred years ahead; it must be in seconds",
                "{`sub`:`SECRET`,`exp`:1,`nbf`:77777777777} | nbf is in the future",
                "{`sub`:[`SECRET`],`exp`:1} | sub, the user claim, is missing or no string",
                "{`sub`:`SECRET\\n`,`exp`:1} | sub, the user claim, is no user id",
                "{`sub`:`SECRET`,`sub`:`SECRET`} | header, claims or signature are malformed",
                "SECRET | header, claims or signature are malformed"
            })
    void aRefusalNamesTheClaimAndDoesNotQuoteTheToken(String payload, String reason) {
        InvalidTokenException e = refusal(payload.replace('`', '"'));

        assertEquals(reason, e.getMessage());
        assertNull(e.getCause());
    }

    @Test
    void aRefusalNamesTheHeaderAndDoesNotQuoteIt() {
        Key stranger = new SecretKeySpec(new byte[32], "HmacSHA256");

        assertReason("the signature is not the key's", HS256, Tokens.signed("HS256", stranger, Tokens.claims()));
        assertReason("alg is not the algorithm of the key", HS256, RS256.sign(Tokens.claims()));
        assertReason(
                "crit demands an extension, and none is known here",
                HS256,
                Tokens.signed("HS256", HMAC, Tokens.claims(), "crit", List.of("SECRET"), "SECRET", 1));
        assertReason("it is not three parts of Base64url", HS256, "SECRET");
        assertReason("it is longer than 16384 characters", HS256, "SECRET".repeat(5_000));
        AuthSettings settings = new AuthSettings(Secret.of(HMAC.getEncoded()), "issuer", "audience", "at+jwt", "sub");
        Kind strict = new Kind("HS256", HMAC, HMAC, new TokenVerifier(settings));
        assertReason("typ is not at+jwt", strict, HS256.sign(Tokens.claims()));
        assertReason("iss is not the issuer of the settings", strict, typed("\"iss\":\"SECRET\""));
        assertReason(
                "aud does not contain the audience of the settings",
                strict,
                typed("\"iss\":\"issuer\",\"aud\":\"SECRET\""));
    }

    private static String typed(String claims) {
        return Tokens.signed("HS256", HMAC, Tokens.claims(claims), "typ", "at+jwt");
    }

    private static void assertReason(String reason, Kind kind, String token) {
        assertEquals(reason, assertRefused(kind, token).getMessage());
    }

    private static InvalidTokenException refusal(String payload) {
        return assertRefused(HS256, HS256.sign(payload));
    }

    private static InvalidTokenException assertRefused(Kind kind, String token) {
        return assertThrows(InvalidTokenException.class, () -> kind.verifier.verify(token), token);
    }
}
