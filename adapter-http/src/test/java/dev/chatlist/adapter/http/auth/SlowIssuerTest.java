package dev.chatlist.adapter.http.auth;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import dev.chatlist.adapter.http.auth.AuthSettings.JwksUrl;
import dev.chatlist.adapter.http.auth.PublishedKeys.Timing;
import dev.chatlist.domain.UserId;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.security.KeyPair;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.jose4j.jwk.JsonWebKey.OutputControlLevel;
import org.jose4j.jwk.PublicJsonWebKey;
import org.jose4j.jwt.consumer.JwtConsumerBuilder;
import org.jose4j.lang.JoseException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** An issuer that answers slowly or without end delays nobody whose key is known, and the others for a second. */
class SlowIssuerTest {
    private static final UserId ADA = new UserId("ada");
    private static final KeyPair RSA = Tokens.rsa(2048);
    private static final KeyPair STRANGERS = Tokens.rsa(2048);

    /** Far more than a right outcome takes on a busy machine, far less than a nuisance lasts. */
    private static final Duration SOON = Duration.ofSeconds(30);

    private static final Duration HALF_A_SECOND = Duration.ofMillis(500);
    private static final Duration A_MINUTE = Duration.ofMinutes(1);

    /** Keys are always stale, and fetches are soon given up. */
    private static final Timing HASTY = new Timing(HALF_A_SECOND, HALF_A_SECOND, Duration.ZERO, Duration.ZERO);

    private static final Timing PATIENT = new Timing(A_MINUTE, A_MINUTE, Duration.ZERO, Duration.ZERO);

    private final AtomicInteger fetches = new AtomicInteger();
    private final AtomicInteger running = new AtomicInteger();
    private final AtomicInteger most = new AtomicInteger();
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private volatile HttpHandler answer = exchange -> send(exchange, "");
    private HttpServer issuer;

    @BeforeEach
    void start() throws IOException {
        issuer = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        issuer.setExecutor(threads);
        issuer.createContext("/", exchange -> {
            fetches.incrementAndGet();
            most.accumulateAndGet(running.incrementAndGet(), Math::max);
            try {
                answer.handle(exchange);
            } finally {
                running.decrementAndGet();
            }
        });
        issuer.start();
    }

    @AfterEach
    void stop() {
        issuer.stop(0);
        threads.shutdownNow();
    }

