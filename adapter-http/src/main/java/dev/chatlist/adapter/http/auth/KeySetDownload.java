package dev.chatlist.adapter.http.auth;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.time.format.DateTimeFormatter.RFC_1123_DATE_TIME;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpClient.Redirect;
import java.net.http.HttpClient.Version;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodySubscriber;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Flow.Subscription;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jose4j.jwk.JsonWebKey;
import org.jose4j.jwk.JsonWebKeySet;
import org.jose4j.lang.JoseException;

/**
 * Downloads an issuer's key set. One deadline covers everything: connecting, TLS, redirects, headers and body. Java's
 * own timeouts don't: they begin anew with each byte, or end with the headers.
 */
final class KeySetDownload {
    private static final int MAX_BYTES = 512 * 1024;
    private static final Duration MAX_LIFETIME = Duration.ofDays(1);
    private static final Pattern MAX_AGE = Pattern.compile("(?i)\\bmax-age\\s*=\\s*\"?([0-9]{1,9})\\b");

    private final HttpClient client = HttpClient.newBuilder()
            .version(Version.HTTP_1_1)
            .followRedirects(Redirect.NORMAL)
            .build();
    private final HttpRequest request;
    private final Duration deadline;

    KeySetDownload(URI url, Duration deadline) {
        this.request = HttpRequest.newBuilder(url)
                .header("Accept", "application/jwk-set+json, application/json, */*;q=0.1")
                .header("Cache-Control", "no-cache")
                .build();
        this.deadline = deadline;
    }

    /**
     * What the issuer has published.
     *
     * @param keys at least one
     * @param lifetime how long the issuer lets them be cached, at most a day; empty if it doesn't say
     */
    record KeySet(List<JsonWebKey> keys, Optional<Duration> lifetime) {
        KeySet {
            keys = List.copyOf(keys);
        }
    }

    /** @throws IOException if there is no good answer before the deadline */
    KeySet fetch() throws IOException {
        CompletableFuture<Void> excess = new CompletableFuture<>();
        CompletableFuture<HttpResponse<byte[]>> answer = client.sendAsync(request, headers -> new LimitedBody(excess));
        try {
            CompletableFuture.anyOf(answer, excess).get(deadline.toMillis(), TimeUnit.MILLISECONDS);
            return keySet(answer.join());
        } catch (ExecutionException e) {
            throw new IOException("fetching failed: " + e.getCause(), e);
        } catch (TimeoutException e) {
            throw new IOException("fetching took longer than %s ms".formatted(deadline.toMillis()), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted");
        } finally {
            // This closes the connection, unless the answer is complete. Java 25 keeps it open if only the body fails.
            answer.cancel(true);
        }
    }

    private static KeySet keySet(HttpResponse<byte[]> response) throws IOException {
        if (response.statusCode() != 200) {
            throw new IOException("the answer has status " + response.statusCode());
        }
        try {
            List<JsonWebKey> keys = new JsonWebKeySet(new String(response.body(), UTF_8)).getJsonWebKeys();
            if (keys.isEmpty()) {
                throw new IOException("there is no key in the answer");
            }
            return new KeySet(keys, lifetime(response.headers(), Instant.now()));
        } catch (JoseException | RuntimeException | StackOverflowError e) {
            throw new IOException("the answer is no key set", e);
        }
    }

    /** What Cache-Control says, else Expires. Nothing, if that is no time at all: then every token would be a fetch. */
    static Optional<Duration> lifetime(HttpHeaders headers, Instant now) {
        return headers.allValues("Cache-Control").stream()
                .map(MAX_AGE::matcher)
                .filter(Matcher::find)
                .map(maxAge -> Duration.ofSeconds(Long.parseLong(maxAge.group(1))))
                .findFirst()
                .or(() -> headers.firstValue("Expires").flatMap(date -> until(date, now)))
                .filter(lifetime -> !lifetime.isNegative() && !lifetime.isZero())
                .map(lifetime -> lifetime.compareTo(MAX_LIFETIME) < 0 ? lifetime : MAX_LIFETIME);
    }

    private static Optional<Duration> until(String date, Instant now) {
        try {
            return Optional.of(Duration.between(now, RFC_1123_DATE_TIME.parse(date, Instant::from)));
        } catch (DateTimeParseException e) {
            return Optional.empty();
        }
    }

    /** Keeps up to {@value #MAX_BYTES} bytes, and reports the next. */
    private static final class LimitedBody implements BodySubscriber<byte[]> {
        private final CompletableFuture<byte[]> body = new CompletableFuture<>();
        private final ByteArrayOutputStream received = new ByteArrayOutputStream();
        private final CompletableFuture<Void> excess;

        LimitedBody(CompletableFuture<Void> excess) {
            this.excess = excess;
        }

        @Override
        public CompletionStage<byte[]> getBody() {
            return body;
        }

        @Override
        public void onSubscribe(Subscription subscription) {
            subscription.request(Long.MAX_VALUE);
        }

        @Override
        public void onNext(List<ByteBuffer> buffers) {
            for (ByteBuffer buffer : buffers) {
                if (received.size() + buffer.remaining() > MAX_BYTES) {
                    excess.completeExceptionally(
                            new IOException("the answer is longer than %s bytes".formatted(MAX_BYTES)));
                    return;
                }
                byte[] bytes = new byte[buffer.remaining()];
                buffer.get(bytes);
                received.writeBytes(bytes);
            }
        }

        @Override
        public void onError(Throwable failure) {
            body.completeExceptionally(failure);
        }

        @Override
        public void onComplete() {
            body.complete(received.toByteArray());
        }
    }
}
