package dev.chatlist.bootstrap;

import com.sun.management.OperatingSystemMXBean;
import dev.chatlist.adapter.http.observation.HttpMetrics;
import dev.chatlist.adapter.http.observation.RequestObserver;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.micrometer.core.instrument.binder.jvm.ClassLoaderMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmInfoMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.logging.LogbackMetrics;
import io.micrometer.core.instrument.binder.system.FileDescriptorMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.core.instrument.config.MeterFilter;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.lang.management.ManagementFactory;
import java.util.List;

/** The metrics of this process, in one registry that Prometheus reads. */
final class Metrics implements AutoCloseable {
    private static final OperatingSystemMXBean PROCESS =
            ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);

    private final PrometheusMeterRegistry registry = registry();
    private final HttpMetrics requests = new HttpMetrics(registry);
    private final JvmGcMetrics collections = new JvmGcMetrics();
    private final LogbackMetrics logLines = new LogbackMetrics();

    Metrics() {
        FunctionCounter.builder("process.cpu", PROCESS, process -> process.getProcessCpuTime() / 1e9)
                .description("The processor time that the process has used.")
                .baseUnit("seconds")
                .register(registry);
        measure(
                collections,
                logLines,
                new JvmMemoryMetrics(),
                new JvmThreadMetrics(),
                new JvmInfoMetrics(),
                new ClassLoaderMetrics(),
                new ProcessorMetrics(),
                new UptimeMetrics(),
                new FileDescriptorMetrics());
    }

    /** A registry with its filters. Micrometer warns of a filter that comes after the first metric. */
    private static PrometheusMeterRegistry registry() {
        PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        // Their names break Prometheus' rules: a count that is no histogram's, and a time in nanoseconds.
        registry.config()
                .meterFilter(MeterFilter.denyNameStartsWith("system.cpu.count"))
                .meterFilter(MeterFilter.denyNameStartsWith("process.cpu.time"));
        return registry;
    }

    RequestObserver requests() {
        return requests;
    }

    void measure(MeterBinder... parts) {
        List.of(parts).forEach(part -> part.bindTo(registry));
    }

    /** All metrics in Prometheus' text format. */
    String scrape() {
        return registry.scrape();
    }

    @Override
    public void close() {
        collections.close();
        logLines.close();
        registry.close();
    }
}