    private static void send(HttpExchange exchange, String body) throws IOException {
        byte[] bytes = body.getBytes(UTF_8);
        exchange.sendResponseHeaders(200, bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }

    /** Sends pieces until the client hangs up. */
    private void sendForEver(HttpExchange exchange, byte[] piece, long pauseMillis) throws IOException {
        sendForEver(exchange.getResponseBody(), piece, pauseMillis);
    }

    private void sendForEver(OutputStream out, byte[] piece, long pauseMillis) throws IOException {
        try {
            while (true) {
                out.write(piece);
                out.flush();
                Thread.sleep(pauseMillis);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void drip(HttpExchange exchange) throws IOException {
        exchange.sendResponseHeaders(200, 0);
        sendForEver(exchange, new byte[] {' '}, 20);
    }

    /** Ways to keep a client busy. */
    private enum Nuisance {
        DRIP {
            @Override
            void answer(SlowIssuerTest test, HttpExchange exchange) throws IOException {
                test.drip(exchange);
            }
        },
        SILENCE {
            @Override
            void answer(SlowIssuerTest test, HttpExchange exchange) throws IOException {
                try {
                    Thread.sleep(60_000);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            }
        },
        FLOOD {
            @Override
            void answer(SlowIssuerTest test, HttpExchange exchange) throws IOException {
                exchange.sendResponseHeaders(200, 0);
                test.sendForEver(exchange, new byte[64 * 1024], 0);
            }
        },
        DRIPPING_ERROR {
            @Override
            void answer(SlowIssuerTest test, HttpExchange exchange) throws IOException {
                exchange.sendResponseHeaders(500, 0);
                test.sendForEver(exchange, new byte[] {' '}, 20);
            }
        },
        DRIPPING_REDIRECT {
            @Override
            void answer(SlowIssuerTest test, HttpExchange exchange) throws IOException {
                exchange.getResponseHeaders().set("Location", "/elsewhere");
                exchange.sendResponseHeaders(302, 0);
                test.sendForEver(exchange, new byte[] {' '}, 20);
            }
        },
        REDIRECTS_IN_A_CIRCLE {
            @Override
            void answer(SlowIssuerTest test, HttpExchange exchange) throws IOException {
                exchange.getResponseHeaders().set("Location", "/jwks");
                exchange.sendResponseHeaders(302, -1);
                exchange.close();
            }
        },
        DEEP_NESTING {
            @Override
            void answer(SlowIssuerTest test, HttpExchange exchange) throws IOException {
                send(exchange, "{\"keys\":" + "[".repeat(200_000));
            }
        };

        abstract void answer(SlowIssuerTest test, HttpExchange exchange) throws IOException;
    }

    @ParameterizedTest
    @EnumSource(Nuisance.class)
    void aKnownKeyIsUsedAtOnceWhateverTheIssuerDoes(Nuisance nuisance) throws Exception {
        TokenVerifier verifier = verifierKnowing(RSA, HASTY);
        answer = exchange -> nuisance.answer(this, exchange);

        assertTimeoutPreemptively(SOON, () -> {
            for (int i = 0; i < 50; i++) {
                assertEquals(ADA, verifier.verify(signed(RSA, "1")).user());
            }
        });
    }

    @ParameterizedTest
    @EnumSource(Nuisance.class)
    void withoutAKnownKeyEveryNuisanceIsAnOutageThatEnds(Nuisance nuisance) throws Exception {
        TokenVerifier verifier = verifier(HASTY);
        answer = exchange -> nuisance.answer(this, exchange);

        assertTimeoutPreemptively(SOON, () -> assertUnavailable(verifier, signed(RSA, "1")));

        answer = exchange -> send(exchange, set("1", RSA));
        assertTimeoutPreemptively(SOON, () -> acceptedInTheEnd(verifier, signed(RSA, "1")));
    }

    @ParameterizedTest
    @EnumSource(
            value = Nuisance.class,
            names = {"DRIP", "FLOOD", "DRIPPING_ERROR"})
    void theConnectionOfAnAbandonedFetchIsClosed(Nuisance nuisance) throws Exception {
        answer = exchange -> nuisance.answer(this, exchange);

        TokenVerifier verifier = verifier(HASTY);

        assertTimeoutPreemptively(SOON, () -> {
            // On a busy machine, a fetch may be given up before the issuer hears of it.
            while (fetches.get() == 0) {
                assertUnavailable(verifier, signed(RSA, "1"));
            }
            while (running.get() > 0) {
                sleep(10);
            }
        });
    }

    @Test
    void fortyForgedTokensDelayNoGoodOneWhileTheIssuerDrips() throws Exception {
        TokenVerifier verifier =
                verifierKnowing(RSA, new Timing(A_MINUTE, HALF_A_SECOND, Duration.ZERO, Duration.ZERO));
        answer = this::drip;
        List<Callable<Boolean>> requests = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            String forged = signed(STRANGERS, "forged" + i);
            requests.add(() -> {
                assertThrows(InvalidTokenException.class, () -> verifier.verify(forged));
                return true;
            });
            requests.add(() -> ADA.equals(verifier.verify(signed(RSA, "1")).user()));
        }

        assertTimeoutPreemptively(SOON, () -> {
            for (Future<Boolean> request : threads.invokeAll(requests)) {
                assertTrue(request.get());
            }
        });

        assertEquals(1, most.get());
        assertEquals(2, fetches.get());
    }

    @Test
    void concurrentRequestsShareTheFirstFetch() throws Exception {
        TokenVerifier verifier = verifier(new Timing(A_MINUTE, A_MINUTE, A_MINUTE, A_MINUTE));
        answer = exchange -> {
            sleep(100);
            send(exchange, set("1", RSA));
        };

        for (Future<VerifiedToken> request : threads.invokeAll(IntStream.range(0, 20)
                .<Callable<VerifiedToken>>mapToObj(i -> () -> verifier.verify(signed(RSA, "1")))
                .toList())) {
            assertEquals(ADA, request.get().user());
        }
        assertEquals(1, fetches.get());
    }

    @Test
    void aNewKeyOfASlowIssuerIsAcceptedAtItsFirstUse() throws Exception {
        TokenVerifier verifier = verifierKnowing(RSA, PATIENT);
        answer = exchange -> {
            sleep(100);
            send(exchange, set("2", STRANGERS));
        };

        assertEquals(ADA, verifier.verify(signed(STRANGERS, "2")).user());
    }

    @Test
    void staleKeysAreReplacedWithoutARequestThatWaits() throws Exception {
        TokenVerifier verifier = verifierKnowing(RSA, HASTY);
        answer = exchange -> {
            sleep(100);
            send(exchange, set("1", STRANGERS));
        };

        assertEquals(ADA, verifier.verify(signed(RSA, "1")).user());
        assertTimeoutPreemptively(SOON, () -> acceptedInTheEnd(verifier, signed(STRANGERS, "1")));
    }

    @Test
    void aTlsHandshakeThatNeverEndsIsAnOutage() throws Exception {
        try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            URI url = URI.create("https://127.0.0.1:%d/jwks".formatted(silent.getLocalPort()));

            assertTimeoutPreemptively(SOON, () -> assertUnavailable(verifier(url, HASTY), signed(RSA, "1")));
        }
    }

    private static void sleep(long millis) {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void acceptedInTheEnd(TokenVerifier verifier, String token) {
        while (true) {
            try {
                assertEquals(ADA, verifier.verify(token).user());
                return;
            } catch (InvalidTokenException | KeysUnavailableException e) {
                sleep(10);
            }
        }
    }

    private static void assertUnavailable(TokenVerifier verifier, String token) {
        assertThrows(KeysUnavailableException.class, () -> verifier.verify(token));
    }

    /** Knows the key and takes it for stale, so every token begins a fetch unless one is running. */
    private TokenVerifier verifierKnowing(KeyPair keys, Timing timing) {
        TokenVerifier verifier = verifier(timing);
        answer = exchange -> send(exchange, set("1", keys));
        acceptedInTheEnd(verifier, signed(keys, "1"));
        return verifier;
    }

    private TokenVerifier verifier(Timing timing) {
        return verifier(
                URI.create(
                        "http://127.0.0.1:%d/jwks".formatted(issuer.getAddress().getPort())),
                timing);
    }

    private static TokenVerifier verifier(URI url, Timing timing) {
        JwksKeys keys = new JwksKeys(url, timing);
        return new TokenVerifier(
                AuthSettings.of(new JwksUrl(url)), keys.verifying(new JwtConsumerBuilder()), Clock.systemUTC());
    }

    private static String set(String kid, KeyPair keys) {
        try {
            PublicJsonWebKey jwk = PublicJsonWebKey.Factory.newPublicJwk(keys.getPublic());
            jwk.setKeyId(kid);
            return "{\"keys\":[%s]}".formatted(jwk.toJson(OutputControlLevel.PUBLIC_ONLY));
        } catch (JoseException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String signed(KeyPair keys, String kid) {
        return Tokens.signed("RS256", keys.getPrivate(), Tokens.claims(), "kid", kid);
    }
}
