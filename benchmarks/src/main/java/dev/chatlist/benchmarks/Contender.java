package dev.chatlist.benchmarks;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The ways to answer {@code POST /my_chats} that are compared, each a JVM of its own, with the same flags. */
enum Contender {
    CHATLIST("Chatlist"),
    CHATLIST_COLD("Chatlist, cache off"),
    POSTGRES_JSON("PostgreSQL builds the JSON"),
    SPRING("Spring Boot with JPA"),
    CONSTANT("constant bytes");

    /**
     * Database connections of each contender: two a core and one, as is often advised. Whose requests each need one works
     * on no more of them at once.
     */
    static final int POOL_SIZE = 5;

    static final Path CHATLIST_JAR = Path.of("bootstrap/target/chatlist.jar");
    static final Path SPRING_JAR = Path.of("benchmarks/spring-boot-jpa/target/spring-boot-jpa.jar");

    /** Without a cache each request needs a connection, as those of others do. */
    private static final List<String> COLD =
            List.of("--cache-size", "0", "--max-concurrent-requests", String.valueOf(POOL_SIZE));

    private final String title;

    Contender(String title) {
        this.title = title;
    }

    String title() {
        return title;
    }

    String fileName() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** What comes after {@code java} and the flags of the JVM. */
    List<String> arguments(WorldDatabase database, int port, int constantBytes) {
        return switch (this) {
            case CHATLIST -> chatlist(database, port, List.of());
            case CHATLIST_COLD -> chatlist(database, port, COLD);
            case POSTGRES_JSON -> main(PostgresJson.class, String.valueOf(port));
            case SPRING -> List.of("-jar", SPRING_JAR.toString(), "--server.port=" + port);
            case CONSTANT -> main(ConstantBytes.class, String.valueOf(port), String.valueOf(constantBytes));
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

    /** Another main class of this module. */
    static List<String> main(Class<?> main, String... arguments) {
        List<String> all = new ArrayList<>(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
        all.addAll(List.of(arguments));
        return all;
    }

    /** Where the database is and what tokens are signed with, for those who need to be told. */
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
