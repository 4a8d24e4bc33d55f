package dev.chatlist.bootstrap.process;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.turbo.TurboFilter;
import ch.qos.logback.core.spi.FilterReply;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Marker;

/** Lets each message of a library through once a minute: in an outage they repeat themselves many times a second. */
public final class OncePerMinute extends TurboFilter {
    private static final long NANOS = TimeUnit.MINUTES.toNanos(1);

    /** A library that puts values into its message texts must not fill the memory. */
    static final int MAX_MESSAGES = 1000;

    private final Map<String, Long> last = new ConcurrentHashMap<>();
    private final LongSupplier nanoTime;

    /** For {@code logback.xml}. */
    public OncePerMinute() {
        this(System::nanoTime);
    }

    OncePerMinute(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    @Override
    public FilterReply decide(
            @Nullable Marker marker,
            Logger logger,
            Level level,
            @Nullable String format,
            Object @Nullable [] arguments,
            @Nullable Throwable failure) {
        if (format == null || isOurs(logger.getName()) || !level.isGreaterOrEqual(logger.getEffectiveLevel())) {
            return FilterReply.NEUTRAL;
        }
        if (last.size() >= MAX_MESSAGES) {
            last.clear();
        }
        String message = logger.getName() + ' ' + format;
        long now = nanoTime.getAsLong();
        Long before = last.get(message);
        // Of two threads at once, the one that notes its time is the first.
        boolean isFirst = before == null
                ? last.putIfAbsent(message, now) == null
                : now - before >= NANOS && last.replace(message, before, now);
        return isFirst ? FilterReply.NEUTRAL : FilterReply.DENY;
    }

    private static boolean isOurs(String logger) {
        return logger.startsWith("dev.chatlist.") || !logger.contains(".");
    }
}
