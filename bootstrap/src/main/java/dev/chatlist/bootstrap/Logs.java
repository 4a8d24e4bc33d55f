package dev.chatlist.bootstrap;

import static java.util.Objects.requireNonNull;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.JsonEncoder;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import dev.chatlist.adapter.http.observation.AccessLog;
import dev.chatlist.bootstrap.settings.Settings.Logging;
import org.slf4j.LoggerFactory;

/** Brings what {@code logback.xml} begins with in line with the settings. */
final class Logs {
    private static final String APPENDER = "stderr";

    private Logs() {}

    static void configure(Logging logging) {
        LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
        context.getLogger("dev.chatlist").setLevel(Level.toLevel(logging.level()));
        context.getLogger(AccessLog.LOGGER).setLevel(logging.hasAccessLog() ? Level.INFO : Level.OFF);
        if (logging.isJson()) {
            JsonEncoder encoder = new JsonEncoder();
            encoder.setContext(context);
            encoder.setWithSequenceNumber(false);
            encoder.setWithContext(false);
            encoder.setWithNanoseconds(false);
            encoder.setWithMessage(false);
            encoder.setWithArguments(false);
            encoder.setWithFormattedMessage(true);
            encoder.start();
            ConsoleAppender<ILoggingEvent> appender = (ConsoleAppender<ILoggingEvent>)
                    requireNonNull(context.getLogger(Logger.ROOT_LOGGER_NAME).getAppender(APPENDER));
            appender.stop();
            appender.setEncoder(encoder);
            appender.start();
        }
    }
}
