package dev.chatlist.adapter.http.observation;

import static java.util.Objects.requireNonNull;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.binder.http.Outcome;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * Counts and times requests, by the names that Micrometer's users know: {@code http.server.requests} by {@code uri},
 * which is the route, {@code method}, {@code status} and {@code outcome}. What was refused is also counted by reason.
 */
public final class HttpMetrics implements RequestObserver {
    /** A request is answered within five seconds, by default. */
    private static final Duration[] BUCKETS = Stream.of(1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000)
            .map(Duration::ofMillis)
            .toArray(Duration[]::new);

    private final MeterRegistry registry;
    private final Map<Series, Timer> timers = new ConcurrentHashMap<>();
    private final Map<Refused, Counter> refused = new EnumMap<>(Refused.class);

    private record Series(String route, String method, int status) {}

    public HttpMetrics(MeterRegistry registry) {
        this.registry = registry;
        for (Refused reason : Refused.values()) {
            Counter.Builder counter = reason.isOfToken()
                    ? Counter.builder("chatlist.tokens.refused").description("Requests with no token that is accepted.")
                    : Counter.builder("chatlist.requests.refused")
                            .description("Requests that were answered 503 or 408, or were cut off.");
            refused.put(reason, counter.tag("reason", reason.reason()).register(registry));
        }
    }

    @Override
    public void ended(Ended request) {
        Series series = new Series(request.route(), request.method(), request.status());
        timers.computeIfAbsent(series, this::timer).record(request.nanos(), TimeUnit.NANOSECONDS);
        if (request.refused() != null) {
            requireNonNull(refused.get(request.refused()), "all are registered").increment();
        }
    }

    private Timer timer(Series series) {
        return Timer.builder("http.server.requests")
                .description("Requests, from the end of the head to the end of the answer.")
                .tag("uri", series.route)
                .tag("method", series.method)
                .tag("status", Integer.toString(series.status))
                .tag("outcome", Outcome.forStatus(series.status).name())
                .serviceLevelObjectives(BUCKETS)
                .register(registry);
    }
}
