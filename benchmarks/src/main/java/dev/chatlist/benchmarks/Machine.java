package dev.chatlist.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;

/** What a figure was measured on, without any name or path that is only this machine's. */
final class Machine {
    static String describe(Bench bench) throws IOException, SQLException {
        return """
                %s; %d cores (%s), %s of memory, %s, Linux %s%s, TCP with %s; JDK %s; PostgreSQL %s, embedded, as it \
                comes, the world in its memory. Client, contender and database share the machine. Every contender runs \
                with `%s` and a pool of %d connections. Those that need one for each request work on as many at once, \
                Chatlist on as many as it does by default.
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

    /** DAMON, which takes processors away from everybody each time it looks; nothing where there is none to be seen. */
    private static String memoryMonitor() throws IOException {
        Path monitor = Path.of("/sys/kernel/mm/damon/admin/kdamonds/0");
        if (!read(monitor.resolve("state"), "off").equals("on")) {
            return "";
        }
        String micros = read(monitor.resolve("contexts/0/monitoring_attrs/intervals/sample_us"), "unknown");
        return " with a monitor of its memory (DAMON, every %s µs)".formatted(micros);
    }

    private static String congestionControl() throws IOException {
        return read(Path.of("/proc/sys/net/ipv4/tcp_congestion_control"), "an unknown congestion control");
    }

    private static String read(Path setting, String otherwise) throws IOException {
        return Files.isReadable(setting) ? Files.readString(setting).strip() : otherwise;
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
