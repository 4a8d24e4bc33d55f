package dev.chatlist.benchmarks.load;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.jose4j.jws.AlgorithmIdentifiers;
import org.jose4j.jws.JsonWebSignature;
import org.jose4j.jwt.JwtClaims;
import org.jose4j.jwt.NumericDate;
import org.jose4j.keys.HmacKey;
import org.jose4j.lang.JoseException;

/** A token for every user, with the claims of {@code chatlist token}, in memory and as lines of a file. */
public final class Tokens {
    private static final long VALIDITY_SECONDS = 86_400;

    private final List<String> users;
    private final String secret;
    private final Path file;
    private final Map<String, String> tokens = new HashMap<>();

    /** Signs with a new secret. */
    public static Tokens create(List<String> users, Path file) throws IOException, JoseException {
        byte[] secret = new byte[32];
        new SecureRandom().nextBytes(secret);
        return new Tokens(users, HexFormat.of().formatHex(secret), file);
    }

    /** Signs tokens for other users with the same secret. */
    public Tokens forUsers(List<String> others, Path otherFile) throws IOException, JoseException {
        return new Tokens(others, secret, otherFile);
    }

    private Tokens(List<String> users, String secret, Path file) throws IOException, JoseException {
        this.users = users;
        this.secret = secret;
        this.file = file;
        HmacKey key = new HmacKey(secret.getBytes(StandardCharsets.UTF_8));
        long now = Instant.now().getEpochSecond();
        for (String user : users) {
            tokens.put(user, token(user, key, now));
        }
        Files.write(file, users.stream().map(this::of).toList());
    }

    public List<String> users() {
        return users;
    }

    /**
     * The token of a user.
     *
     * @throws IllegalArgumentException for an unknown user
     */
    public String of(String user) {
        String token = tokens.get(user);
        if (token == null) {
            throw new IllegalArgumentException("no such user: " + user);
        }
        return token;
    }

    /** The secret that the contenders verify the tokens with. */
    public String secret() {
        return secret;
    }

    public Path file() {
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
