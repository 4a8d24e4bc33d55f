package dev.chatlist.adapter.persistence;

import dev.chatlist.adapter.persistence.memory.DirectoryCounts;
import dev.chatlist.adapter.persistence.memory.InMemoryDirectory;
import dev.chatlist.adapter.persistence.sql.ChangeFeed.Unlisted;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.util.Locale;
import java.util.function.ToDoubleFunction;
import java.util.function.ToLongFunction;

/**
 * Measures a database by Micrometer: its questions, its memory and, if {@link Database#open} opened it, its pools by
 * HikariCP's own metrics. Spring Boot registers it if it is a bean. Needs micrometer-core on the class path, which is
 * optional otherwise. Bind it to one registry, once.
 *
 * @param database is kept in memory as long as the registry
 */
public record DatabaseMetrics(Database database) implements MeterBinder {
    @Override
    public void bindTo(MeterRegistry registry) {
        count(
                registry,
                "chatlist.questions",
                "Questions what has changed.",
                "by",
                "asked",
                DirectoryCounts::questionsAsked);
        count(
                registry,
                "chatlist.questions",
                "Questions what has changed.",
                "by",
                "shared",
                DirectoryCounts::questionsShared);
        count(registry, "chatlist.chats", "Chats in answers.", "from", "memory", DirectoryCounts::chatsFromMemory);
        count(registry, "chatlist.chats", "Chats in answers.", "from", "database", DirectoryCounts::chatsFromDatabase);
        FunctionCounter.builder("chatlist.changes.applied", database.counts(), DirectoryCounts::changesApplied)
                .description("Changes that were applied to lists in memory.")
                .register(registry);
        for (Unlisted cause : Unlisted.values()) {
            count(
                    registry,
                    "chatlist.memory.reread",
                    "How often what is in memory was read anew.",
                    "cause",
                    cause.name().toLowerCase(Locale.ROOT),
                    counts -> counts.readAnewBecause(cause));
        }
        bytes(registry, "lists", InMemoryDirectory::listBytes);
        bytes(registry, "chats", InMemoryDirectory::chatBytes);
        ConnectionPool pool = database.pool();
        if (pool != null) {
            pool.bindTo(registry);
        }
    }

    private void count(
            MeterRegistry registry,
            String name,
            String description,
            String tag,
            String value,
            ToDoubleFunction<DirectoryCounts> count) {
        FunctionCounter.builder(name, database.counts(), count)
                .description(description)
                .tag(tag, value)
                .register(registry);
    }

    private void bytes(MeterRegistry registry, String cache, ToLongFunction<InMemoryDirectory> bytes) {
        Gauge.builder("chatlist.cache.bytes", database, measured -> measured.sum(bytes))
                .description("An estimate of the memory that a cache takes.")
                .baseUnit("bytes")
                .tag("cache", cache)
                .register(registry);
    }
}
