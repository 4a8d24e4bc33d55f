package dev.chatlist.benchmarks.contenders;

import dev.chatlist.benchmarks.process.Command;
import dev.chatlist.benchmarks.world.WorldDatabase;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The implementations of {@code POST /my_chats} that are compared. */
public enum Contender {
    CHATLIST("Chatlist"),
    CHATLIST_COLD("Chatlist, cache off"),
    POSTGRES_JSON("PostgreSQL builds the JSON"),
    SPRING("Spring Boot with JPA"),
    CONSTANT("constant bytes");

    /** Database connections of each contender, by a common rule: two per core and one more. */
    public static final int POOL_SIZE = 5;

    private static final Path CHATLIST_JAR = Path.of("bootstrap/target/chatlist.jar");
    private static final Path SPRING_JAR = Path.of("benchmarks/spring-boot-jpa/target/spring-boot-jpa.jar");

    /** Without a cache each request needs a connection, as with the other contenders. */
    private static final List<String> COLD =
            List.of("--cache-size", "0", "--max-concurrent-requests", String.valueOf(POOL_SIZE));

    private final String title;

    Contender(String title) {
        this.title = title;
    }

    public String title() {
        return title;
    }

    String fileName() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** The arguments for {@code java} after the JVM flags. */
    List<String> arguments(WorldDatabase database, int port, int constantBytes) {
        return switch (this) {
            case CHATLIST -> chatlist(database, port, List.of());
            case CHATLIST_COLD -> chatlist(database, port, COLD);
            case POSTGRES_JSON -> Command.mainClass(PostgresJson.class, String.valueOf(port));
            case SPRING -> List.of("-jar", SPRING_JAR.toString(), "--server.port=" + port);
            case CONSTANT ->
                Command.mainClass(ConstantBytes.class, String.valueOf(port), String.valueOf(constantBytes));
        };
    }

    private static List<String> chatlist(WorldDatabase database, int port, List<String> more) {
        List<String> arguments = new ArrayList<>(List.of("-jar", CHATLIST_JAR.toString(), "serve"));
        arguments.addAll(List.of("--port", String.valueOf(port)));
        arguments.addAll(List.of("--data-dir", database.directory().toString()));
        arguments.addAll(List.of("--db-pool-size", String.valueOf(POOL_SIZE)));
        arguments.addAll(more);
        return arguments;
    }

    /** The database and the secret of the tokens, as environment variables. */
    static Map<String, String> environment(WorldDatabase database, String secret) {
        return Map.of(
                "BENCHMARK_JDBC_URL",
                database.jdbcUrl(),
                "BENCHMARK_DB_USER",
                database.user(),
                "BENCHMARK_DB_PASSWORD",
                database.password(),
                "BENCHMARK_DB_POOL_SIZE",
                String.valueOf(POOL_SIZE),
                "BENCHMARK_JWT_SECRET",
                secret,
                "CHATLIST_JWT_SECRET",
                secret);
    }
}
