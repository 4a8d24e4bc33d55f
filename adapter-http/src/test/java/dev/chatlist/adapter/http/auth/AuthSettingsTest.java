package dev.chatlist.adapter.http.auth;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.chatlist.adapter.http.auth.AuthSettings.JwksUrl;
import dev.chatlist.adapter.http.auth.AuthSettings.Secret;
import dev.chatlist.adapter.http.auth.AuthSettings.VerificationKey;
import java.net.URI;
import java.security.KeyPair;
import java.util.Base64;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AuthSettingsTest {
    private static final Secret SECRET = Secret.of(new byte[32]);

    @ParameterizedTest
    @CsvSource({"RSA, 2048, RS256", "EC, secp256r1, ES256", "EdDSA, Ed25519, EdDSA"})
    void thePublicKeyDecidesTheAlgorithm(String kind, String parameter, String algorithm) {
        KeyPair keys = Tokens.keys(kind, parameter);

        VerificationKey key = VerificationKey.ofPem(Tokens.pem(keys.getPublic()));

        assertEquals(keys.getPublic(), key.key());
        assertEquals(algorithm, key.algorithm());
    }

    @ParameterizedTest
    @CsvSource({"RSA, 1024", "RSASSA-PSS, 2048", "EC, secp384r1", "EdDSA, Ed448", "X25519, ''"})
    void anyOtherPublicKeyIsRefused(String kind, String parameter) {
        String pem = Tokens.pem(Tokens.keys(kind, parameter).getPublic());

        assertThrows(IllegalArgumentException.class, () -> VerificationKey.ofPem(pem));
    }

    @Test
    void anythingButAPublicKeyInPemIsRefusedAndNotQuoted() {
        KeyPair keys = Tokens.rsa(2048);
        String privateKey = Tokens.pem("PRIVATE KEY", keys.getPrivate().getEncoded());
        String publicKey = Tokens.pem(keys.getPublic());

        for (String pem : new String[] {
            "",
            "garbage",
            privateKey,
            publicKey + publicKey,
            publicKey + privateKey,
            Tokens.pem("PUBLIC KEY", keys.getPrivate().getEncoded()),
            Tokens.pem("CERTIFICATE", keys.getPublic().getEncoded()),
            Tokens.pem("PUBLIC KEY", new byte[] {1, 2, 3}),
            publicKey.replace("MII", "MI=")
        }) {
            IllegalArgumentException e = assertThrows(IllegalArgumentException.class, () -> VerificationKey.ofPem(pem));
            assertTrue(String.valueOf(e.getMessage()).startsWith("the token key must be "), e.getMessage());
        }
    }

    @Test
    void aSecretHasAtLeast32Bytes() {
        IllegalArgumentException e = assertThrows(IllegalArgumentException.class, () -> Secret.of(new byte[31]));

        assertEquals("the token secret must have at least 32 bytes, it has 31", e.getMessage());
        assertThrows(IllegalArgumentException.class, () -> Secret.of(new byte[0]));
        assertThrows(IllegalArgumentException.class, () -> new Secret(new SecretKeySpec(new byte[31], "HmacSHA256")));
    }

    @Test
    void theSecretIsNeverPrinted() {
        byte[] secret = "0123456789abcdef0123456789abcdef".getBytes(UTF_8);

        String printed = AuthSettings.of(Secret.of(secret)).toString();

        assertTrue(printed.contains("Secret[redacted]"), printed);
        assertFalse(printed.contains("0123"), printed);
        assertFalse(printed.contains(Base64.getEncoder().encodeToString(secret)), printed);
    }

    @ParameterizedTest
    @ValueSource(strings = {"https://issuer.example.com/jwks.json", "HTTP://127.0.0.1:8080/"})
    void aJwksUrlMayBeHttpOrHttps(String url) {
        assertEquals(URI.create(url), new JwksUrl(URI.create(url)).url());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "/jwks.json",
                "ftp://issuer.example.com/",
                "file:///etc/jwks.json",
                "https:///jwks",
                "https://user:password@host/"
            })
    void anyOtherJwksUrlIsRefusedAndNotQuoted(String url) {
        IllegalArgumentException e = assertThrows(IllegalArgumentException.class, () -> new JwksUrl(URI.create(url)));

        assertEquals(
                "the JWKS URL must look like https://issuer.example.com/jwks.json, without a user", e.getMessage());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "exp", "nbf", "iat", "iss", "aud", "access_expired_at"})
    void aUserClaimWithAnotherMeaningIsRefused(String claim) {
        assertThrows(IllegalArgumentException.class, () -> new AuthSettings(SECRET, null, null, null, claim));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "/", "application/", "/jwt", "a/b/c", "at jwt", "*/*", "jwt; x=y"})
    void aTypeThatIsNoMediaTypeIsRefused(String type) {
        assertThrows(IllegalArgumentException.class, () -> new AuthSettings(SECRET, null, null, type, "sub"));
    }

    @Test
    void aBlankIssuerOrAudienceIsRefused() {
        assertThrows(IllegalArgumentException.class, () -> new AuthSettings(SECRET, " ", null, null, "sub"));
        assertThrows(IllegalArgumentException.class, () -> new AuthSettings(SECRET, null, "", null, "sub"));
    }
}
