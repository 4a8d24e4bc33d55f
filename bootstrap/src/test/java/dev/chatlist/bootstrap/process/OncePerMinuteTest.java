package dev.chatlist.bootstrap.process;

import static org.junit.jupiter.api.Assertions.assertEquals;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class OncePerMinuteTest {
    private final LoggerContext context = new LoggerContext();
    private final ListAppender<ILoggingEvent> log = new ListAppender<>();
    private final Logger library = context.getLogger("com.zaxxer.hikari.pool.PoolBase");
    private long minutes;

    @BeforeEach
    void filter() {
        OncePerMinute filter = new OncePerMinute(() -> minutes * 60_000_000_000L);
        filter.start();
        context.addTurboFilter(filter);
        context.getLogger(Logger.ROOT_LOGGER_NAME).setLevel(Level.WARN);
        context.getLogger(Logger.ROOT_LOGGER_NAME).addAppender(log);
        log.start();
    }

    private List<String> lines() {
        return log.list.stream().map(ILoggingEvent::getFormattedMessage).toList();
    }

    @Test
    void aLibraryRepeatsItselfOnceAMinute() {
        for (int n = 0; n < 100; n++) {
            library.warn("connection {} is broken", n);
            library.info("not logged at this level");
        }
        library.warn("another message");
        assertEquals(List.of("connection 0 is broken", "another message"), lines());
        minutes++;
        library.warn("connection {} is broken", 100);
        library.warn("connection {} is broken", 101);
        assertEquals(List.of("connection 0 is broken", "another message", "connection 100 is broken"), lines());
    }

    @Test
    void twoLibrariesMaySayTheSame() {
        library.warn("broken");
        context.getLogger("org.postgresql.Driver").warn("broken");
        assertEquals(List.of("broken", "broken"), lines());
    }

    @Test
    void ourOwnLinesAndTheAccessLogAreAllLogged() {
        for (String name : List.of("dev.chatlist.adapter.http.Failure", "access")) {
            Logger ours = context.getLogger(name);
            ours.warn("again");
            ours.warn("again");
        }
        assertEquals(List.of("again", "again", "again", "again"), lines());
    }

    @Test
    void differentMessagesAreForgottenWhenTheyAreTooMany() {
        for (int n = 0; n <= OncePerMinute.MAX_MESSAGES; n++) {
            library.warn("connection " + n);
        }
        library.warn("connection 0");
        assertEquals(OncePerMinute.MAX_MESSAGES + 2, log.list.size());
    }
}
