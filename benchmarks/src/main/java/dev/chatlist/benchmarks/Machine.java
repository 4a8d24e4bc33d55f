package dev.chatlist.benchmarks;

import dev.chatlist.benchmarks.contenders.Contender;
import dev.chatlist.benchmarks.sections.Bench;
import dev.chatlist.benchmarks.world.WorldDatabase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;

/** Describes the machine of a report, without host names or paths. */
final class Machine {
    static String describe(Bench bench) throws IOException, SQLException {
        return """
                %s; %d cores (%s), %s of memory, %s, Linux %s%s, TCP with %s; JDK %s; embedded PostgreSQL %s with \
                Chatlist's default settings and the world in its memory. Client, contender and database share the \
                machine. Every contender runs with `%s` and a pool of %d connections. Contenders that need a connection \
                for each request run as many requests at once; Chatlist runs its default number.
                The world: %s (seed %d).
                """.formatted(
                        LocalDate.now(ZoneOffset.UTC),
                        Runtime.getRuntime().availableProcessors(),
                        valueOf("/proc/cpuinfo", "model name", ":"),
                        memory(),
                        valueOf("/etc/os-release", "PRETTY_NAME", "=").replace("\"", ""),
                        System.getProperty("os.version").split("-", 2)[0],
                        memoryMonitor(),
                        congestionControl(),
                        Runtime.version(),
                        postgresVersion(bench.database()),
                        String.join(" ", bench.plan().jvmFlags()),
                        Contender.POOL_SIZE,
                        bench.world().scale(),
                        bench.plan().seed());
    }

    private static String memory() throws IOException {
        String kilobytes = valueOf("/proc/meminfo", "MemTotal", ":").replace(" kB", "");
        return kilobytes.matches("\\d+") ? Math.round(Long.parseLong(kilobytes) / 1024.0 / 1024) + " GiB" : kilobytes;
    }

    /** DAMON takes processor time from all processes each time it samples. Empty if it isn't running. */
    private static String memoryMonitor() throws IOException {
        Path monitor = Path.of("/sys/kernel/mm/damon/admin/kdamonds/0");
        if (!read(monitor.resolve("state"), "off").equals("on")) {
            return "";
        }
        String micros = read(monitor.resolve("contexts/0/monitoring_attrs/intervals/sample_us"), "unknown");
        return " with a memory monitor (DAMON, every %s µs)".formatted(micros);
    }

    private static String congestionControl() throws IOException {
        return read(Path.of("/proc/sys/net/ipv4/tcp_congestion_control"), "an unknown congestion control");
    }

    private static String read(Path setting, String fallback) throws IOException {
        return Files.isReadable(setting) ? Files.readString(setting).strip() : fallback;
    }

    private static String postgresVersion(WorldDatabase database) throws SQLException {
        try (Connection connection = database.connect()) {
            return connection.getMetaData().getDatabaseProductVersion();
        }
    }

    private static String valueOf(String file, String key, String separator) throws IOException {
        List<String> lines = Files.exists(Path.of(file)) ? Files.readAllLines(Path.of(file)) : List.of();
        return lines.stream()
                .filter(line -> line.startsWith(key))
                .map(line -> line.substring(line.indexOf(separator) + 1).strip())
                .findFirst()
                .orElse("unknown");
    }

    private Machine() {}
}
