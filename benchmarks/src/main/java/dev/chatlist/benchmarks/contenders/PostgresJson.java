package dev.chatlist.benchmarks.contenders;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.undertow.Undertow;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.Headers;
import io.undertow.util.StatusCodes;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import org.jose4j.jwa.AlgorithmConstraints.ConstraintType;
import org.jose4j.jws.AlgorithmIdentifiers;
import org.jose4j.jwt.MalformedClaimException;
import org.jose4j.jwt.consumer.InvalidJwtException;
import org.jose4j.jwt.consumer.JwtConsumer;
import org.jose4j.jwt.consumer.JwtConsumerBuilder;
import org.jose4j.keys.HmacKey;

/**
 * The contender with the least code: PostgreSQL builds the whole answer in one prepared statement, and Undertow sends
 * its bytes on. Verifies the same tokens as Chatlist.
 */
public final class PostgresJson {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String BEARER = "Bearer ";

    private final HikariDataSource pool;
    private final JwtConsumer tokens;
    private final String statement = statement(text("page.sql"));

    /** Argument: port. */
    public static void main(String... args) {
        PostgresJson service = new PostgresJson();
        Undertow.builder()
                .addHttpListener(
                        Integer.parseInt(args[0]),
                        "127.0.0.1",
                        exchange -> exchange.dispatch(
                                () -> exchange.getRequestReceiver().receiveFullBytes(service::answer)))
                .setWorkerThreads(Integer.parseInt(setting("DB_POOL_SIZE")))
                .build()
                .start();
    }

    private PostgresJson() {
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl(setting("JDBC_URL"));
        config.setUsername(setting("DB_USER"));
        config.setPassword(setting("DB_PASSWORD"));
        config.setMaximumPoolSize(Integer.parseInt(setting("DB_POOL_SIZE")));
        // Prepares on first use, and plans once for all users.
        config.addDataSourceProperty("prepareThreshold", "1");
        config.addDataSourceProperty("options", "-c plan_cache_mode=force_generic_plan");
        pool = new HikariDataSource(config);
        tokens = new JwtConsumerBuilder()
                .setVerificationKey(new HmacKey(setting("JWT_SECRET").getBytes(StandardCharsets.UTF_8)))
                .setJwsAlgorithmConstraints(ConstraintType.PERMIT, AlgorithmIdentifiers.HMAC_SHA256)
                .setRequireExpirationTime()
                .setSkipDefaultAudienceValidation()
                .build();
    }

    private static String setting(String name) {
        return requireNonNull(System.getenv("BENCHMARK_" + name), name);
    }

    private void answer(HttpServerExchange exchange, byte[] body) {
        try {
            String authorization = exchange.getRequestHeaders().getFirst(Headers.AUTHORIZATION);
            if (authorization == null || !authorization.startsWith(BEARER)) {
                exchange.setStatusCode(StatusCodes.UNAUTHORIZED);
                return;
            }
            String caller = tokens.processToClaims(authorization.substring(BEARER.length()))
                    .getSubject();
            JsonNode request = JSON.readTree(body);
            byte[] page = page(
                    caller,
                    request.required("page").asInt(),
                    request.required("size").asInt());
            exchange.getResponseHeaders().put(Headers.CONTENT_TYPE, "application/json");
            exchange.getResponseSender().send(ByteBuffer.wrap(page));
        } catch (InvalidJwtException | MalformedClaimException e) {
            exchange.setStatusCode(StatusCodes.UNAUTHORIZED);
        } catch (IOException | SQLException e) {
            exchange.setStatusCode(StatusCodes.INTERNAL_SERVER_ERROR);
        }
    }

    /** {@code getBytes} returns the text as it arrived, without decoding it to a string. */
    private byte[] page(String caller, int page, int size) throws SQLException {
        try (Connection connection = pool.getConnection();
                PreparedStatement prepared = connection.prepareStatement(statement)) {
            prepared.setString(1, caller);
            prepared.setLong(2, (page - 1L) * size);
            prepared.setInt(3, size);
            try (ResultSet row = prepared.executeQuery()) {
                row.next();
                return row.getBytes(1);
            }
        }
    }

    /**
     * The statement that answers with the chats of some rooms.
     *
     * @param rooms a query for {@code room_id}, {@code last_activity} and {@code latest_message_id}
     */
    public static String statement(String rooms) {
        return text("chats.sql").replace("{user}", text("user.sql")).replace("{rooms}", rooms);
    }

    private static String text(String file) {
        try (InputStream in = requireNonNull(PostgresJson.class.getResourceAsStream(file), file)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
