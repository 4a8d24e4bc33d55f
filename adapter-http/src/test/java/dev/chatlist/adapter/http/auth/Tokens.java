package dev.chatlist.adapter.http.auth;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PublicKey;
import java.security.spec.ECGenParameterSpec;
import java.time.Instant;
import java.util.Base64;
import org.jose4j.jwa.AlgorithmConstraints;
import org.jose4j.jws.JsonWebSignature;
import org.jose4j.lang.JoseException;

/** Keys and tokens for tests, good and bad. */
final class Tokens {
    private Tokens() {}

    static KeyPair rsa(int bits) {
        return keys("RSA", Integer.toString(bits));
    }

    /** @param parameter the number of bits for RSA, else the curve */
    static KeyPair keys(String kind, String parameter) {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance(kind.equals("EdDSA") ? parameter : kind);
            if (kind.startsWith("RSA")) {
                generator.initialize(Integer.parseInt(parameter));
            } else if (kind.equals("EC")) {
                generator.initialize(new ECGenParameterSpec(parameter));
            }
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    static String pem(String label, byte[] der) {
        String base64 = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der);
        return "-----BEGIN %s-----%n%s%n-----END %1$s-----%n".formatted(label, base64);
    }

    static String pem(PublicKey key) {
        return pem("PUBLIC KEY", key.getEncoded());
    }

    /** The claims of a good token for ada that expires in an hour. */
    static String claims() {
        return claims("\"sub\":\"ada\"");
    }

    /** The claims given, and an expiry in an hour. */
    static String claims(String claims) {
        return "{%s,\"exp\":%d}".formatted(claims, now() + 3600);
    }

    static long now() {
        return Instant.now().getEpochSecond();
    }

    static String signed(String algorithm, Key key, String payload) {
        return signed(algorithm, key, payload, "typ", "JWT");
    }

    /** @param headers further headers, name by value */
    static String signed(String algorithm, Key key, String payload, Object... headers) {
        JsonWebSignature jws = new JsonWebSignature();
        // Tests need tokens that jose4j refuses to sign.
        jws.setAlgorithmConstraints(AlgorithmConstraints.NO_CONSTRAINTS);
        jws.setDoKeyValidation(false);
        jws.setAlgorithmHeaderValue(algorithm);
        jws.setKey(key);
        jws.setPayload(payload);
        for (int i = 0; i < headers.length; i += 2) {
            jws.getHeaders().setObjectHeaderValue((String) headers[i], headers[i + 1]);
        }
        try {
            return jws.getCompactSerialization();
        } catch (JoseException e) {
            throw new IllegalStateException(e);
        }
    }

    static String base64url(String text) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(text.getBytes(UTF_8));
    }
}
