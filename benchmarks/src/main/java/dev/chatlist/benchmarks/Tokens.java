package dev.chatlist.benchmarks;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jose4j.jws.AlgorithmIdentifiers;
import org.jose4j.jws.JsonWebSignature;
import org.jose4j.jwt.JwtClaims;
import org.jose4j.jwt.NumericDate;
import org.jose4j.keys.HmacKey;
import org.jose4j.lang.JoseException;

/** A token for every user, such as {@code chatlist token} prints them, in memory and as lines of a file. */
final class Tokens {
    private static final long VALIDITY_SECONDS = 86_400;

    private final Map<String, String> tokens = new HashMap<>();
    private final Path file;

    Tokens(List<String> userIds, String secret, Path file) throws IOException, JoseException {
        this.file = file;
        HmacKey key = new HmacKey(secret.getBytes(StandardCharsets.UTF_8));
        long now = Instant.now().getEpochSecond();
        for (String user : userIds) {
            tokens.put(user, token(user, key, now));
        }
        Files.write(file, userIds.stream().map(this::of).toList());
    }

    /** @throws IllegalArgumentException for somebody who isn't in the world */
    String of(String user) {
        String token = tokens.get(user);
        if (token == null) {
            throw new IllegalArgumentException("no such user: " + user);
        }
        return token;
    }

    Path file() {
        return file;
    }

    private static String token(String user, HmacKey key, long now) throws JoseException {
        JwtClaims claims = new JwtClaims();
        claims.setSubject(user);
        claims.setStringClaim("user_id", user);
        claims.setIssuedAt(NumericDate.fromSeconds(now));
        claims.setExpirationTime(NumericDate.fromSeconds(now + VALIDITY_SECONDS));
        claims.setClaim("access_expired_at", now + VALIDITY_SECONDS);
        JsonWebSignature jws = new JsonWebSignature();
        jws.setHeader("typ", "JWT");
        jws.setAlgorithmHeaderValue(AlgorithmIdentifiers.HMAC_SHA256);
        jws.setKey(key);
        jws.setPayload(claims.toJson());
        return jws.getCompactSerialization();
    }
}
