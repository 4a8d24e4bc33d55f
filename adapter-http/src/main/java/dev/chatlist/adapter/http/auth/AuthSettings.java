package dev.chatlist.adapter.http.auth;

import java.net.URI;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.EdECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.EllipticCurve;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.NamedParameterSpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.crypto.SecretKey;
import javax.crypto.spec.SecretKeySpec;
import org.jose4j.jws.AlgorithmIdentifiers;
import org.jose4j.keys.EllipticCurves;
import org.jspecify.annotations.Nullable;

/**
 * Which tokens are accepted, and whom they speak for.
 *
 * @param keys what tokens are checked with
 * @param issuer what {@code iss} must be; null to accept any or none
 * @param audience what must be in {@code aud}; null to accept any or none
 * @param userClaim the claim that holds the user's id
 */
public record AuthSettings(
        KeySource keys, @Nullable String issuer, @Nullable String audience, String userClaim) {
    public static final String DEFAULT_USER_CLAIM = "sub";

    private static final Set<String> OTHER_CLAIMS = Set.of("iss", "aud", "exp", "nbf", "iat", TokenIssuer.EXPIRY_CLAIM);

    /** @throws IllegalArgumentException if a text is blank or the claim is one that means something else */
    public AuthSettings {
        requireText("issuer", issuer);
        requireText("audience", audience);
        requireText("user claim", userClaim);
        if (OTHER_CLAIMS.contains(userClaim)) {
            throw new IllegalArgumentException("the user claim must not be %s, which is no user".formatted(userClaim));
        }
    }

    /** Tokens of any issuer and audience that name the user in {@value #DEFAULT_USER_CLAIM}. */
    public static AuthSettings of(KeySource keys) {
        return new AuthSettings(keys, null, null, DEFAULT_USER_CLAIM);
    }

    private static void requireText(String name, @Nullable String text) {
        if (text != null && text.isBlank()) {
            throw new IllegalArgumentException("the %s must not be blank".formatted(name));
        }
    }

    /** What tokens are checked with; it decides the algorithm. */
    public sealed interface KeySource {}

    /** A secret that issuer and verifier share: HS256. */
    public record Secret(SecretKey key) implements KeySource {
        static final int MIN_BYTES = 32;

        /** @throws IllegalArgumentException if it is shorter than {@value #MIN_BYTES} bytes, or can't be told */
        public Secret {
            requireLength(key.getEncoded());
        }

        /**
         * The bytes are the key itself, whatever text they may be.
         *
         * @throws IllegalArgumentException if there are fewer than {@value #MIN_BYTES}
         */
        public static Secret of(byte[] secret) {
            requireLength(secret);
            return new Secret(new SecretKeySpec(secret, "HmacSHA256"));
        }

        private static void requireLength(byte @Nullable [] secret) {
            if (secret == null || secret.length < MIN_BYTES) {
                throw new IllegalArgumentException("the token secret must have at least %d bytes, it has %d"
                        .formatted(MIN_BYTES, secret == null ? 0 : secret.length));
            }
        }

        @Override
        public String toString() {
            return "Secret[redacted]";
        }
    }

    /** The issuer's public key: RS256 for RSA of at least 2048 bits, ES256 for P-256, EdDSA for Ed25519. */
    public record VerificationKey(PublicKey key) implements KeySource {
        private static final Pattern PEM =
                Pattern.compile("-----BEGIN PUBLIC KEY-----([A-Za-z0-9+/=\\s]+)-----END PUBLIC KEY-----");

        /** @throws IllegalArgumentException if it is any other key */
        public VerificationKey {
            if (algorithmFor(key) == null) {
                throw new IllegalArgumentException(
                        "the token key must be RSA of at least 2048 bits, EC on P-256, or Ed25519");
            }
        }

        /**
         * Reads the text that {@code openssl pkey -pubout} writes.
         *
         * @throws IllegalArgumentException if it isn't one public key in PEM, of one of those kinds
         */
        public static VerificationKey ofPem(String pem) {
            Matcher matcher = PEM.matcher(pem.strip());
            if (!matcher.matches()) {
                throw new IllegalArgumentException(
                        "the token key must be one public key in PEM, -----BEGIN PUBLIC KEY----- and so on");
            }
            return new VerificationKey(decode(matcher.group(1)));
        }

        private static PublicKey decode(String base64) {
            for (String algorithm : List.of("RSA", "EC", "EdDSA")) {
                try {
                    byte[] der = Base64.getMimeDecoder().decode(base64);
                    return KeyFactory.getInstance(algorithm).generatePublic(new X509EncodedKeySpec(der));
                } catch (InvalidKeySpecException | IllegalArgumentException e) {
                    // not of this kind
                } catch (GeneralSecurityException e) {
                    throw new IllegalStateException("every Java runtime of today knows " + algorithm, e);
                }
            }
            throw new IllegalArgumentException("the token key must be an RSA, EC or Ed25519 public key");
        }

        String algorithm() {
            return String.valueOf(algorithmFor(key));
        }

        /** The one algorithm that tokens checked with the key must have; null if the key can't be trusted with any. */
        static @Nullable String algorithmFor(PublicKey key) {
            if (key instanceof RSAPublicKey rsa && rsa.getModulus().bitLength() >= 2048) {
                return AlgorithmIdentifiers.RSA_USING_SHA256;
            }
            if (key instanceof ECPublicKey ec && isP256(ec.getParams().getCurve())) {
                return AlgorithmIdentifiers.ECDSA_USING_P256_CURVE_AND_SHA256;
            }
            if (key instanceof EdECPublicKey ed
                    && ed.getParams().getName().equals(NamedParameterSpec.ED25519.getName())) {
                return AlgorithmIdentifiers.EDDSA;
            }
            return null;
        }

        private static boolean isP256(EllipticCurve curve) {
            return curve.equals(EllipticCurves.P256.getCurve());
        }
    }

    /** Where the issuer publishes its keys, which change over time: RS256, ES256 and EdDSA as above. */
    public record JwksUrl(URI url) implements KeySource {
        /** @throws IllegalArgumentException if it isn't an absolute http or https URL, or holds a password */
        public JwksUrl {
            boolean http = "http".equalsIgnoreCase(url.getScheme()) || "https".equalsIgnoreCase(url.getScheme());
            if (!http || url.getHost() == null || url.getUserInfo() != null) {
                throw new IllegalArgumentException(
                        "the JWKS URL must look like https://issuer.example.com/jwks.json, without a user");
            }
        }
    }
}
