package dev.chatlist.adapter.http.observation;

import java.util.Locale;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.spi.LoggingEventBuilder;

/** Logs a line for each request: method, route, status, bytes, duration, and why it was refused. */
public final class AccessLog implements RequestObserver {
    /** The name of the logger, which isn't one of Chatlist's: its level is set apart from theirs. */
    public static final String LOGGER = "access";

    private static final Logger LOG = LoggerFactory.getLogger(LOGGER);
    private static final double NANOS_PER_MILLI = 1e6;

    @Override
    public void ended(Ended request) {
        String millis = String.format(Locale.ROOT, "%.3f", request.nanos() / NANOS_PER_MILLI);
        String refused = request.refused() == null ? "" : request.refused().reason();
        LoggingEventBuilder line = LOG.atInfo()
                .addKeyValue("method", request.method())
                .addKeyValue("route", request.route())
                .addKeyValue("status", request.status())
                .addKeyValue("bytes", request.bytes())
                .addKeyValue("duration_ms", millis);
        if (!refused.isEmpty()) {
            line = line.addKeyValue("refused", refused);
        }
        line.log(
                "{} {} {} {} B {} ms{}",
                request.method(),
                request.route(),
                request.status(),
                request.bytes(),
                millis,
                refused.isEmpty() ? "" : " refused: " + refused);
    }
}
