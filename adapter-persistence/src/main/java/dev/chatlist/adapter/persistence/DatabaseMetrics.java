package dev.chatlist.adapter.persistence;

import dev.chatlist.adapter.persistence.memory.DirectoryCounts;
import dev.chatlist.adapter.persistence.memory.InMemoryDirectory;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.util.Locale;
import java.util.concurrent.atomic.LongAdder;
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
        DirectoryCounts counts = database.counts();
        count(registry, "chatlist.questions", "Questions what has changed.", "by", "asked", counts.questionsAsked);
        count(registry, "chatlist.questions", "Questions what has changed.", "by", "shared", counts.questionsShared);
        count(registry, "chatlist.chats", "Chats in answers.", "from", "memory", counts.chatsFromMemory);
        count(registry, "chatlist.chats", "Chats in answers.", "from", "database", counts.chatsFromDatabase);
        FunctionCounter.builder("chatlist.changes.applied", counts.changesApplied, LongAdder::sum)
                .description("Changes that were applied to lists in memory.")
                .register(registry);
        counts.readAnew.forEach((cause, count) -> {
            String tag = cause.name().toLowerCase(Locale.ROOT);
            count(registry, "chatlist.memory.reread", "How often memory was read anew.", "cause", tag, count);
        });
        bytes(registry, "lists", InMemoryDirectory::listBytes);
        bytes(registry, "chats", InMemoryDirectory::chatBytes);
        ConnectionPool pool = database.pool();
        if (pool != null) {
            pool.bindTo(registry);
        }
    }

    private static void count(
            MeterRegistry registry, String name, String description, String tag, String value, LongAdder count) {
        FunctionCounter.builder(name, count, LongAdder::sum)
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
