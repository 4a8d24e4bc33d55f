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
 * Which tokens are accepted, and which claim names the user.
 *
 * @param keys verify the signature
 * @param issuer the value that {@code iss} must have; null to accept any or none
 * @param audience a value that {@code aud} must contain; null to accept any or none
 * @param requiredType the media type that the header {@code typ} must name, with or without {@code application/}; null
 *     to accept any or none
 * @param userClaim the claim that holds the user's id
 */
public record AuthSettings(
        KeySource keys,
        @Nullable String issuer,
        @Nullable String audience,
        @Nullable String requiredType,
        String userClaim) {
    public static final String DEFAULT_USER_CLAIM = "sub";

    /** Repeats {@code exp}: deployed clients read it. */
    static final String EXPIRY_CLAIM = "access_expired_at";

    private static final Pattern TYPE = Pattern.compile("([A-Za-z0-9!#$&^_.+-]+/)?[A-Za-z0-9!#$&^_.+-]+");

    private static final Set<String> OTHER_CLAIMS = Set.of("iss", "aud", "exp", "nbf", "iat", EXPIRY_CLAIM);

    /**
     * @throws IllegalArgumentException if a text is blank, the type is no media type, or the user claim is a claim with
     *     another meaning
     */
    public AuthSettings {
        requireText("issuer", issuer);
        requireText("audience", audience);
        requireText("user claim", userClaim);
        if (requiredType != null && !TYPE.matcher(requiredType).matches()) {
            throw new IllegalArgumentException(
                    "the type must be a media type such as at+jwt or application/at+jwt, it is \"%s\""
                            .formatted(requiredType));
        }
        if (OTHER_CLAIMS.contains(userClaim)) {
            throw new IllegalArgumentException("the user claim must not be %s, which is no user".formatted(userClaim));
        }
    }

    /** Accepts any issuer, audience and type, and finds the user in {@value #DEFAULT_USER_CLAIM}. */
    public static AuthSettings of(KeySource keys) {
        return new AuthSettings(keys, null, null, null, DEFAULT_USER_CLAIM);
    }

    private static void requireText(String name, @Nullable String text) {
        if (text != null && text.isBlank()) {
            throw new IllegalArgumentException("the %s must not be blank".formatted(name));
        }
    }

    /** Where the keys that verify tokens come from. The key decides the algorithm. */
    public sealed interface KeySource {}

    /** A secret shared by issuer and verifier: HS256. */
    public record Secret(SecretKey key) implements KeySource {
        static final int MIN_BYTES = 32;

        /** @throws IllegalArgumentException if it has fewer than {@value #MIN_BYTES} bytes or doesn't reveal them */
        public Secret {
            requireLength(key.getEncoded());
        }

        /**
         * The bytes are the key itself, even if they look like Base64 or hex.
         *
         * @throws IllegalArgumentException if there are fewer than {@value #MIN_BYTES}
         */
        public static Secret of(byte[] secret) {
            requireLength(secret);
            return new Secret(new SecretKeySpec(secret, "HmacSHA256"));
        }

        private static void requireLength(byte @Nullable [] secret) {
            if (secret == null || secret.length < MIN_BYTES) {
                throw new IllegalArgumentException("the token secret must have at least %s bytes, it has %s"
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
        private static final String BYTE_ORDER_MARK = "\uFEFF";

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
         * Reads the output of {@code openssl pkey -pubout}.
         *
         * @throws IllegalArgumentException if it isn't exactly one public key in PEM, of a supported kind
         */
        public static VerificationKey ofPem(String pem) {
            Matcher matcher = PEM.matcher(pem.replace(BYTE_ORDER_MARK, "").strip());
            if (pem.contains("PRIVATE KEY")) {
                throw new IllegalArgumentException(
                        "the token key must be the issuer's public key, this is a private one: take it away from here");
            }
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
                    // Try the next kind.
                } catch (GeneralSecurityException e) {
                    throw new IllegalStateException("every Java 17 runtime knows " + algorithm, e);
                }
            }
            throw new IllegalArgumentException("the token key must be an RSA, EC or Ed25519 public key");
        }

        String algorithm() {
            return String.valueOf(algorithmFor(key));
        }

        /** The one algorithm accepted with the key; null if the key is of another kind or too weak. */
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

    /** The address of the issuer's published keys, which change over time: RS256, ES256 and EdDSA as above. */
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
