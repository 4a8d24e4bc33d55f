package dev.chatlist.bootstrap;

import static java.util.Objects.requireNonNull;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.JsonEncoder;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.read.ListAppender;
import dev.chatlist.adapter.http.observation.AccessLog;
import dev.chatlist.bootstrap.settings.Settings.Logging;
import java.util.function.Supplier;
import org.slf4j.LoggerFactory;

/** Brings what {@code logback.xml} begins with in line with the settings. */
final class Logs {
    private static final LoggerContext CONTEXT = (LoggerContext) LoggerFactory.getILoggerFactory();
    private static final Logger ROOT = CONTEXT.getLogger(Logger.ROOT_LOGGER_NAME);
    private static final ConsoleAppender<ILoggingEvent> STDERR =
            (ConsoleAppender<ILoggingEvent>) requireNonNull(ROOT.getAppender("stderr"));

    private Logs() {}

    /** Holds the lines back that are logged while the settings are read: these say how to log them. */
    static <T> T holding(Supplier<T> reading) {
        ListAppender<ILoggingEvent> held = new ListAppender<>();
        held.start();
        ROOT.addAppender(held);
        ROOT.detachAppender(STDERR);
        try {
            return reading.get();
        } finally {
            ROOT.addAppender(STDERR);
            ROOT.detachAppender(held);
            held.list.stream()
                    .filter(line -> line.getLevel()
                            .isGreaterOrEqual(
                                    CONTEXT.getLogger(line.getLoggerName()).getEffectiveLevel()))
                    .forEach(STDERR::doAppend);
        }
    }

    static void configure(Logging logging) {
        CONTEXT.getLogger("dev.chatlist").setLevel(Level.toLevel(logging.level()));
        CONTEXT.getLogger(AccessLog.LOGGER).setLevel(logging.hasAccessLog() ? Level.INFO : Level.OFF);
        if (logging.isJson()) {
            JsonEncoder encoder = new JsonEncoder();
            encoder.setContext(CONTEXT);
            encoder.setWithSequenceNumber(false);
            encoder.setWithContext(false);
            encoder.setWithNanoseconds(false);
            encoder.setWithMessage(false);
            encoder.setWithArguments(false);
            encoder.setWithFormattedMessage(true);
            encoder.start();
            STDERR.stop();
            STDERR.setEncoder(encoder);
            STDERR.start();
        }
    }
}
